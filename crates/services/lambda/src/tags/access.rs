//! The tags that `aws:ResourceTag/…` reads: a function's own.

use std::collections::BTreeMap;

use base::Scope;
use futures_util::future::BoxFuture;
use model::lambda::Function;
use operation::{Failure, Transaction};

use crate::name::FunctionRef;

/// Reads the tags of what an ARN names; versions and aliases have their function's.
pub(crate) fn of<'a>(
    arn: &'a str,
    scope: &'a Scope,
    tx: &'a mut Transaction,
) -> BoxFuture<'a, Result<BTreeMap<String, String>, Failure>> {
    Box::pin(async move {
        let Ok(named) = FunctionRef::parse(arn, None, scope) else { return Ok(BTreeMap::new()) };
        let function = tx.get::<Function>(&named.scope, &named.name).await?;
        Ok(function.map(|function| function.tags).unwrap_or_default())
    })
}
