//! Users: somebody who signs with keys of their own.

mod create;
mod get;
mod list;
mod update;
mod rename;
mod delete;
mod tag;
mod untag;
mod list_tags;
mod list_mfa_devices;
mod list_ssh_public_keys;
mod list_signing_certificates;
mod list_service_specific_credentials;
mod get_login_profile;
mod delete_login_profile;
pub(crate) mod view;
#[cfg(test)]
pub(crate) mod tests;

use base::Scope;
use operation::Registered;

pub(crate) use create::USERS_MAX;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateUser>(),
        Registered::of::<get::GetUser>(),
        Registered::of::<list::ListUsers>(),
        Registered::of::<update::UpdateUser>(),
        Registered::of::<delete::DeleteUser>(),
        Registered::of::<tag::TagUser>(),
        Registered::of::<untag::UntagUser>(),
        Registered::of::<list_tags::ListUserTags>(),
        Registered::of::<list_mfa_devices::ListMFADevices>(),
        Registered::of::<list_ssh_public_keys::ListSSHPublicKeys>(),
        Registered::of::<list_signing_certificates::ListSigningCertificates>(),
        Registered::of::<list_service_specific_credentials::ListServiceSpecificCredentials>(),
        Registered::of::<get_login_profile::GetLoginProfile>(),
        Registered::of::<delete_login_profile::DeleteLoginProfile>(),
    ]
}

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 64;

/// The ARN of a user whose path the call does not tell; `control` finds the true one.
pub(crate) fn arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:iam::{}:user/{name}", scope.account)
}

/// CloudTrail's name of a user.
pub(crate) fn audited(name: Option<&str>) -> Vec<(String, String)> {
    name.map(|name| ("AWS::IAM::User".to_owned(), name.to_owned())).into_iter().collect()
}
