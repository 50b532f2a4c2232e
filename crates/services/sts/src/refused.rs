//! What sts knows and refuses: everything that would hand out temporary credentials or needs them.

use operation::Refused;

const REASON: &str =
    "Temporary credentials are not enforced by this version of Portcullis yet, so operations around them are refused.";

macro_rules! refused {
    ($($name:literal)+) => {
        vec![$(Refused { name: $name, http: None, action: concat!("sts:", $name), reason: REASON }),+]
    };
}

/// All of them.
pub(crate) fn all() -> Vec<Refused> {
    refused![
        "AssumeRole"
        "AssumeRoleWithSAML"
        "AssumeRoleWithWebIdentity"
        "AssumeRoot"
        "DecodeAuthorizationMessage"
        "GetAccessKeyInfo"
        "GetDelegatedAccessToken"
        "GetFederationToken"
        "GetScopedCredentials"
        "GetSessionToken"
        "GetWebIdentityToken"
    ]
}
