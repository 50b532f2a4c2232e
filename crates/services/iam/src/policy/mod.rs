//! Managed policies and their versions: customers' own, and AWS's.

mod create;
mod get;
mod list;
mod delete;
mod create_version;
mod get_version;
mod list_versions;
mod delete_version;
mod set_default_version;
mod tag;
mod untag;
mod list_tags;
mod entities;
mod version;
pub(crate) mod usage;
pub(crate) mod view;
#[cfg(test)]
mod tests;

use model::iam::ManagedPolicy;
use operation::{Call, Failure, Registered};

use crate::error::Error;
use crate::find::{self, Managed};
use crate::rules::arn;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreatePolicy>(),
        Registered::of::<get::GetPolicy>(),
        Registered::of::<list::ListPolicies>(),
        Registered::of::<delete::DeletePolicy>(),
        Registered::of::<create_version::CreatePolicyVersion>(),
        Registered::of::<get_version::GetPolicyVersion>(),
        Registered::of::<list_versions::ListPolicyVersions>(),
        Registered::of::<delete_version::DeletePolicyVersion>(),
        Registered::of::<set_default_version::SetDefaultPolicyVersion>(),
        Registered::of::<tag::TagPolicy>(),
        Registered::of::<untag::UntagPolicy>(),
        Registered::of::<list_tags::ListPolicyTags>(),
        Registered::of::<entities::ListEntitiesForPolicy>(),
    ]
}

/// Versions of one policy.
const VERSIONS_MAX: usize = 5;

/// A policy by its ARN, if there is one.
async fn find(call: &mut Call<'_>, arn: &str) -> Result<Option<Managed>, Failure> {
    arn::check("policyArn", arn)?;
    find::managed(call, arn).await
}

/// A policy by its ARN.
async fn existing(call: &mut Call<'_>, arn: &str) -> Result<Managed, Failure> {
    find(call, arn).await?.ok_or_else(|| missing(arn).into())
}

/// A policy that the call may change: AWS's own are not the caller's, whatever its permissions.
fn own(found: Option<Managed>, call: &Call<'_>, action: &str, missing: Error) -> Result<ManagedPolicy, Failure> {
    match found {
        Some(Managed::Own(policy)) => Ok(*policy),
        Some(Managed::Aws(known)) => Err(Error::AccessDenied(format!(
            "User: {} is not authorized to perform: {action} on resource: policy {}",
            call.principal.arn(),
            known.arn()
        ))
        .into()),
        None => Err(missing.into()),
    }
}

fn missing(arn: &str) -> Error {
    Error::NoSuchEntity(format!("Policy {arn} was not found."))
}

/// CloudTrail's name of a policy.
fn audited(arn: &str) -> Vec<(String, String)> {
    vec![("AWS::IAM::Policy".to_owned(), arn.to_owned())]
}
