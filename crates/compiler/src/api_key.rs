//! An API key: found by its value's fingerprint, with what was left of its plans before.

use std::sync::Arc;

use base::id::{ApiKeyId, UsagePlanId};
use base::{Fingerprint, Scope};
use model::apigateway as stored;
use snapshot::{ApiKey, KeyPlan, Snapshot, Spending};

use crate::{Finding, Unit};

/// Puts a key into both tables, or takes it out. What its plans have left goes from version to version.
pub(crate) fn place(
    snapshot: &mut Snapshot,
    id: &ApiKeyId,
    scope: &Scope,
    found: Option<Result<Box<stored::ApiKey>, String>>,
) -> Vec<Finding> {
    let before = snapshot.api_keys.remove(id);
    if let Some(before) = &before {
        // A deleted key's value may have become another's, which a batch may name first.
        let is_its_own = |found: &Arc<ApiKey>| found.id == *id;
        if snapshot.api_key_values.get(&before.fingerprint).is_some_and(is_its_own) {
            snapshot.api_key_values.remove(&before.fingerprint);
        }
    }
    match found.map(|found| found.and_then(|key| compile(&key, scope, before.as_deref()))) {
        None => Vec::new(),
        Some(Ok(key)) => {
            let key = Arc::new(key);
            snapshot.api_key_values.insert(Arc::clone(&key));
            snapshot.api_keys.insert(id.clone(), key);
            Vec::new()
        }
        Some(Err(why)) => {
            let remedy = "Requests with this key are answered 403. Delete it and make another.";
            vec![Finding { scope: scope.clone(), unit: Unit::ApiKey(id.clone()), method: None, why, remedy }]
        }
    }
}

fn compile(key: &stored::ApiKey, scope: &Scope, before: Option<&ApiKey>) -> Result<ApiKey, String> {
    let fingerprint = Fingerprint::parse(&key.fingerprint);
    let fingerprint = fingerprint.ok_or_else(|| format!("the fingerprint of API key `{}` cannot be read", key.id))?;
    let spending = |plan: &UsagePlanId| {
        let known = before.and_then(|before| before.plans.iter().find(|known| known.id == *plan));
        known.map_or_else(|| Arc::new(Spending::default()), |known| Arc::clone(&known.spending))
    };
    let plans = key.usage_plans.iter().map(|plan| KeyPlan { id: plan.clone(), spending: spending(plan) }).collect();
    Ok(ApiKey { id: key.id.clone(), scope: scope.clone(), fingerprint, enabled: key.enabled, plans })
}
