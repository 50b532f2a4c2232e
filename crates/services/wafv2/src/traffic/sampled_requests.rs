//! GetSampledRequests: some of the requests that a web ACL judged in the last three hours.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetSampledRequests.html>

use base::{Scope as Place, Timestamp};
use model::wafv2::{Owned, WebAcl};
use operation::{Call, Failure, Operation, SampleQuestion, Spec};

use super::shapes::SampledRequest;
use crate::error::{Error, declared};
use crate::shapes::Scope;
use crate::{arn, find, rules};

/// The operation.
pub(crate) struct GetSampledRequests;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetSampledRequestsRequest", upper)]
pub(crate) struct Input {
    web_acl_arn: String,
    rule_metric_name: String,
    scope: Scope,
    time_window: TimeWindow,
    max_items: i64,
}

/// From when until when.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct TimeWindow {
    start_time: Timestamp,
    end_time: Timestamp,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetSampledRequestsResponse", upper)]
pub(crate) struct Output {
    sampled_requests: Option<Vec<SampledRequest>>,
    population_size: Option<i64>,
    time_window: Option<TimeWindow>,
}

/// How long ago requests can be seen.
const WINDOW_S: i64 = 3 * 60 * 60;
const ITEMS_MAX: i64 = 500;

impl Operation for GetSampledRequests {
    const SPEC: Spec = Spec::read("GetSampledRequests", "wafv2:GetSampledRequests").errors(declared::NARROW);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::given::<WebAcl>(place, &input.web_acl_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        if input.scope == Scope::Cloudfront {
            let reason = "Web ACLs stand before stages of REST APIs here, with the scope REGIONAL";
            return Err(Error::parameter("SCOPE_VALUE", "CLOUDFRONT", reason).into());
        }
        rules::metric("ruleMetricName", &input.rule_metric_name)?;
        let acl = find::by_arn::<WebAcl>(call, &input.web_acl_arn).await?;
        let window = window(&input.time_window, call.now)?;
        let question = SampleQuestion {
            scope: call.scope.clone(),
            web_acl: acl.arn(&call.scope),
            metric: input.rule_metric_name.clone(),
            from: window.start_time,
            to: window.end_time,
            max: items(input.max_items)?,
        };
        let answer = call.ports.data_plane.sampled_requests(question).await;
        let answer = answer.map_err(|why| Failure::Broken { what: format!("samples cannot be had: {why}") })?;
        Ok(Output {
            sampled_requests: Some(answer.samples.into_iter().map(SampledRequest::of).collect()),
            population_size: Some(i64::try_from(answer.population).unwrap_or(i64::MAX)),
            time_window: Some(window),
        })
    }
}

/// AWS moves a window that began more than three hours ago up to what it has.
fn window(given: &TimeWindow, now: Timestamp) -> Result<TimeWindow, Error> {
    let oldest = Timestamp::from_second(now.as_second().saturating_sub(WINDOW_S)).unwrap_or(Timestamp::UNIX_EPOCH);
    let window = TimeWindow { start_time: given.start_time.max(oldest), end_time: given.end_time.min(now) };
    if given.start_time > given.end_time || window.start_time > window.end_time {
        let reason = "The time window ends before it begins, lies in the future, or is over for more than three hours";
        return Err(Error::parameter("WEB_ACL", "TimeWindow", reason));
    }
    Ok(window)
}

fn items(given: i64) -> Result<usize, Error> {
    let bound = |bound: &str| Error::form("maxItems", given.to_string(), format!("Member must have value {bound}"));
    match usize::try_from(given) {
        Ok(items) if (1..=ITEMS_MAX).contains(&given) => Ok(items),
        Ok(0) | Err(_) => Err(bound("greater than or equal to 1")),
        Ok(_) => Err(bound("less than or equal to 500")),
    }
}
