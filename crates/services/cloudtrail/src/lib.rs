//! The service cloudtrail: the event history of the last 90 days. Trails and event data stores are refused by name.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/Welcome.html>
//!
//! It must not know: how a record is made (`control` does), the snapshot, other services. Begin with [`service`], the
//! table of its operations.

mod lookup_events;
mod refused;

use operation::{Registered, Service};
use wire::Protocol;

/// The service's table.
pub fn service() -> Service {
    Service {
        name: "cloudtrail",
        event_source: "cloudtrail.amazonaws.com",
        api_version: "2013-11-01",
        xml_namespace: None,
        protocol: Protocol::Json11,
        targets: &["com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", "CloudTrail_20131101"],
        global: false,
        tags: operation::no_tags,
        operations: vec![Registered::of::<lookup_events::LookupEvents>()],
        refused: refused::all(),
    }
}
