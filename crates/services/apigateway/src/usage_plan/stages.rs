//! The stages of a plan: they exist, each once, and no key has two plans for one of them.

use std::collections::BTreeMap;

use base::id::{RestApiId, StageName, UsagePlanId};
use base::limits::KEYS_PER_CALL;
use model::apigateway::{ApiKey, ApiStage, Deployment, Stage, Throttle, UsagePlan, UsagePlanKey};
use operation::{Call, Failure};

use crate::error::Error;
use crate::rules::usage_plan;

/// A stage that exists, as a plan holds it.
pub(super) async fn stage(
    call: &mut Call<'_>,
    (api, name): (&str, &str),
    throttle: BTreeMap<String, Throttle>,
) -> Result<ApiStage, Failure> {
    let missing = || Error::not_found(format!("API Stage not found: {api}:{name}"));
    let (Ok(api_id), Ok(stage)) = (RestApiId::parse(api), StageName::parse(name)) else { return Err(missing().into()) };
    if call.tx.get::<Stage>(&call.scope, &Stage::id_of(&api_id, &stage)).await?.is_none() {
        return Err(missing().into());
    }
    let made = ApiStage { api: api_id, stage, throttle };
    check_methods(&made, call).await?;
    Ok(made)
}

/// Refuses a throttle for a method that the stage does not serve.
// SECURITY: a limit for a mistyped method would never limit.
pub(super) async fn check_methods(of: &ApiStage, call: &mut Call<'_>) -> Result<(), Failure> {
    usage_plan::stage(of)?;
    if of.throttle.is_empty() {
        return Ok(());
    }
    let Some(stage) = call.tx.get::<Stage>(&call.scope, &Stage::id_of(&of.api, &of.stage)).await? else {
        return Ok(());
    };
    let id = Deployment::id_of(&of.api, &stage.deployment_id);
    let Some(deployment) = call.tx.get::<Deployment>(&call.scope, &id).await? else { return Ok(()) };
    let serves = |name: &String| {
        deployment.resources.values().any(|resource| {
            resource.methods.keys().any(|verb| {
                name.strip_suffix(verb.as_str()).and_then(|path| path.strip_suffix('/'))
                    == Some(resource.path.trim_end_matches('/'))
            })
        })
    };
    match of.throttle.keys().find(|name| !serves(name)) {
        None => Ok(()),
        Some(name) => Err(Error::not_found(format!(
            "Invalid method throttle specified: API Stage {}:{} has no method {name}",
            of.api, of.stage
        ))
        .into()),
    }
}

/// Refuses a stage in a plan whose keys have another plan for it.
pub(super) async fn keys_are_free(plan: &UsagePlanId, stage: &ApiStage, call: &mut Call<'_>) -> Result<(), Failure> {
    let plans = call.tx.all::<UsagePlan>(&call.scope, "").await?;
    for other in plans.iter().filter(|other| other.id != *plan && other.stage(&stage.api, &stage.stage).is_some()) {
        // Of two sets of keys, the smaller one is looked through.
        let prefixes = [UsagePlanKey::prefix(plan), UsagePlanKey::prefix(&other.id)];
        let counts = [
            call.tx.count::<UsagePlanKey>(&call.scope, &prefixes[0]).await?,
            call.tx.count::<UsagePlanKey>(&call.scope, &prefixes[1]).await?,
        ];
        let (fewer, mine) = if counts[0] <= counts[1] { (0, &other.id) } else { (1, plan) };
        if counts[fewer] > KEYS_PER_CALL {
            let many = format!(
                "API Stage {}:{} cannot be added to Usage Plan {plan}: it and Usage Plan {} have more than {KEYS_PER_CALL} API Keys each",
                stage.api, stage.stage, other.id
            );
            return Err(Error::LimitExceeded(many).into());
        }
        for one in call.tx.all::<UsagePlanKey>(&call.scope, &prefixes[fewer]).await? {
            let in_both = call.tx.get::<UsagePlanKey>(&call.scope, &UsagePlanKey::id_of(mine, &one.key)).await?;
            if in_both.is_some() {
                return Err(has_another(one.key.as_str(), stage, &other.id).into());
            }
        }
    }
    Ok(())
}

/// Refuses a plan for a key that has another plan for one of its stages.
pub(crate) async fn keep_apart(key: &ApiKey, plan: &UsagePlan, call: &mut Call<'_>) -> Result<(), Failure> {
    for id in &key.usage_plans {
        let Some(other) = call.tx.get::<UsagePlan>(&call.scope, id.as_str()).await? else { continue };
        if let Some(stage) = plan.api_stages.iter().find(|one| other.stage(&one.api, &one.stage).is_some()) {
            return Err(has_another(key.id.as_str(), stage, &other.id).into());
        }
    }
    Ok(())
}

fn has_another(key: &str, stage: &ApiStage, other: &UsagePlanId) -> Error {
    Error::conflict(format!(
        "API Key {key} already has Usage Plan {other} for API Stage {}:{}; a key has at most one plan for each stage",
        stage.api, stage.stage
    ))
}
