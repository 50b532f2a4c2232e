//! ListPolicies: the account's managed policies and AWS's own.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html>

use base::Scope;
use model::iam::ManagedPolicy;
use model::iam::aws_managed::ALL;
use operation::{Call, Failure, Operation, Spec};

use super::usage;
use super::view::PolicyView;
use crate::error::declared;
use crate::find::Managed;
use crate::page::Page;
use crate::rules::name;

/// The operation.
pub(crate) struct ListPolicies;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListPoliciesRequest", upper)]
pub(crate) struct Input {
    scope: Option<Whose>,
    only_attached: Option<bool>,
    path_prefix: Option<String>,
    policy_usage_filter: Option<Use>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// Whose policies are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum Whose {
    /// Both.
    #[shape("All")]
    All,
    /// AWS's.
    #[shape("AWS")]
    Aws,
    /// The account's.
    #[shape("Local")]
    Local,
}

/// What a policy is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum Use {
    /// It is attached.
    #[shape("PermissionsPolicy")]
    Permissions,
    /// It bounds.
    #[shape("PermissionsBoundary")]
    Boundary,
}

/// A page of policies.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListPoliciesResponse", upper)]
pub(crate) struct Output {
    policies: Option<Vec<PolicyView>>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListPolicies {
    const SPEC: Spec = Spec::read("ListPolicies", "iam:ListPolicies").errors(&[declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let prefix = name::path_prefix(input.path_prefix.as_deref())?;
        let whose = input.scope.unwrap_or(Whose::All);
        let only_attached = input.only_attached.unwrap_or_default();
        let query = format!("{whose:?} {only_attached} {:?} {prefix}", input.policy_usage_filter);
        let page = Page::read(call, "iam:ListPolicies", &query, input.marker.as_deref(), input.max_items)?;
        let mut found = Vec::new();
        if whose != Whose::Aws {
            let own = call.tx.all::<ManagedPolicy>(&call.scope, "").await?;
            found.extend(own.into_iter().map(|policy| Managed::Own(Box::new(policy))));
        }
        if whose != Whose::Local {
            found.extend(ALL.iter().map(Managed::Aws));
        }
        found.retain(|policy| policy.path().starts_with(&prefix));
        if only_attached || input.policy_usage_filter.is_some() {
            let used = usage::of_all(call).await?;
            found.retain(|policy| {
                let usage = used.get(&policy.arn()).copied().unwrap_or_default();
                match input.policy_usage_filter {
                    None | Some(Use::Permissions) => usage.permissions > 0,
                    Some(Use::Boundary) => usage.boundaries > 0,
                }
            });
        }
        found.sort_by_cached_key(Managed::arn);
        let paged = page.of(call, "iam:ListPolicies", &query, found, Managed::arn);
        let mut policies = Vec::with_capacity(paged.items.len());
        for policy in &paged.items {
            let usage = usage::of(call, &policy.arn()).await?;
            policies.push(PolicyView::listed(policy, usage));
        }
        Ok(Output { policies: Some(policies), is_truncated: Some(paged.marker.is_some()), marker: paged.marker })
    }
}
