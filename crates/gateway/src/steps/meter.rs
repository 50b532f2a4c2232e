//! Whether the caller's usage plan, the stage and the account have room for one more call.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html>
//!
//! First the API key, where the method asks for one; then the throttles in AWS's order; the quota last. What is refused
//! costs nothing: tokens go back, and a throttled call is not counted.

mod key;
mod throttle;

use std::sync::Arc;
use std::time::Duration;

use base::{Day, Quota};
use snapshot::{Method, Stage};

use crate::quotas::{Answer, Ask};
use crate::reason::{Meter, Reason, cut};
use crate::refused::{Passed, Refused, ResponseType, Verdict};
use crate::steps::authorize::Authorized;
use crate::steps::route::Routed;
use crate::world::World;
use key::Entitled;
use throttle::{Layer, Throttles};

/// The call is paid for.
#[derive(Debug)]
pub struct Metered {
    authorized: Authorized,
}

impl Metered {
    pub(super) fn into_routed(self) -> Routed {
        self.authorized.into_routed()
    }
}

/// Spends one call.
pub async fn spend(authorized: Authorized, world: &World) -> Verdict<Metered> {
    let (reason, waiting) = at_once(&authorized, world)?;
    if let Some(waiting) = waiting {
        Box::pin(waiting.counted(world)).await?;
    }
    Ok(Passed { value: Metered { authorized }, reason: Reason::Meter(reason) })
}

/// Everything that is decided without waiting, which is all but now and then: a quota's lease that has run out.
fn at_once(authorized: &Authorized, world: &World) -> Result<(Meter, Option<Box<Waiting>>), Refused> {
    let routed = authorized.routed();
    let entitled = key::find(routed, authorized.usage_identifier_key(), world)?;
    let throttles = throttles(entitled.as_ref(), routed, world);
    throttles.take().map_err(|layer| throttled(&throttles, &layer))?;
    let reason = passed(entitled.as_ref(), routed);
    let quota = entitled.as_ref().and_then(|entitled| entitled.plan.quota);
    let (Some(entitled), Some(quota)) = (entitled.as_ref(), quota) else { return Ok((reason, None)) };
    let today = Day::of(routed.request().received);
    if entitled.spending.lease.spend(today, entitled.plan.quota_round) {
        return Ok((reason, None));
    }
    if entitled.spending.is_refused(quota.limit, today, throttles.now) {
        throttles.give_back();
        return Err(refused(ResponseType::QuotaExceeded, exceeded(entitled, &quota)));
    }
    let (stage, method) = routed.place();
    let (now, entitled) = (throttles.now, entitled.clone());
    Ok((reason, Some(Box::new(Waiting { entitled, quota, stage, method, now }))))
}

/// A call whose key's quota has to be asked for.
struct Waiting {
    entitled: Entitled,
    quota: Quota,
    stage: Arc<Stage>,
    method: Arc<Method>,
    now: Duration,
}

impl Waiting {
    /// Counts the call, or gives back its tokens.
    async fn counted(self, world: &World) -> Result<(), Refused> {
        let Entitled { key, plan, spending } = &self.entitled;
        let ask = Ask {
            scope: plan.scope.clone(),
            plan: plan.id.clone(),
            key: key.id.clone(),
            quota: self.quota,
            round: plan.quota_round,
            spending: Arc::clone(spending),
        };
        let reason = match world.handles.metering.quotas.ask(ask).await {
            Answer::Granted => return Ok(()),
            Answer::Exceeded => exceeded(&self.entitled, &self.quota),
            // SECURITY: AWS lets pass what it cannot count; a quota that does not hold is no quota.
            Answer::Uncounted(why) => {
                Meter::QuotaUncounted { key: key.id.clone(), plan: plan.id.clone(), why: cut(&why) }
            }
        };
        let Self { entitled, stage, method, now, .. } = &self;
        let (account, nodes) = (&world.handles.metering.account, world.handles.metering.nodes());
        Throttles { entitled: Some(entitled), stage, method, account, nodes, now: *now }.give_back();
        Err(refused(ResponseType::QuotaExceeded, reason))
    }
}

fn throttles<'a>(entitled: Option<&'a Entitled>, routed: &'a Routed, world: &'a World) -> Throttles<'a> {
    let (stage, method) = (routed.stage(), routed.method());
    let (account, nodes) = (&world.handles.metering.account, world.handles.metering.nodes());
    Throttles { entitled, stage, method, account, nodes, now: world.handles.clock.elapsed() }
}

/// What would be refused of a call that nobody sends, and which throttles it would meet: no counter is touched.
pub(crate) fn foresee(routed: &Routed, world: &World) -> Verdict<Vec<String>> {
    // No authorizer is asked here, so none has found a key.
    let entitled = key::find(routed, None, world)?;
    let throttles = throttles(entitled.as_ref(), routed, world);
    let mut limits: Vec<String> = throttles.layers().map(|layer| layer.to_string()).collect();
    if let Some(quota) = entitled.as_ref().and_then(|entitled| entitled.plan.quota) {
        limits.push(format!("quota of {} a {}", quota.limit, quota.period.as_str()));
    }
    Ok(Passed { value: limits, reason: Reason::Meter(passed(entitled.as_ref(), routed)) })
}

fn passed(entitled: Option<&Entitled>, routed: &Routed) -> Meter {
    match (entitled, &routed.method().throttle) {
        (Some(entitled), _) => Meter::WithinPlan { key: entitled.key.id.clone(), plan: entitled.plan.id.clone() },
        (None, Some(throttle)) => Meter::WithinThrottle { source: Layer::Stage(throttle).told() },
        (None, None) => Meter::Unmetered,
    }
}

fn exceeded(entitled: &Entitled, quota: &Quota) -> Meter {
    let (key, plan) = (entitled.key.id.clone(), entitled.plan.id.clone());
    Meter::QuotaExceeded { key, plan, limit: quota.limit, period: quota.period }
}

fn throttled(throttles: &Throttles<'_>, layer: &Layer<'_>) -> Refused {
    let (limit, entitled) = (layer.limit(), throttles.entitled);
    refused(
        ResponseType::Throttled,
        Meter::Throttled {
            source: layer.told(),
            key: entitled.map(|entitled| entitled.key.id.clone()),
            plan: entitled.map(|entitled| entitled.plan.id.clone()),
            rate_milli: (limit.rate * 1000.0).clamp(0.0, 1e15) as u64,
            burst: limit.burst,
        },
    )
}

fn refused(kind: ResponseType, reason: Meter) -> Refused {
    Refused::gateway(kind, Reason::Meter(reason))
}
