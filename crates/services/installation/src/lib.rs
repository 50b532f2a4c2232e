//! The service portcullis: what our own command line asks a running node, and the installation's own upkeep.
//!
//! It must not know: how a request travels, how a trail is written, other services. Begin with [`service`], the table of
//! its operations; [`jobs`] holds the retention of records, audit and the change feed.

mod filter_records;
mod explain_request;
mod simulate_request;
mod describe_status;
mod describe_coverage;
mod test_web_acl;
mod describe_web_acl_traffic;
mod suggest_exclusion;
mod create_account;
mod list_accounts;
mod refusal;
pub mod jobs;
#[cfg(test)]
mod testing;

use operation::{Registered, Service};
use wire::Protocol;

/// The service's table.
pub fn service() -> Service {
    Service {
        name: "portcullis",
        event_source: "portcullis.amazonaws.com",
        api_version: "2026-11-01",
        xml_namespace: None,
        protocol: Protocol::Json11,
        targets: &["Portcullis_20261101"],
        global: false,
        tags: operation::no_tags,
        operations: vec![
            Registered::of::<filter_records::FilterRecords>(),
            Registered::of::<explain_request::ExplainRequest>(),
            Registered::of::<simulate_request::SimulateRequest>(),
            Registered::of::<describe_status::DescribeStatus>(),
            Registered::of::<describe_coverage::DescribeCoverage>(),
            Registered::of::<test_web_acl::TestWebAcl>(),
            Registered::of::<describe_web_acl_traffic::DescribeWebAclTraffic>(),
            Registered::of::<suggest_exclusion::SuggestExclusion>(),
            Registered::of::<create_account::CreateAccount>(),
            Registered::of::<list_accounts::ListAccounts>(),
        ],
        refused: Vec::new(),
    }
}

/// The ARN of something of the installation, as policies name it.
fn arn(scope: &base::Scope, resource: &str) -> String {
    base::Arn::new("portcullis", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}
