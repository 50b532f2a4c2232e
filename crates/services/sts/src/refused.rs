//! What sts knows and refuses: other ways to temporary credentials.

use operation::Refused;

const REASON: &str =
    "Other ways to temporary credentials are not enforced by this version of Portcullis yet, so they are refused.";

macro_rules! refused {
    ($($name:literal)+) => {
        vec![$(Refused { name: $name, http: None, action: concat!("sts:", $name), reason: REASON }),+]
    };
}

/// All of them.
pub(crate) fn all() -> Vec<Refused> {
    refused![
        "AssumeRoleWithSAML"
        "AssumeRoot"
        "GetDelegatedAccessToken"
        "GetFederationToken"
        "GetScopedCredentials"
        "GetWebIdentityToken"
    ]
}
