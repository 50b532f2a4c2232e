//! What LookupEvents takes and answers.

use base::Timestamp;
use wire::shape::Item;
use wire::{Invalid, Schema, Shape, Value};

/// All members are optional.
#[derive(Debug, Default, wire::Shape)]
#[shape(name = "LookupEventsRequest", upper)]
pub(crate) struct Input {
    pub(super) lookup_attributes: Option<Vec<LookupAttribute>>,
    pub(super) start_time: Option<Timestamp>,
    pub(super) end_time: Option<Timestamp>,
    pub(super) event_category: Option<EventCategory>,
    pub(super) max_results: Option<i32>,
    pub(super) next_token: Option<String>,
}

/// What to look for.
#[derive(Debug, wire::Shape)]
#[shape(upper)]
pub(crate) struct LookupAttribute {
    pub(super) attribute_key: AttributeKey,
    pub(super) attribute_value: String,
}

/// Declares a text that AWS's model lists the values of, and that reads any text: what is none of them gets the
/// operation's own error instead of the protocol's.
macro_rules! open_choice {
    ($(#[$doc:meta])* $name:ident, $values:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $name(pub(super) String);

        impl Shape for $name {
            const SCHEMA: &'static Schema = &Schema::Enum($values);
            fn from_value(value: Option<Value>) -> Result<Self, Invalid> {
                String::from_value(value).map(Self)
            }
            fn to_value(&self) -> Option<Value> {
                self.0.to_value()
            }
        }

        impl Item for $name {}
    };
}

open_choice!(
    /// The attribute's name.
    AttributeKey,
    &["EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource", "AccessKeyId"]
);
open_choice!(
    /// Which events besides management events.
    EventCategory,
    &["insight"]
);

/// A page of events.
#[derive(Debug, wire::Shape)]
#[shape(name = "LookupEventsResponse", upper)]
pub(crate) struct Output {
    pub(super) events: Vec<Event>,
    pub(super) next_token: Option<String>,
}

/// One event.
#[derive(Debug, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Event {
    pub(super) event_id: String,
    pub(super) event_name: String,
    pub(super) read_only: String,
    pub(super) access_key_id: Option<String>,
    pub(super) event_time: Timestamp,
    pub(super) event_source: String,
    pub(super) username: Option<String>,
    pub(super) resources: Vec<Resource>,
    pub(super) cloud_trail_event: String,
}

/// What an event is about.
#[derive(Debug, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Resource {
    pub(super) resource_type: String,
    pub(super) resource_name: String,
}
