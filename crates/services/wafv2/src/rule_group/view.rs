//! A rule group as it is answered. <https://docs.aws.amazon.com/waf/latest/APIReference/API_RuleGroup.html>

use base::Scope as Place;
use model::wafv2 as stored;
use model::wafv2::Owned;
use wire::shape::Json;

use crate::engine::labels;
use crate::shapes::{LabelSummary, VisibilityConfig};

/// A rule group on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct RuleGroup {
    name: String,
    id: String,
    capacity: i64,
    #[shape(rename = "ARN")]
    arn: String,
    description: Option<String>,
    rules: Option<Json>,
    visibility_config: VisibilityConfig,
    label_namespace: Option<String>,
    custom_response_bodies: Option<Json>,
    available_labels: Option<Vec<LabelSummary>>,
    consumed_labels: Option<Vec<LabelSummary>>,
    monetization_config: Option<Json>,
}

impl RuleGroup {
    /// A rule group as AWS answers it.
    pub(crate) fn of(group: &stored::RuleGroup, place: &Place) -> Self {
        let member = |name: &str| group.document.get(name).cloned().map(Json);
        let namespace = group.document.get("LabelNamespace").and_then(|namespace| namespace.as_str());
        let rules = &group.document["Rules"];
        let shown = |labels: Vec<String>| {
            Some(labels.into_iter().map(LabelSummary::of).collect::<Vec<_>>()).filter(|labels| !labels.is_empty())
        };
        Self {
            name: group.entity.name.clone(),
            id: group.entity.id.clone(),
            capacity: i64::from(group.capacity),
            arn: group.arn(place),
            description: Some(group.entity.description.clone()),
            rules: member("Rules"),
            visibility_config: VisibilityConfig::of(&group.visibility),
            label_namespace: namespace.map(str::to_owned),
            custom_response_bodies: member("CustomResponseBodies"),
            available_labels: shown(labels::added(rules, namespace.unwrap_or_default())),
            consumed_labels: shown(labels::matched(rules)),
            monetization_config: None,
        }
    }
}
