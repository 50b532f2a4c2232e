//! Instance profiles: names for roles, which Terraform and others make beside them. Nothing here runs instances.

mod create;
mod get;
mod list;
mod delete;
mod add_role;
mod remove_role;
mod list_for_role;
mod tag;
mod untag;
mod list_tags;
pub(crate) mod view;
#[cfg(test)]
mod tests;

use base::Scope;
use model::iam::InstanceProfile;
use operation::{Call, Failure, Registered};

use crate::error::Error;
use crate::rules::name;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateInstanceProfile>(),
        Registered::of::<get::GetInstanceProfile>(),
        Registered::of::<list::ListInstanceProfiles>(),
        Registered::of::<delete::DeleteInstanceProfile>(),
        Registered::of::<add_role::AddRoleToInstanceProfile>(),
        Registered::of::<remove_role::RemoveRoleFromInstanceProfile>(),
        Registered::of::<list_for_role::ListInstanceProfilesForRole>(),
        Registered::of::<tag::TagInstanceProfile>(),
        Registered::of::<untag::UntagInstanceProfile>(),
        Registered::of::<list_tags::ListInstanceProfileTags>(),
    ]
}

const NAME_CHARS_MAX: usize = 128;

fn check_name(name: &str) -> Result<(), Error> {
    name::check("instanceProfileName", name, NAME_CHARS_MAX)
}

/// A profile by its name.
async fn existing(call: &mut Call<'_>, name: &str) -> Result<InstanceProfile, Failure> {
    check_name(name)?;
    let found = call.tx.get::<InstanceProfile>(&call.scope, name).await?;
    found.ok_or_else(|| Error::NoSuchEntity(format!("Instance Profile {name} cannot be found.")).into())
}

/// The ARN of a profile whose path the call does not tell.
fn arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:iam::{}:instance-profile/{name}", scope.account)
}

/// CloudTrail's name of a profile.
fn audited(name: &str) -> Vec<(String, String)> {
    vec![("AWS::IAM::InstanceProfile".to_owned(), name.to_owned())]
}
