//! Lists in pages: `Limit` (100 unless said, 100 at most) and a `NextMarker` to go on from.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListWebACLs.html>

use model::wafv2::Owned;
use operation::{Call, Failure, PageToken};

use crate::error::Error;
use crate::shapes::Summary;

const ITEMS_MAX: u32 = 100;

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Go on behind this key.
    pub(crate) after: Option<String>,
    /// At most so many.
    pub(crate) limit: u32,
}

impl Page {
    /// Reads what a caller sent. `query` is all that must be the same from page to page.
    pub(crate) fn read(
        call: &Call<'_>,
        operation: &'static str,
        query: &str,
        marker: Option<&str>,
        limit: Option<i32>,
    ) -> Result<Self, Failure> {
        let limit = match limit {
            None => ITEMS_MAX,
            Some(items @ 1..=100) => items.unsigned_abs(),
            Some(items) => {
                let bound = if items < 1 { "greater than or equal to 1" } else { "less than or equal to 100" };
                return Err(Error::form("limit", items.to_string(), format!("Member must have value {bound}")).into());
            }
        };
        let open = |marker: &str| token(call, operation, query).open::<String>(marker);
        let after = marker.map(open).transpose();
        let foreign = || Error::parameter("ENTITY_LIMIT", marker.unwrap_or_default(), "The NextMarker is not valid");
        Ok(Self { after: after.map_err(|_| foreign())?, limit })
    }

    /// The page of a list that is in memory, sorted by `key`, and the marker of the next.
    pub(crate) fn of<T>(
        &self,
        call: &Call<'_>,
        operation: &'static str,
        query: &str,
        items: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> (Vec<T>, Option<String>) {
        let mut rest = items.into_iter().filter(|item| self.after.as_ref().is_none_or(|after| key(item) > *after));
        let page: Vec<T> = rest.by_ref().take(self.limit as usize).collect();
        let next = rest.next().and_then(|_| page.last().map(&key));
        (page, Self::marker(call, operation, query, next))
    }

    /// The marker behind the key that a page ended at.
    pub(crate) fn marker(
        call: &Call<'_>,
        operation: &'static str,
        query: &str,
        next: Option<String>,
    ) -> Option<String> {
        next.map(|next| token(call, operation, query).seal(&next))
    }
}

/// A page of all of a kind, by name.
pub(crate) async fn summaries<R: Owned>(
    call: &mut Call<'_>,
    operation: &'static str,
    marker: Option<&str>,
    limit: Option<i32>,
) -> Result<(Vec<Summary>, Option<String>), Failure> {
    let page = Page::read(call, operation, "", marker, limit)?;
    let found = call.tx.page::<R>(&call.scope, "", page.after.as_deref(), page.limit).await?;
    let summaries = found.items.iter().map(|record| Summary::of(record, &call.scope)).collect();
    Ok((summaries, Page::marker(call, operation, "", found.next)))
}

fn token<'a>(call: &'a Call<'_>, operation: &'static str, query: &'a str) -> PageToken<'a> {
    PageToken { key: &call.ports.master_key, operation, scope: &call.scope, query }
}
