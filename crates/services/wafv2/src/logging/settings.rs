//! What a logging configuration may be. <https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html>

use base::{Arn, Scope as Place};
use serde_json::Value;

use super::shapes::{ActionValue, Condition, LogScope, LoggingConfiguration, LoggingFilter};
use crate::error::Error;

/// How the names of log groups begin, so that nothing else is written to.
const NAME: &str = "aws-waf-logs-";
const FIELDS_MAX: usize = 100;

/// Refuses what cannot be kept.
pub(super) fn check(given: &LoggingConfiguration, place: &Place) -> Result<(), Error> {
    if given.managed_by_firewall_manager == Some(true) {
        return Err(Error::not_enforced("ManagedByFirewallManager"));
    }
    scope(given.log_scope)?;
    destination(&given.log_destination_configs, place)?;
    let fields = given.redacted_fields.as_deref().unwrap_or_default();
    if fields.len() > FIELDS_MAX {
        return Err(Error::parameter("LOGGING_FILTER", fields.len().to_string(), "at most 100 fields can be redacted"));
    }
    fields.iter().try_for_each(|field| redacted(&field.0))?;
    given.logging_filter.as_ref().map_or(Ok(()), filter)
}

/// Logs are their owner's.
pub(super) fn scope(scope: Option<LogScope>) -> Result<(), Error> {
    match scope {
        None | Some(LogScope::Customer) => Ok(()),
        Some(LogScope::SecurityLake | LogScope::CloudwatchTelemetryRuleManaged) => {
            Err(Error::not_enforced("A LogScope other than CUSTOMER"))
        }
    }
}

fn destination(destinations: &[String], place: &Place) -> Result<(), Error> {
    let [destination] = destinations else {
        let many = destinations.len().to_string();
        return Err(Error::parameter("LOG_DESTINATION", many, "A web ACL has exactly one log destination"));
    };
    let invalid = |reason: &str| Error::parameter("LOG_DESTINATION", destination, reason);
    let arn = Arn::parse(destination).map_err(|_| invalid("The ARN isn't valid"))?;
    match arn.service.as_str() {
        "logs" => {}
        "s3" | "firehose" => return Err(Error::not_enforced("A log destination other than a log group")),
        _ => return Err(invalid("The ARN isn't valid. A log destination is a log group")),
    }
    if arn.region != place.region.as_str() || arn.account != place.account.as_str() {
        return Err(invalid("The log group must belong to the web ACL's account and region"));
    }
    let name = arn.resource.strip_prefix("log-group:").unwrap_or_default();
    let name = name.strip_suffix(":*").unwrap_or(name);
    let fits = |char: char| char.is_ascii_alphanumeric() || "_-/.#".contains(char);
    if !name.starts_with(NAME) || name.len() == NAME.len() || !name.chars().all(fits) {
        return Err(invalid("The name of the log group must begin with aws-waf-logs-"));
    }
    Ok(())
}

/// A method, a path, a query string, or a header by its name.
fn redacted(field: &Value) -> Result<(), Error> {
    let invalid = |reason: &str| Error::parameter("FIELD_TO_MATCH", field.to_string(), reason);
    let members = field.as_object().ok_or_else(|| invalid("must be an object"))?;
    let mut set = members.iter().filter(|(_, value)| !value.is_null());
    let (Some((name, value)), None) = (set.next(), set.next()) else {
        return Err(invalid("A redacted field is exactly one of SingleHeader, UriPath, QueryString and Method"));
    };
    let inner = value.as_object().ok_or_else(|| invalid("must be an object"))?;
    match name.as_str() {
        "SingleHeader" => {
            let header = inner.get("Name").and_then(Value::as_str).unwrap_or_default();
            let fits = (1..=64).contains(&header.len()) && inner.len() == 1;
            if fits { Ok(()) } else { Err(invalid("A redacted header is named by its Name and nothing else")) }
        }
        "UriPath" | "QueryString" | "Method" if inner.is_empty() => Ok(()),
        "UriPath" | "QueryString" | "Method" => Err(invalid("It has no members")),
        _ => Err(invalid("Only SingleHeader, UriPath, QueryString and Method can be redacted")),
    }
}

fn filter(filter: &LoggingFilter) -> Result<(), Error> {
    let invalid = |parameter: &str, reason: &str| Error::parameter("LOGGING_FILTER", parameter, reason);
    if filter.filters.is_empty() {
        return Err(invalid("Filters", "A logging filter needs a filter"));
    }
    for filter in &filter.filters {
        if filter.conditions.is_empty() {
            return Err(invalid("Conditions", "A filter needs a condition"));
        }
        filter.conditions.iter().try_for_each(condition)?;
    }
    Ok(())
}

fn condition(condition: &Condition) -> Result<(), Error> {
    let invalid = |parameter: &str, reason: &str| Error::parameter("FILTER_CONDITION", parameter, reason);
    match (&condition.action_condition, &condition.label_name_condition) {
        (Some(action), None) if action.action == ActionValue::Monetize => Err(Error::not_enforced("MONETIZE")),
        (Some(_), None) => Ok(()),
        (None, Some(label)) => {
            let fits = |char: char| char.is_ascii_alphanumeric() || "_-:".contains(char);
            let name = &label.label_name;
            let good = (1..=1024).contains(&name.len()) && name.chars().all(fits);
            if good { Ok(()) } else { Err(invalid(name, "A label's whole name")) }
        }
        (None, None) | (Some(_), Some(_)) => {
            Err(invalid("Condition", "A condition is exactly one of ActionCondition and LabelNameCondition"))
        }
    }
}
