//! ListPolicyVersions: a policy's versions, the newest first.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::view::VersionView;
use super::{audited, existing};
use crate::error::declared;
use crate::find::Managed;
use crate::page::Page;

/// The operation.
pub(crate) struct ListPolicyVersions;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListPolicyVersionsRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of versions, without their documents.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListPolicyVersionsResponse", upper)]
pub(crate) struct Output {
    versions: Option<Vec<VersionView>>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListPolicyVersions {
    const SPEC: Spec = Spec::read("ListPolicyVersions", "iam:ListPolicyVersions").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.policy_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.policy_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let arn = &input.policy_arn;
        let page = Page::read(call, "iam:ListPolicyVersions", arn, input.marker.as_deref(), input.max_items)?;
        let all: Vec<(u32, VersionView)> = match existing(call, arn).await? {
            Managed::Own(policy) => policy
                .versions
                .iter()
                .rev()
                .map(|(number, version)| (*number, VersionView::listed(&policy, *number, version)))
                .collect(),
            Managed::Aws(known) => vec![(known.version, VersionView::aws_listed(known))],
        };
        // Pages go on by ascending keys, so the newest version has the lowest.
        let paged =
            page.of(call, "iam:ListPolicyVersions", arn, all, |(number, _)| format!("{:010}", u32::MAX - number));
        let versions = paged.items.into_iter().map(|(_, view)| view).collect();
        Ok(Output { versions: Some(versions), is_truncated: Some(paged.marker.is_some()), marker: paged.marker })
    }
}
