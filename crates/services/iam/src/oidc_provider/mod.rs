//! OpenID Connect providers: issuers whose tokens roles may trust.

mod create;
mod get;
mod list;
mod delete;
mod client_id;
mod thumbprint;
mod tag;
mod untag;
mod list_tags;
mod settings;

use base::Scope;
use model::iam::OidcProvider;
use operation::{Call, Failure, Registered};

use crate::error::Error;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateOpenIDConnectProvider>(),
        Registered::of::<get::GetOpenIDConnectProvider>(),
        Registered::of::<list::ListOpenIDConnectProviders>(),
        Registered::of::<delete::DeleteOpenIDConnectProvider>(),
        Registered::of::<client_id::AddClientIDToOpenIDConnectProvider>(),
        Registered::of::<client_id::RemoveClientIDFromOpenIDConnectProvider>(),
        Registered::of::<thumbprint::UpdateOpenIDConnectProviderThumbprint>(),
        Registered::of::<tag::TagOpenIDConnectProvider>(),
        Registered::of::<untag::UntagOpenIDConnectProvider>(),
        Registered::of::<list_tags::ListOpenIDConnectProviderTags>(),
    ]
}

/// The provider that an ARN names; one of another account is not there.
async fn find(call: &mut Call<'_>, arn: &str) -> Result<OidcProvider, Failure> {
    let prefix = format!("arn:aws:iam::{}:oidc-provider/", call.scope.account);
    let is_ours = arn.starts_with("arn:aws:iam::") && arn.contains(":oidc-provider/");
    if !is_ours {
        return Err(Error::InvalidInput(format!("Invalid ARN: {}", &arn[..arn.floor_char_boundary(256)])).into());
    }
    let found = match arn.strip_prefix(&prefix) {
        Some(issuer) => call.tx.get::<OidcProvider>(&call.scope, issuer).await?,
        None => None,
    };
    found.ok_or_else(|| Error::NoSuchEntity(format!("OpenIDConnect Provider not found for arn {arn}")).into())
}

fn arn(scope: &Scope, issuer: &str) -> String {
    format!("arn:aws:iam::{}:oidc-provider/{issuer}", scope.account)
}

/// CloudTrail's name of a provider.
fn audited(arn: &str) -> Vec<(String, String)> {
    vec![("AWS::IAM::OIDCProvider".to_owned(), arn.to_owned())]
}

#[cfg(test)]
mod tests;
