//! Shapes that several operations share. <https://docs.aws.amazon.com/waf/latest/APIReference/API_Types.html>

use std::collections::BTreeMap;

use base::Scope as Place;
use model::wafv2::{Owned, Visibility};

/// Where what is named belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum Scope {
    /// Before distributions of CloudFront.
    #[shape("CLOUDFRONT")]
    Cloudfront,
    /// Before resources of a region, such as stages of APIs.
    #[shape("REGIONAL")]
    Regional,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// What lists show of each: `WebACLSummary`, `RuleGroupSummary`, `IPSetSummary` and `RegexPatternSetSummary` are alike.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "WebACLSummary", upper)]
pub(crate) struct Summary {
    name: Option<String>,
    id: Option<String>,
    description: Option<String>,
    lock_token: Option<String>,
    #[shape(rename = "ARN")]
    arn: Option<String>,
}

impl Summary {
    /// Of a record in `place`.
    pub(crate) fn of<R: Owned>(record: &R, place: &Place) -> Self {
        let entity = record.entity();
        Self {
            name: Some(entity.name.clone()),
            id: Some(entity.id.clone()),
            description: Some(entity.description.clone()),
            lock_token: Some(entity.lock_token.clone()),
            arn: Some(record.arn(place)),
        }
    }
}

/// What making one of them answers.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "CreateWebACLResponse", upper)]
pub(crate) struct Created {
    pub(crate) summary: Option<Summary>,
}

/// What changing one of them answers.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "UpdateWebACLResponse", upper)]
pub(crate) struct Changed {
    pub(crate) next_lock_token: Option<String>,
}

/// The answer of operations that answer nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) struct Nothing;

/// What is counted and kept of requests.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(crate) struct VisibilityConfig {
    pub(crate) sampled_requests_enabled: bool,
    pub(crate) cloud_watch_metrics_enabled: bool,
    pub(crate) metric_name: String,
}

impl VisibilityConfig {
    /// Of what is stored.
    pub(crate) fn of(stored: &Visibility) -> Self {
        Self {
            sampled_requests_enabled: stored.sampled_requests,
            cloud_watch_metrics_enabled: stored.metrics,
            metric_name: stored.metric_name.clone(),
        }
    }
}

/// Tags by key; the last of a key that stands twice.
pub(crate) fn by_key(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

/// A label that rules add or look for.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LabelSummary {
    name: Option<String>,
}

impl LabelSummary {
    /// Of its whole name.
    pub(crate) fn of(name: String) -> Self {
        Self { name: Some(name) }
    }
}
