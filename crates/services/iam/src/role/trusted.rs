//! Whom a trust policy names: they must exist when it is set, and it goes on to mean them and nobody else.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use std::collections::BTreeMap;

use model::iam::Role;
use operation::{Call, Failure, named_principals};

use crate::error::Error;

/// The ids of the users and roles that the document names. Whoever does not exist cannot be named.
pub(super) async fn ids(call: &mut Call<'_>, document: &str) -> Result<BTreeMap<String, String>, Failure> {
    let ids = named_principals::ids(&mut call.tx, call.scope.account, document).await?;
    ids.map_err(|nobody| Error::MalformedPolicyDocument(nobody.to_string()).into())
}

/// The trust policy as it is shown: users and roles by the ARNs they have now, and those that are gone by their ids.
pub(crate) async fn shown(call: &mut Call<'_>, role: &Role) -> Result<String, Failure> {
    named_principals::shown(&mut call.tx, call.scope.account, &role.trust, &role.trusted_ids).await
}
