//! ListAvailableManagedRuleGroupVersions. <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListAvailableManagedRuleGroupVersions.html>

use base::{Scope as Place, Timestamp};
use operation::{Call, Failure, Operation, Spec};
use waf::managed;

use crate::error::declared;
use crate::page;
use crate::shapes::Scope;
use crate::{arn, rules};

/// The operation.
pub(crate) struct ListAvailableManagedRuleGroupVersions;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListAvailableManagedRuleGroupVersionsRequest", upper)]
pub(crate) struct Input {
    vendor_name: String,
    name: String,
    scope: Scope,
    next_marker: Option<String>,
    limit: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListAvailableManagedRuleGroupVersionsResponse", upper)]
pub(crate) struct Output {
    next_marker: Option<String>,
    versions: Vec<ManagedRuleGroupVersion>,
    current_default_version: Option<String>,
}

/// A version of a managed rule group.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct ManagedRuleGroupVersion {
    name: Option<String>,
    last_update_timestamp: Option<Timestamp>,
}

const NAME: &str = "wafv2:ListAvailableManagedRuleGroupVersions";

impl Operation for ListAvailableManagedRuleGroupVersions {
    const SPEC: Spec = Spec::read("ListAvailableManagedRuleGroupVersions", NAME).errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::anything(input, place)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        rules::regional(input.scope)?;
        let default = super::find(&input.vendor_name, &input.name, None)?;
        let query = format!("{}\0{}", input.vendor_name, input.name);
        let page = page::read(call, NAME, &query, input.next_marker.as_deref(), input.limit)?;
        let same = |group: &&managed::ManagedGroup| group.vendor == default.vendor && group.name == default.name;
        let mut versions: Vec<_> = managed::all().iter().filter(same).map(|group| group.version.to_string()).collect();
        versions.sort_unstable();
        let (versions, next_marker) = page.of(versions, Clone::clone);
        // Versions come with the program, and not from a day.
        let version = |name| ManagedRuleGroupVersion { name: Some(name), last_update_timestamp: None };
        Ok(Output {
            next_marker,
            versions: versions.into_iter().map(version).collect(),
            current_default_version: Some(default.version.to_string()),
        })
    }
}
