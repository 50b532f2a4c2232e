//! A usage plan: its stages and limits.

use std::collections::HashMap;
use std::sync::Arc;

use base::Scope;
use base::limits::{ACCOUNT_BURST, ACCOUNT_RATE};
use model::apigateway as stored;
use snapshot::{Limit, QuotaRound, UsagePlan};

/// Compiles a plan. An error is the finding's sentence and remedy; such a plan opens no stage. A quota that is not that of
/// the version before begins a round of its own.
pub(crate) fn compile(
    scope: &Scope,
    found: Result<Box<stored::UsagePlan>, String>,
    before: Option<&UsagePlan>,
) -> Result<UsagePlan, (String, &'static str)> {
    let plan =
        found.map_err(|why| (why, "Requests with its keys are answered 403. Delete the plan and make another."))?;
    let methods = |throttles: &std::collections::BTreeMap<String, stored::Throttle>| -> HashMap<Arc<str>, Limit> {
        throttles.iter().map(|(name, throttle)| (Arc::from(name.as_str()), limit(*throttle))).collect()
    };
    let stage = |stage: &stored::ApiStage| ((stage.api.clone(), stage.stage.clone()), methods(&stage.throttle));
    Ok(UsagePlan {
        id: plan.id.clone(),
        name: plan.name.as_str().into(),
        scope: scope.clone(),
        stages: plan.api_stages.iter().map(stage).collect(),
        limit: plan.throttle.map(limit),
        quota: plan.quota,
        quota_round: match before {
            None => QuotaRound::FIRST,
            Some(before) if before.quota == plan.quota => before.quota_round,
            Some(before) => before.quota_round.next(),
        },
    })
}

/// A throttle; what it leaves open is the account's own limit.
pub(crate) fn limit(throttle: stored::Throttle) -> Limit {
    let burst = throttle.burst_limit.map_or(ACCOUNT_BURST, |burst| u32::try_from(burst).unwrap_or(0));
    Limit::new(throttle.rate_limit.unwrap_or(ACCOUNT_RATE), burst)
}
