//! Whom a call means that names nobody: the caller itself.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html>

use base::Scope;
use model::iam::Owner;
use operation::{CALLER, Call, Principal};

use crate::error::Error;

/// Whom the call is about. Only a root user means the account itself, by naming nobody.
pub(crate) fn meant(call: &Call<'_>, named: Option<&str>) -> Result<Owner, Error> {
    match (named, call.principal) {
        (Some(name), _) => Ok(Owner::User(name.to_owned())),
        (None, Principal::Root { .. }) => Ok(Owner::Root),
        (None, Principal::User { name, .. }) => Ok(Owner::User(name.clone())),
        (
            None,
            Principal::AssumedRole { .. }
            | Principal::Unsigned { .. }
            | Principal::WebIdentity { .. }
            | Principal::System { .. },
        ) => Err(Error::ValidationError("Must specify userName when calling with non-User credentials".to_owned())),
    }
}

/// The ARN that policies name for such a call.
pub(crate) fn arn(scope: &Scope, named: Option<&str>) -> String {
    named.map_or_else(|| CALLER.to_owned(), |name| crate::user::arn(scope, name))
}
