//! What CreateWebACL and UpdateWebACL set alike, and the document that the engine reads it from.

use base::Scope as Place;
use model::wafv2::Visibility;
use operation::{Call, Failure};
use serde_json::{Map, Value, json};
use wire::shape::Json;

use crate::engine::{self, Asked, Rules};
use crate::error::Error;
use crate::rules;
use crate::shapes::VisibilityConfig;

/// The members that both calls have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings<'a> {
    pub(super) default_action: &'a Json,
    pub(super) rules: Option<&'a Json>,
    pub(super) visibility_config: &'a VisibilityConfig,
    pub(super) custom_response_bodies: Option<&'a Json>,
    pub(super) captcha_config: Option<&'a Json>,
    pub(super) challenge_config: Option<&'a Json>,
    pub(super) token_domains: Option<&'a [String]>,
    pub(super) association_config: Option<&'a Json>,
    /// What is refused, by name.
    pub(super) unenforced: [(&'static str, Option<&'a Json>); 5],
}

/// The [`Settings`] of an input. Both calls name these members alike, and shapes do not stand inside one another.
macro_rules! settings {
    ($input:expr) => {
        Settings {
            default_action: &$input.default_action,
            rules: $input.rules.as_ref(),
            visibility_config: &$input.visibility_config,
            custom_response_bodies: $input.custom_response_bodies.as_ref(),
            captcha_config: $input.captcha_config.as_ref(),
            challenge_config: $input.challenge_config.as_ref(),
            token_domains: $input.token_domains.as_deref(),
            association_config: $input.association_config.as_ref(),
            unenforced: [
                ("DataProtectionConfig", $input.data_protection_config.as_ref()),
                ("OnSourceDDoSProtectionConfig", $input.on_source_ddos_protection_config.as_ref()),
                ("ApplicationConfig", $input.application_config.as_ref()),
                ("MonetizationConfig", $input.monetization_config.as_ref()),
                ("AnalyticsConfig", $input.analytics_config.as_ref()),
            ],
        }
    };
}
pub(super) use settings;

/// A web ACL's settings that the engine has read.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) document: Value,
    pub(super) visibility: Visibility,
    pub(super) rules: Rules,
}

impl Settings<'_> {
    /// Refuses what cannot be enforced, and has the engine read the rest.
    pub(super) async fn judge(&self, name: &str, call: &mut Call<'_>) -> Result<Judged, Failure> {
        if let Some((member, _)) = self.unenforced.iter().find(|(_, value)| value.is_some()) {
            return Err(Error::not_enforced(member).into());
        }
        let visibility = rules::visibility(self.visibility_config)?;
        let document = self.document(name, &call.scope);
        let rules = engine::web_acl(call, &document, Asked::OnEach).await?;
        Ok(Judged { document, visibility, rules })
    }

    fn document(&self, name: &str, place: &Place) -> Value {
        let mut document = Map::new();
        document.insert("Name".to_owned(), json!(name));
        document.insert("LabelNamespace".to_owned(), json!(format!("awswaf:{}:webacl:{name}:", place.account)));
        document.insert("DefaultAction".to_owned(), self.default_action.0.clone());
        document.insert("Rules".to_owned(), self.rules.map_or_else(|| json!([]), |rules| rules.0.clone()));
        let optional = [
            ("CustomResponseBodies", self.custom_response_bodies),
            ("CaptchaConfig", self.captcha_config),
            ("ChallengeConfig", self.challenge_config),
            ("AssociationConfig", self.association_config),
        ];
        for (member, value) in optional {
            document.extend(value.map(|value| (member.to_owned(), value.0.clone())));
        }
        document.extend(self.token_domains.map(|domains| ("TokenDomains".to_owned(), json!(domains))));
        Value::Object(document)
    }
}
