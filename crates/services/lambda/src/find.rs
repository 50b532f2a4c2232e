//! Looks up what a call names; what is not there, or is somebody else's, is not found.

use model::lambda::{Alias, Configuration, Function, FunctionVersion};
use operation::{Call, Failure};

use crate::error::Error;
use crate::name::{FunctionRef, LATEST};

/// A function.
pub(crate) async fn function(call: &mut Call<'_>, named: &FunctionRef) -> Result<Function, Failure> {
    let found = call.tx.get::<Function>(&named.scope, &named.name).await?;
    found.ok_or_else(|| named.missing().into())
}

/// What a qualifier leads to.
pub(crate) struct Qualified {
    /// The function.
    pub(crate) function: Function,
    /// The version's number.
    pub(crate) number: String,
    /// Its settings and code.
    pub(crate) configuration: Configuration,
    /// The ARN it was asked by.
    pub(crate) arn: String,
}

/// A function in the version that its qualifier leads to.
pub(crate) async fn qualified(call: &mut Call<'_>, named: &FunctionRef) -> Result<Qualified, Failure> {
    let function = function(call, named).await?;
    let number = match named.qualifier.as_deref() {
        None => LATEST.to_owned(),
        Some(qualifier) => match function.aliases.get(qualifier) {
            Some(Alias { version, .. }) => version.clone(),
            None => qualifier.to_owned(),
        },
    };
    let configuration =
        if number == LATEST { function.latest.clone() } else { version(call, named, &number).await?.configuration };
    Ok(Qualified { function, number, configuration, arn: named.arn() })
}

/// A published version of a function.
pub(crate) async fn version(
    call: &mut Call<'_>,
    named: &FunctionRef,
    number: &str,
) -> Result<FunctionVersion, Failure> {
    let Ok(parsed) = number.parse() else { return Err(named.missing().into()) };
    let found = call.tx.get::<FunctionVersion>(&named.scope, &FunctionVersion::id_of(&named.name, parsed)).await?;
    // `007` is no number of a version.
    let found = found.filter(|version| version.number.to_string() == *number);
    found.ok_or_else(|| named.missing().into())
}

/// Refuses a call that was meant for another revision.
pub(crate) fn check_revision(given: Option<&str>, now: &str, tell: &'static str) -> Result<(), Error> {
    match given {
        Some(given) if given != now => Err(Error::Precondition { call: tell }),
        Some(_) | None => Ok(()),
    }
}

/// A fresh revision id.
pub(crate) fn revision_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
