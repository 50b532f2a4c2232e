//! The audit outbox: CloudTrail-shaped records, with the columns they are looked up by.

use base::{AccountId, Region, Scope, Timestamp};

/// One audit record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The account and region the call belongs to.
    pub scope: Scope,
    /// The record's UUID.
    pub event_id: String,
    /// When the call was made.
    pub time: Timestamp,
    /// The operation's name.
    pub event_name: String,
    /// Such as `apigateway.amazonaws.com`.
    pub event_source: String,
    /// Whether the operation only reads.
    pub read_only: bool,
    /// The caller's name, where known.
    pub username: Option<String>,
    /// The access key used, where known.
    pub access_key_id: Option<String>,
    /// Resource type and name pairs.
    pub resources: Vec<(String, String)>,
    /// The whole record as JSON.
    pub record: String,
}

/// The attribute `LookupEvents` filters by; AWS takes at most one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditAttribute {
    /// The record's UUID.
    EventId(String),
    /// The operation.
    EventName(String),
    /// Reads or writes.
    ReadOnly(bool),
    /// The caller.
    Username(String),
    /// A resource's type.
    ResourceType(String),
    /// A resource's name.
    ResourceName(String),
    /// The service.
    EventSource(String),
    /// The key.
    AccessKeyId(String),
}

impl AuditAttribute {
    /// The attribute's name in AWS's words, and the value looked for.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::EventId(value) => (EVENT_ID, value),
            Self::EventName(value) => (EVENT_NAME, value),
            Self::ReadOnly(value) => (READ_ONLY, truth(*value)),
            Self::Username(value) => (USERNAME, value),
            Self::ResourceType(value) => (RESOURCE_TYPE, value),
            Self::ResourceName(value) => (RESOURCE_NAME, value),
            Self::EventSource(value) => (EVENT_SOURCE, value),
            Self::AccessKeyId(value) => (ACCESS_KEY_ID, value),
        }
    }
}

impl AuditEntry {
    /// Every attribute and value it is found by; a value may come twice, and one that is too long is left out.
    pub fn attributes(&self) -> Vec<(&'static str, &str)> {
        let mut attributes = vec![
            (EVENT_ID, self.event_id.as_str()),
            (EVENT_NAME, &self.event_name),
            (EVENT_SOURCE, &self.event_source),
            (READ_ONLY, truth(self.read_only)),
        ];
        attributes.extend(self.username.as_deref().map(|name| (USERNAME, name)));
        attributes.extend(self.access_key_id.as_deref().map(|id| (ACCESS_KEY_ID, id)));
        for (kind, name) in &self.resources {
            attributes.extend([(RESOURCE_TYPE, kind.as_str()), (RESOURCE_NAME, name)]);
        }
        attributes.retain(|(_, value)| value.len() <= ATTRIBUTE_BYTES_MAX);
        attributes
    }
}

/// Nobody can look for longer values (AWS: `LookupAttributes` takes 2,000 characters), and an index holds no longer ones:
/// a stranger's long user name must not keep its own record from being written.
const ATTRIBUTE_BYTES_MAX: usize = 2_000;

const EVENT_ID: &str = "EventId";
const EVENT_NAME: &str = "EventName";
const READ_ONLY: &str = "ReadOnly";
const USERNAME: &str = "Username";
const RESOURCE_TYPE: &str = "ResourceType";
const RESOURCE_NAME: &str = "ResourceName";
const EVENT_SOURCE: &str = "EventSource";
const ACCESS_KEY_ID: &str = "AccessKeyId";

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// Which entries to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// Whose.
    pub account: AccountId,
    /// Where; global services' records carry `us-east-1`.
    pub region: Region,
    /// At most one attribute.
    pub attribute: Option<AuditAttribute>,
    /// Not before.
    pub from: Timestamp,
    /// Not after.
    pub to: Timestamp,
    /// Only entries behind this position, newest first: the `next` of an earlier page.
    pub after: Option<AuditPosition>,
    /// At most so many.
    pub limit: u32,
}

/// A place in the order of entries: time, then the store's own sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditPosition {
    /// The entry's time.
    pub time: Timestamp,
    /// Breaks ties.
    pub sequence: i64,
}

/// Entries, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins, if there is one.
    pub next: Option<AuditPosition>,
}
