//! A web ACL as it is answered. <https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html>

use base::Scope as Place;
use model::wafv2::{Owned, WebAcl};
use wire::shape::Json;

use crate::shapes::VisibilityConfig;

/// A web ACL on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "WebACL", upper)]
pub(crate) struct WebACL {
    name: String,
    id: String,
    #[shape(rename = "ARN")]
    arn: String,
    default_action: Json,
    description: Option<String>,
    rules: Option<Json>,
    visibility_config: VisibilityConfig,
    data_protection_config: Option<Json>,
    capacity: Option<i64>,
    pre_process_firewall_manager_rule_groups: Option<Json>,
    post_process_firewall_manager_rule_groups: Option<Json>,
    managed_by_firewall_manager: Option<bool>,
    label_namespace: Option<String>,
    custom_response_bodies: Option<Json>,
    captcha_config: Option<Json>,
    challenge_config: Option<Json>,
    token_domains: Option<Vec<String>>,
    association_config: Option<Json>,
    retrofitted_by_firewall_manager: Option<bool>,
    #[shape(rename = "OnSourceDDoSProtectionConfig")]
    on_source_ddos_protection_config: Option<Json>,
    application_config: Option<Json>,
    monetization_config: Option<Json>,
    analytics_config: Option<Json>,
}

impl WebACL {
    /// A web ACL of an account without Firewall Manager, as AWS answers it.
    pub(crate) fn of(acl: &WebAcl, place: &Place) -> Self {
        let member = |name: &str| acl.document.get(name).cloned().map(Json);
        let domains = acl.document.get("TokenDomains").and_then(|domains| domains.as_array());
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        Self {
            name: acl.entity.name.clone(),
            id: acl.entity.id.clone(),
            arn: acl.arn(place),
            default_action: member("DefaultAction").unwrap_or_default(),
            description: Some(acl.entity.description.clone()),
            rules: member("Rules"),
            visibility_config: VisibilityConfig::of(&acl.visibility),
            data_protection_config: None,
            capacity: Some(i64::from(acl.capacity)),
            pre_process_firewall_manager_rule_groups: None,
            post_process_firewall_manager_rule_groups: None,
            managed_by_firewall_manager: Some(false),
            label_namespace: acl.document.get("LabelNamespace").and_then(text),
            custom_response_bodies: member("CustomResponseBodies"),
            captcha_config: member("CaptchaConfig"),
            challenge_config: member("ChallengeConfig"),
            token_domains: domains.map(|domains| domains.iter().filter_map(text).collect()),
            association_config: member("AssociationConfig"),
            retrofitted_by_firewall_manager: Some(false),
            on_source_ddos_protection_config: None,
            application_config: None,
            monetization_config: None,
            analytics_config: None,
        }
    }
}
