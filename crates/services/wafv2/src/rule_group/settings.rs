//! What CreateRuleGroup and UpdateRuleGroup set alike, and the document that the engine reads it from.

use model::wafv2::Visibility;
use operation::{Call, Failure};
use serde_json::{Value, json};
use wire::shape::Json;

use crate::engine::{self, Rules};
use crate::error::Error;
use crate::rules;
use crate::shapes::VisibilityConfig;

/// The members that both calls have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings<'a> {
    pub(super) rules: Option<&'a Json>,
    pub(super) visibility_config: &'a VisibilityConfig,
    pub(super) custom_response_bodies: Option<&'a Json>,
    pub(super) monetization_config: Option<&'a Json>,
}

/// The [`Settings`] of an input. Both calls name these members alike, and shapes do not stand inside one another.
macro_rules! settings {
    ($input:expr) => {
        Settings {
            rules: $input.rules.as_ref(),
            visibility_config: &$input.visibility_config,
            custom_response_bodies: $input.custom_response_bodies.as_ref(),
            monetization_config: $input.monetization_config.as_ref(),
        }
    };
}
pub(super) use settings;

/// A rule group's settings that the engine has read.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) document: Value,
    pub(super) visibility: Visibility,
    pub(super) rules: Rules,
}

impl Settings<'_> {
    /// Refuses what cannot be enforced, and has the engine read the rest; it may weigh `capacity`.
    pub(super) async fn judge(&self, name: &str, capacity: u32, call: &mut Call<'_>) -> Result<Judged, Failure> {
        if self.monetization_config.is_some() {
            return Err(Error::not_enforced("MonetizationConfig").into());
        }
        let visibility = rules::visibility(self.visibility_config)?;
        let mut document = json!({
            "Name": name,
            "Capacity": capacity,
            "LabelNamespace": format!("awswaf:{}:rulegroup:{name}:", call.scope.account),
            "Rules": self.rules.map_or_else(|| json!([]), |rules| rules.0.clone()),
        });
        if let Some(bodies) = self.custom_response_bodies {
            document["CustomResponseBodies"] = bodies.0.clone();
        }
        let rules = engine::rule_group(call, &document, capacity).await?;
        Ok(Judged { document, visibility, rules })
    }
}
