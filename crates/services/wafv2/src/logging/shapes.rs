//! A logging configuration on the wire. <https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html>

use model::wafv2 as stored;
use serde_json::Value as JsonValue;
use wire::shape::Json;
use wire::{Shape, Value};

/// A logging configuration.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LoggingConfiguration {
    pub(super) resource_arn: String,
    pub(super) log_destination_configs: Vec<String>,
    pub(super) redacted_fields: Option<Vec<Json>>,
    pub(super) managed_by_firewall_manager: Option<bool>,
    pub(super) logging_filter: Option<LoggingFilter>,
    pub(super) log_type: Option<LogType>,
    pub(super) log_scope: Option<LogScope>,
}

/// What is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum LogType {
    /// Requests.
    #[shape("WAF_LOGS")]
    WafLogs,
}

/// Whose log it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum LogScope {
    /// The owner's.
    #[shape("CUSTOMER")]
    Customer,
    /// Security Lake's.
    #[shape("SECURITY_LAKE")]
    SecurityLake,
    /// A telemetry rule's.
    #[shape("CLOUDWATCH_TELEMETRY_RULE_MANAGED")]
    CloudwatchTelemetryRuleManaged,
}

/// Which requests are logged.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LoggingFilter {
    pub(super) filters: Vec<Filter>,
    pub(super) default_behavior: Behavior,
}

/// Requests that meet its requirement are kept or dropped.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Filter {
    pub(super) behavior: Behavior,
    pub(super) requirement: Requirement,
    pub(super) conditions: Vec<Condition>,
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum Behavior {
    /// It is logged.
    #[shape("KEEP")]
    Keep,
    /// It is not.
    #[shape("DROP")]
    Drop,
}

/// How many conditions must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum Requirement {
    /// Every one.
    #[shape("MEETS_ALL")]
    MeetsAll,
    /// One at least.
    #[shape("MEETS_ANY")]
    MeetsAny,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Condition {
    pub(super) action_condition: Option<ActionCondition>,
    pub(super) label_name_condition: Option<LabelNameCondition>,
}

/// A rule did this.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(crate) struct ActionCondition {
    pub(super) action: ActionValue,
}

/// What rules do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum ActionValue {
    /// Lets pass.
    #[shape("ALLOW")]
    Allow,
    /// Refuses.
    #[shape("BLOCK")]
    Block,
    /// Counts.
    #[shape("COUNT")]
    Count,
    /// Asks for a puzzle.
    #[shape("CAPTCHA")]
    Captcha,
    /// Asks for a challenge.
    #[shape("CHALLENGE")]
    Challenge,
    /// Asks for money; CloudFront's alone.
    #[shape("MONETIZE")]
    Monetize,
    /// Counts, because it was excluded.
    #[shape("EXCLUDED_AS_COUNT")]
    ExcludedAsCount,
}

/// The request has this label.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LabelNameCondition {
    pub(super) label_name: String,
}

impl LoggingConfiguration {
    /// What is stored, as AWS answers it.
    pub(super) fn of(stored: &stored::LoggingConfiguration) -> Self {
        let redacted: Vec<Json> = stored.redacted_fields.iter().cloned().map(Json).collect();
        let filter = stored.filter.clone().map(Value::from_json);
        Self {
            resource_arn: stored.web_acl_arn.clone(),
            log_destination_configs: vec![stored.destination.clone()],
            redacted_fields: Some(redacted).filter(|fields| !fields.is_empty()),
            managed_by_firewall_manager: Some(false),
            // What was stored was of this shape.
            logging_filter: filter.and_then(|filter| LoggingFilter::from_value(Some(filter)).ok()),
            log_type: Some(LogType::WafLogs),
            log_scope: Some(LogScope::Customer),
        }
    }
}

impl LoggingFilter {
    /// As AWS's JSON, to be stored.
    pub(super) fn json(&self) -> Option<JsonValue> {
        self.to_value().map(Value::into_json)
    }
}
