//! Permissions: a function's own policy, a statement at a time.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>

mod add;
mod get;
mod remove;
mod statement;
#[cfg(test)]
mod tests;

use model::lambda::Function;
use operation::{Call, Failure, Registered};

use crate::error::Error;
use crate::find;
use crate::name::{FunctionRef, LATEST};

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<add::AddPermission>(),
        Registered::of::<get::GetPolicy>(),
        Registered::of::<remove::RemovePermission>(),
    ]
}

/// The function whose policy is meant, and the key of that policy: the qualifier, which must lead somewhere.
async fn of(call: &mut Call<'_>, named: &FunctionRef) -> Result<(Function, String), Failure> {
    let function = find::qualified(call, named).await?.function;
    match named.qualifier.as_deref() {
        None => Ok((function, String::new())),
        Some(LATEST) => Err(Error::invalid("We currently do not support adding policies for $LATEST.").into()),
        Some(qualifier) => Ok((function, qualifier.to_owned())),
    }
}
