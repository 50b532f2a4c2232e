//! Which API key a call brings, and the usage plan that opens the stage to it.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html>

use std::sync::Arc;

use base::limits::API_KEY_VALUE_CHARS_MAX;
use base::{Scope, Secret};
use snapshot::{ApiKey, ApiKeySource, Spending, Stage, UsagePlan};

use super::refused;
use crate::reason::Meter;
use crate::refused::{Refused, ResponseType};
use crate::request::KeyNote;
use crate::steps::route::Routed;
use crate::world::World;

/// A key that may call, and the plan that says how often.
#[derive(Debug, Clone)]
pub(super) struct Entitled {
    pub(super) key: Arc<ApiKey>,
    pub(super) plan: Arc<UsagePlan>,
    pub(super) spending: Arc<Spending>,
}

/// The header that brings a key.
const HEADER: &str = "x-api-key";

/// Finds the key and its plan. A method that asks for no key takes no notice of any.
pub(super) fn find(
    routed: &Routed,
    from_authorizer: Option<&Secret<String>>,
    world: &World,
) -> Result<Option<Entitled>, Refused> {
    if !routed.method().api_key_required {
        return Ok(None);
    }
    let refuse = |reason| Err(refused(ResponseType::InvalidApiKey, reason));
    let stage = routed.stage();
    let presented = match stage.api_key_source {
        ApiKeySource::Header => {
            let mut values = routed.received().get_all(HEADER);
            let first = values.next();
            // SECURITY: two readers could take different ones.
            if values.next().is_some() {
                return refuse(Meter::RepeatedKey);
            }
            first
        }
        ApiKeySource::Authorizer => from_authorizer.map(|key| key.expose().as_bytes()),
    };
    let Some(presented) = presented.filter(|value| !value.is_empty()) else { return refuse(Meter::NoKey) };
    let found = look_up(presented, &stage.scope, world);
    routed.request().notes.key(KeyNote {
        value: Secret::new(String::from_utf8_lossy(&presented[..presented.len().min(NOTED_BYTES_MAX)]).into_owned()),
        id: found.as_ref().map(|key| key.id.clone()),
    });
    let Some(key) = found else { return refuse(Meter::UnknownKey) };
    if !key.enabled {
        return refuse(Meter::DisabledKey { key: key.id.clone() });
    }
    match plan_of(&key, stage, world) {
        Some((plan, spending)) => Ok(Some(Entitled { key, plan, spending })),
        None => refuse(Meter::NoPlan { key: key.id.clone() }),
    }
}

/// What logs may show of a key that is none; no key is longer.
const NOTED_BYTES_MAX: usize = API_KEY_VALUE_CHARS_MAX;

// SECURITY: the table holds fingerprints under a secret key, so that the time a look-up takes tells nothing of any value.
// They hold account and region, which are compared once more.
fn look_up(presented: &[u8], scope: &Scope, world: &World) -> Option<Arc<ApiKey>> {
    if presented.len() > API_KEY_VALUE_CHARS_MAX {
        return None;
    }
    let owner = [scope.account.as_str(), scope.region.as_str()];
    let fingerprint = world.handles.metering.fingerprints.of(&owner, presented);
    let key = world.snapshot.api_key_values.get(&fingerprint)?;
    (key.scope == *scope).then(|| Arc::clone(key))
}

/// The plan by which a key opens the stage; no key has two of them.
fn plan_of(key: &ApiKey, stage: &Stage, world: &World) -> Option<(Arc<UsagePlan>, Arc<Spending>)> {
    key.plans.iter().find_map(|of| {
        let plan = world.snapshot.usage_plans.get(&of.id)?;
        let opens = plan.scope == stage.scope && plan.has(&stage.api_id, &stage.name);
        opens.then(|| (Arc::clone(plan), Arc::clone(&of.spending)))
    })
}
