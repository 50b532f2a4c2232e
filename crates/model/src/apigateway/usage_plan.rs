//! A usage plan: who may call which stages how often. <https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlan.html>

use std::collections::BTreeMap;

use base::Quota;
use base::id::{ApiKeyId, RestApiId, StageName, UsagePlanId};
use serde::{Deserialize, Serialize};

use crate::Record;

/// A plan. Its keys are records of their own, and every key knows its plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsagePlan {
    /// Unique in the installation.
    pub id: UsagePlanId,
    /// Not unique.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// AWS Marketplace's name of the product.
    pub product_code: Option<String>,
    /// The stages its keys open.
    pub api_stages: Vec<ApiStage>,
    /// How often each key may call, all stages together.
    pub throttle: Option<Throttle>,
    /// How many calls each key has in a period, all stages together.
    pub quota: Option<Quota>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// A stage of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiStage {
    /// The API.
    pub api: RestApiId,
    /// Its stage.
    pub stage: StageName,
    /// `/pets/{id}/GET` to how often each key may call that method.
    pub throttle: BTreeMap<String, Throttle>,
}

/// How often something may be called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Throttle {
    /// What may be sent at once; the account's limit where absent.
    pub burst_limit: Option<i32>,
    /// Requests a second; the account's limit where absent.
    pub rate_limit: Option<f64>,
}

/// That a key belongs to a plan: what lists a plan's keys without reading all keys. Written and removed with the entry in
/// the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsagePlanKey {
    /// The plan.
    pub plan: UsagePlanId,
    /// The key.
    pub key: ApiKeyId,
}

impl Record for UsagePlan {
    const TABLE: &'static str = "apigateway.usageplan";

    fn id(&self) -> String {
        self.id.to_string()
    }

    /// Makes the id unique across accounts.
    fn index(&self) -> Vec<(String, String)> {
        vec![(Self::BY_ID.to_owned(), self.id.to_string())]
    }
}

impl UsagePlan {
    /// The index that finds a plan by its id in whatever account it stands.
    pub const BY_ID: &'static str = "apigateway.usageplan.id";

    /// The plan's part that concerns a stage.
    pub fn stage(&self, api: &RestApiId, stage: &StageName) -> Option<&ApiStage> {
        self.api_stages.iter().find(|one| one.api == *api && one.stage == *stage)
    }
}

impl Record for UsagePlanKey {
    const TABLE: &'static str = "apigateway.usageplankey";

    fn id(&self) -> String {
        Self::id_of(&self.plan, &self.key)
    }
}

impl UsagePlanKey {
    /// The record's id for a key of a plan.
    pub fn id_of(plan: &UsagePlanId, key: &ApiKeyId) -> String {
        format!("{plan}/{key}")
    }

    /// The prefix that lists a plan's keys.
    pub fn prefix(plan: &UsagePlanId) -> String {
        format!("{plan}/")
    }
}
