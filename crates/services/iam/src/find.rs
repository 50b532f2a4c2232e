//! Looks things up by name, or says in AWS's words that they are not there.

use model::Record;
use model::iam::{Group, Role, User};
use operation::{Call, Failure};

use crate::error::Error;

/// A user by its name.
pub(crate) async fn user(call: &mut Call<'_>, name: &str) -> Result<User, Failure> {
    named::<User>(call, "user", name).await
}

/// A group by its name.
pub(crate) async fn group(call: &mut Call<'_>, name: &str) -> Result<Group, Failure> {
    named::<Group>(call, "group", name).await
}

/// A role by its name.
pub(crate) async fn role(call: &mut Call<'_>, name: &str) -> Result<Role, Failure> {
    named::<Role>(call, "role", name).await
}

async fn named<R: Record>(call: &mut Call<'_>, kind: &str, name: &str) -> Result<R, Failure> {
    let scope = call.scope.clone();
    let found = call.tx.get::<R>(&scope, name).await?;
    found.ok_or_else(|| Error::no_such(kind, name).into())
}

/// Whether a name is free without regard to case; `index` is the record's `….folded`.
pub(crate) async fn is_free<R: Record>(call: &mut Call<'_>, index: &str, name: &str) -> Result<bool, Failure> {
    let folded = format!("{}/{}", call.scope.account, name.to_ascii_lowercase());
    Ok(call.tx.find::<R>(index, &folded).await?.is_none())
}
