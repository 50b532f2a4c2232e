//! What the execution log says of API key and usage plan, in AWS's words.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>

use snapshot::{Method, Stage};

use super::masked;
use crate::reason::{Meter, ThrottleLayer};
use crate::request::Request;
use crate::trail::Trail;

/// The lines of the meter step.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// What is told of a call that passes, or of the beginning of one that does not.
    pub(super) told: Vec<String>,
    /// Why it does not pass.
    pub(super) refusal: Option<String>,
}

impl Lines {
    /// Those of a request; none where it did not come so far.
    pub(super) fn of(request: &Request, stage: &Stage, method: &Method, trail: &Trail) -> Self {
        let Some((meter, _)) = trail.meter() else { return Self::default() };
        let key = request.notes.key.get().map(|key| masked(key.value.expose())).unwrap_or_default();
        let verb = request.verb.as_ref().map_or("", http::Method::as_str);
        let place = format!("{}/{}", stage.api_id, stage.name);
        let id = request.shown_id();
        let mut told = vec![format!("Verifying Usage Plan for request: {id}. API Key: {key} API Stage: {place}")];
        if !method.api_key_required {
            told.push(format!(
                "API Key {key} authorized because method '{verb} {}' does not require API Key. Request will not \
                 contribute to throttle or quota limits",
                method.resource_path
            ));
        }
        let refusal = refusal(meter, &Told { key: &key, place: &place, verb, stage, method });
        if refusal.is_none() {
            told.push(format!("Usage Plan check succeeded for API Key {key} and API Stage {place}"));
        }
        Self { told, refusal }
    }
}

/// What the lines name.
struct Told<'a> {
    key: &'a str,
    place: &'a str,
    verb: &'a str,
    stage: &'a Stage,
    method: &'a Method,
}

fn refusal(meter: &Meter, told: &Told<'_>) -> Option<String> {
    let Told { key, place, .. } = told;
    Some(match meter {
        Meter::Unmetered | Meter::WithinThrottle { .. } | Meter::WithinPlan { .. } => return None,
        Meter::NoKey => told.not_authorized("API Key was not found"),
        Meter::RepeatedKey => told.not_authorized("More than one API Key was found"),
        Meter::UnknownKey | Meter::NoPlan { .. } => told.not_authorized("No Usage Plan found for key and API Stage"),
        Meter::DisabledKey { .. } => told.not_authorized("API Key is disabled"),
        Meter::Throttled { source, plan, rate_milli, burst, .. } => {
            let limit = format!("Limit: {}.{:02} Burst: {burst}", rate_milli / 1000, rate_milli % 1000 / 10);
            let (Told { stage, method, verb, .. }, name) = (told, source.name());
            match (source, plan) {
                (ThrottleLayer::PlanMethod | ThrottleLayer::Plan, Some(plan)) => format!(
                    "API Key {key} exceeded throttle limit for API Stage {place}: Key throttle limit exceeded for Usage \
                     Plan ID {plan}, RestApi {}, Stage {}, Resource {}, HttpMethod {verb}. {limit}",
                    stage.api_id, stage.name, method.resource_id
                ),
                (..) => format!("API Stage {place} exceeded the throttle limit of {name}. {limit}"),
            }
        }
        Meter::QuotaExceeded { plan, limit, period, .. } => format!(
            "API Key {key} exceeded quota limit for API Stage {place}: Key quota exhausted for Usage Plan ID {plan}. \
             Limit: {limit} Period: {}",
            period.as_str()
        ),
        Meter::QuotaUncounted { .. } => "Usage Plan check failed due to an internal error".to_owned(),
    })
}

impl Told<'_> {
    fn not_authorized(&self, why: &str) -> String {
        let Self { key, place, verb, method, .. } = self;
        format!(
            "API Key {key} not authorized because method '{verb} {}' requires API Key and API Key is not associated with a \
             Usage Plan for API Stage {place}: {why}",
            method.resource_path
        )
    }
}
