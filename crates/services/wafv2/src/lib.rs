//! The service `wafv2`: web ACLs, rule groups, IP sets and regex pattern sets, and the stages that web ACLs protect.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/Welcome.html>
//!
//! It must not know: how a rule is evaluated (the engine `waf` says what a rule may be and what it weighs), the snapshot,
//! HTTP connections, other services. Begin with [`service`]; then one folder per resource, one file per operation. `rules`
//! says what may be set, `refused` what does not exist yet.

mod web_acl;
mod rule_group;
mod ip_set;
mod regex_pattern_set;
mod association;
mod logging;
mod managed;
mod permission_policy;
mod tags;
mod traffic;
mod check_capacity;
mod refused;
mod rules;
mod engine;
mod arn;
mod find;
mod page;
mod shapes;
mod error;
#[cfg(test)]
mod testing;

use operation::{Registered, Service};
use wire::Protocol;

/// The service with all its operations.
pub fn service() -> Service {
    Service {
        name: "wafv2",
        event_source: "wafv2.amazonaws.com",
        api_version: "2019-07-29",
        xml_namespace: None,
        protocol: Protocol::Json11,
        targets: &["AWSWAF_20190729"],
        global: false,
        tags: tags::access::of,
        refused: refused::all(),
        operations: operations(),
    }
}

fn operations() -> Vec<Registered> {
    let mut all = web_acl::operations();
    all.extend(rule_group::operations());
    all.extend(ip_set::operations());
    all.extend(regex_pattern_set::operations());
    all.extend(association::operations());
    all.push(Registered::of::<check_capacity::CheckCapacity>());
    all.extend(logging::operations());
    all.extend(managed::operations());
    all.extend(permission_policy::operations());
    all.extend(tags::operations());
    all.extend(traffic::operations());
    all
}
