//! The tags that `aws:ResourceTag/…` reads.

use std::collections::BTreeMap;

use base::Scope as Place;
use futures_util::future::BoxFuture;
use operation::{Failure, Transaction};

/// Reads the tags of what an ARN names; none where it names nothing.
pub(crate) fn of<'a>(
    arn: &'a str,
    place: &'a Place,
    tx: &'a mut Transaction,
) -> BoxFuture<'a, Result<BTreeMap<String, String>, Failure>> {
    Box::pin(async move {
        match super::read(arn, place, tx).await {
            Err(Failure::Api(_)) => Ok(BTreeMap::new()),
            found => found,
        }
    })
}
