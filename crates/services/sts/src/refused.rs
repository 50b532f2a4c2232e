//! What sts knows and refuses: other ways to temporary credentials.

use operation::Refused;

const REASON: &str =
    "This way to temporary credentials is not enforced by this version of Portcullis, so it is refused.";

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
