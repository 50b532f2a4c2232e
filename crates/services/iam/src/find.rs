//! Looks things up by name, or says in AWS's words that they are not there.

use model::Record;
use model::iam::aws_managed::{self, AwsManaged};
use model::iam::{Group, ManagedPolicy, Role, User};
use operation::{Call, Failure};

use crate::error::Error;
use crate::rules::arn;

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

/// A user, group or role (`kind`) by its name.
pub(crate) async fn named<R: Record>(call: &mut Call<'_>, kind: &str, name: &str) -> Result<R, Failure> {
    let scope = call.scope.clone();
    let found = call.tx.get::<R>(&scope, name).await?;
    found.ok_or_else(|| Error::no_such(kind, name).into())
}

/// A managed policy of the caller's account, or one of AWS's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Managed {
    /// The account's.
    Own(Box<ManagedPolicy>),
    /// AWS's.
    Aws(&'static AwsManaged),
}

/// A managed policy by its ARN. SECURITY: the policies of other accounts do not exist here.
pub(crate) async fn managed(call: &mut Call<'_>, arn: &str) -> Result<Option<Managed>, Failure> {
    if let Some(known) = aws_managed::find(arn) {
        return Ok(Some(Managed::Aws(known)));
    }
    match ManagedPolicy::of_arn(arn) {
        Some((account, id)) if account == call.scope.account => {
            let found = call.tx.get::<ManagedPolicy>(&call.scope, id).await?;
            Ok(found.map(|policy| Managed::Own(Box::new(policy))))
        }
        Some(_) | None => Ok(None),
    }
}

/// Checks that a managed policy may be a permissions boundary: this account's own, or one of AWS's.
pub(crate) async fn boundary(call: &mut Call<'_>, arn: &str) -> Result<(), Failure> {
    arn::check("permissionsBoundary", arn)?;
    match managed(call, arn).await? {
        Some(found) if !found.is_of_a_service() => Ok(()),
        Some(_) | None => {
            Err(Error::NoSuchEntity(format!("Scope ARN: {arn} does not exist or is not attachable.")).into())
        }
    }
}

impl Managed {
    /// Its ARN.
    pub(crate) fn arn(&self) -> String {
        match self {
            Self::Own(policy) => policy.arn(),
            Self::Aws(known) => known.arn(),
        }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Own(policy) => &policy.path,
            Self::Aws(known) => known.path,
        }
    }

    /// AWS keeps some of its policies for roles that its services make themselves.
    pub(crate) fn is_of_a_service(&self) -> bool {
        matches!(self, Self::Aws(known) if known.path.starts_with("/aws-service-role/"))
    }
}

/// Whether a name is free without regard to case; `index` is the record's `….folded`.
pub(crate) async fn is_free<R: Record>(call: &mut Call<'_>, index: &str, name: &str) -> Result<bool, Failure> {
    let folded = format!("{}/{}", call.scope.account, name.to_ascii_lowercase());
    Ok(call.tx.find::<R>(index, &folded).await?.is_none())
}
