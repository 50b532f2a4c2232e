//! The account as a whole: its alias, its summary, everything it holds, and what it cannot have.

mod create_alias;
mod delete_alias;
mod list_aliases;
mod get_summary;
mod get_authorization_details;
mod details;
mod get_password_policy;
mod list_virtual_mfa_devices;
#[cfg(test)]
mod tests;

use operation::Registered;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create_alias::CreateAccountAlias>(),
        Registered::of::<delete_alias::DeleteAccountAlias>(),
        Registered::of::<list_aliases::ListAccountAliases>(),
        Registered::of::<get_summary::GetAccountSummary>(),
        Registered::of::<get_authorization_details::GetAccountAuthorizationDetails>(),
        Registered::of::<get_password_policy::GetAccountPasswordPolicy>(),
        Registered::of::<list_virtual_mfa_devices::ListVirtualMFADevices>(),
    ]
}
