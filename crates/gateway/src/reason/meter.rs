//! Why the meter step let a call pass, or did not.

use std::sync::Arc;

use base::QuotaPeriod;
use base::id::{ApiKeyId, UsagePlanId};
use serde::{Deserialize, Serialize, Serializer};

use super::as_text;

/// Reasons of the meter step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Meter {
    /// The method asks for no API key, and no limit but the account's is set.
    Unmetered,
    /// The method asks for no API key, and the stage's throttle has room.
    WithinThrottle {
        /// Which throttle.
        source: ThrottleLayer,
    },
    /// The key's plan opens the stage and has room.
    WithinPlan {
        /// The key.
        #[serde(serialize_with = "as_text")]
        key: ApiKeyId,
        /// The plan.
        #[serde(serialize_with = "as_text")]
        plan: UsagePlanId,
    },
    /// The method asks for an API key, and there is none.
    NoKey,
    /// There are several.
    RepeatedKey,
    /// No key has this value.
    UnknownKey,
    /// The key is not enabled.
    DisabledKey {
        /// The key.
        #[serde(serialize_with = "as_text")]
        key: ApiKeyId,
    },
    /// No plan of the key has the stage.
    NoPlan {
        /// The key.
        #[serde(serialize_with = "as_text")]
        key: ApiKeyId,
    },
    /// A throttle has no token.
    Throttled {
        /// Which.
        source: ThrottleLayer,
        /// The key, where the method asks for one.
        #[serde(serialize_with = "perhaps_as_text")]
        key: Option<ApiKeyId>,
        /// Its plan.
        #[serde(serialize_with = "perhaps_as_text")]
        plan: Option<UsagePlanId>,
        /// Thousandths of requests a second.
        rate_milli: u64,
        /// Requests at once.
        burst: u32,
    },
    /// Nothing is left of the quota.
    QuotaExceeded {
        /// The key.
        #[serde(serialize_with = "as_text")]
        key: ApiKeyId,
        /// The plan.
        #[serde(serialize_with = "as_text")]
        plan: UsagePlanId,
        /// Calls in a period.
        limit: u32,
        /// The period.
        period: QuotaPeriod,
    },
    /// The quota cannot be counted, so the call is refused.
    QuotaUncounted {
        /// The key.
        #[serde(serialize_with = "as_text")]
        key: ApiKeyId,
        /// The plan.
        #[serde(serialize_with = "as_text")]
        plan: UsagePlanId,
        /// The store's words.
        why: Arc<str>,
    },
}

/// Which throttle, in AWS's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThrottleLayer {
    /// The usage plan's for this method and key.
    PlanMethod,
    /// The usage plan's for this key.
    Plan,
    /// The stage's for this method.
    StageMethod,
    /// The stage's for each method without one of its own.
    Stage,
    /// The account's.
    Account,
}

impl ThrottleLayer {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::PlanMethod => "the usage plan for this method",
            Self::Plan => "the usage plan",
            Self::StageMethod => "the stage for this method",
            Self::Stage => "the stage for each method",
            Self::Account => "the account",
        }
    }
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn perhaps_as_text<T: AsRef<str>, S: Serializer>(id: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => serializer.serialize_some(id.as_ref()),
        None => serializer.serialize_none(),
    }
}
