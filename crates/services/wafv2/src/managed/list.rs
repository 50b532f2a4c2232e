//! ListAvailableManagedRuleGroups. <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListAvailableManagedRuleGroups.html>

use base::Scope as Place;
use operation::{Call, Failure, Operation, Spec};
use waf::managed;

use crate::error::declared;
use crate::page;
use crate::shapes::Scope;
use crate::{arn, rules};

/// The operation.
pub(crate) struct ListAvailableManagedRuleGroups;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListAvailableManagedRuleGroupsRequest", upper)]
pub(crate) struct Input {
    scope: Scope,
    next_marker: Option<String>,
    limit: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListAvailableManagedRuleGroupsResponse", upper)]
pub(crate) struct Output {
    next_marker: Option<String>,
    managed_rule_groups: Vec<ManagedRuleGroupSummary>,
}

/// A managed rule group.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(crate) struct ManagedRuleGroupSummary {
    vendor_name: Option<String>,
    name: Option<String>,
    versioning_supported: Option<bool>,
    description: Option<String>,
}

const NAME: &str = "wafv2:ListAvailableManagedRuleGroups";

impl Operation for ListAvailableManagedRuleGroups {
    const SPEC: Spec = Spec::read("ListAvailableManagedRuleGroups", NAME).errors(declared::LIST);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::anything(input, place)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        rules::regional(input.scope)?;
        let page = page::read(call, NAME, "", input.next_marker.as_deref(), input.limit)?;
        let mut groups: Vec<_> = managed::all().iter().filter(|group| group.default_version).collect();
        groups.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        let (groups, next_marker) = page.of(groups, |group| group.name.to_string());
        let summary = |group: &managed::ManagedGroup| ManagedRuleGroupSummary {
            vendor_name: Some(group.vendor.to_owned()),
            name: Some(group.name.to_string()),
            versioning_supported: Some(true),
            description: Some(group.description.to_string()),
        };
        Ok(Output { next_marker, managed_rule_groups: groups.into_iter().map(summary).collect() })
    }
}
