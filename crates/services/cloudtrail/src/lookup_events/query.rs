//! What a caller of LookupEvents asks for, checked.

use std::time::Duration;

use base::limits::AUDIT_DAYS;
use base::{Region, Scope, Timestamp};
use operation::ApiError;
use store_resources::AuditFilter;
use store_resources::audit::{AuditAttribute, AuditPosition};

use super::shapes::{EventCategory, Input, LookupAttribute};

/// The most events of one page, and how many there are unless said otherwise.
const MAX_RESULTS: i32 = 50;

/// The longest value to look for, as AWS counts it.
const VALUE_CHARS_MAX: usize = 2_000;

/// A checked query.
#[derive(Debug)]
pub(super) struct Query {
    /// Name and value as the caller wrote them, for the token.
    asked: Option<(String, String)>,
    attribute: Option<AuditAttribute>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    kind: Kind,
    limit: u32,
    now: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Management,
    /// Insights events: nothing here makes any.
    Insight,
}

impl Query {
    /// Checks the input at the time `now`.
    pub(super) fn read(input: &Input, now: Timestamp) -> Result<Self, ApiError> {
        let kind = kind(input.event_category.as_ref())?;
        let asked = only(input.lookup_attributes.as_deref().unwrap_or_default())?;
        let attribute = asked.map(|asked| attribute(asked, kind)).transpose()?;
        let (start, end) = (input.start_time, input.end_time);
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            return Err(refusal("InvalidTimeRangeException", "The start time must not be after the end time."));
        }
        let limit = input.max_results.unwrap_or(MAX_RESULTS);
        let limit = u32::try_from(limit).ok().filter(|limit| (1..=MAX_RESULTS as u32).contains(limit));
        let limit = limit.ok_or_else(|| {
            refusal("InvalidMaxResultsException", &format!("MaxResults must be between 1 and {MAX_RESULTS}."))
        })?;
        let asked = asked.map(|asked| (asked.attribute_key.0.clone(), asked.attribute_value.clone()));
        Ok(Self { asked, attribute, start, end, kind, limit, now })
    }

    /// What must be the same on every page, as text.
    pub(super) fn repeated(&self) -> String {
        serde_json::json!([self.asked, self.start, self.end, self.kind == Kind::Insight]).to_string()
    }

    /// The store's filter; `None` where nothing can match.
    pub(super) fn filter(self, scope: &Scope, after: Option<AuditPosition>) -> Option<AuditFilter> {
        let oldest = self.now - Duration::from_secs(AUDIT_DAYS.unsigned_abs() * 24 * 60 * 60);
        let from = whole_second(self.start.map_or(oldest, |start| start.max(oldest)));
        let to = self.end.map_or(self.now, last_moment);
        if self.kind == Kind::Insight || from > to {
            return None;
        }
        // A call to a service without a region is in the history of us-east-1, whoever asks there.
        let region = if scope.region == Region::global() { us_east_1() } else { scope.region.clone() };
        let Self { attribute, limit, .. } = self;
        Some(AuditFilter { account: scope.account, region, attribute, from, to, after, limit })
    }
}

fn us_east_1() -> Region {
    Region::parse("us-east-1").expect("a region's name")
}

fn kind(category: Option<&EventCategory>) -> Result<Kind, ApiError> {
    match category.map(|category| category.0.as_str()) {
        None => Ok(Kind::Management),
        Some("insight") => Ok(Kind::Insight),
        Some(_) => Err(refusal("InvalidEventCategoryException", "The event category must be insight.")),
    }
}

fn only(attributes: &[LookupAttribute]) -> Result<Option<&LookupAttribute>, ApiError> {
    match attributes {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        [_, _, ..] => Err(invalid_attribute("At most one lookup attribute can be specified.")),
    }
}

fn attribute(asked: &LookupAttribute, kind: Kind) -> Result<AuditAttribute, ApiError> {
    let value = asked.attribute_value.clone();
    if value.is_empty() || counted_chars(&value) > VALUE_CHARS_MAX {
        return Err(invalid_attribute(&format!(
            "The value of a lookup attribute must have between 1 and {VALUE_CHARS_MAX} characters."
        )));
    }
    let attribute = match asked.attribute_key.0.as_str() {
        "EventId" => AuditAttribute::EventId(value),
        "EventName" => AuditAttribute::EventName(value),
        "EventSource" => AuditAttribute::EventSource(value),
        key if kind == Kind::Insight => return Err(unknown_key(key)),
        "ReadOnly" => match value.as_str() {
            "true" => AuditAttribute::ReadOnly(true),
            "false" => AuditAttribute::ReadOnly(false),
            _ => return Err(invalid_attribute("The value of ReadOnly must be true or false.")),
        },
        "Username" => AuditAttribute::Username(value),
        "ResourceType" => AuditAttribute::ResourceType(value),
        "ResourceName" => AuditAttribute::ResourceName(value),
        "AccessKeyId" => AuditAttribute::AccessKeyId(value),
        key => return Err(unknown_key(key)),
    };
    Ok(attribute)
}

/// AWS counts these four characters twice.
fn counted_chars(value: &str) -> usize {
    value.chars().map(|char| if matches!(char, '_' | ' ' | ',' | '\n') { 2 } else { 1 }).sum()
}

fn unknown_key(key: &str) -> ApiError {
    let key: String = key.chars().take(64).collect();
    invalid_attribute(&format!("The lookup attribute {key} is not valid."))
}

fn invalid_attribute(message: &str) -> ApiError {
    refusal("InvalidLookupAttributesException", message)
}

fn refusal(code: &'static str, message: &str) -> ApiError {
    ApiError { code, status: 400, message: message.to_owned(), members: None }
}

/// Events are told and found by whole seconds, as AWS does; our own times are finer.
pub(super) fn whole_second(time: Timestamp) -> Timestamp {
    let seconds = time.as_second() - i64::from(time.subsec_nanosecond() < 0);
    Timestamp::from_second(seconds).unwrap_or(time)
}

/// The last moment of a time's second.
fn last_moment(time: Timestamp) -> Timestamp {
    whole_second(time).checked_add(Duration::from_nanos(999_999_999)).unwrap_or(Timestamp::MAX)
}
