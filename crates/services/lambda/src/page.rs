//! Lists in pages: `MaxItems` and a `Marker` to go on from.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>

use operation::{Call, Failure, PageToken};

use crate::error::Error;

const ITEMS_DEFAULT: usize = 50;

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Go on behind this key.
    pub(crate) after: Option<String>,
    /// At most so many.
    pub(crate) limit: usize,
}

impl Page {
    /// Reads what a caller sent; AWS hands out 50 items at a time, whatever larger number is asked for. `query` is all
    /// that must be the same from page to page.
    pub(crate) fn read(
        call: &Call<'_>,
        operation: &'static str,
        query: &str,
        marker: Option<&str>,
        max_items: Option<i32>,
    ) -> Result<Self, Failure> {
        let limit = match max_items {
            None => ITEMS_DEFAULT,
            Some(items @ 1..=10_000) => (items.unsigned_abs() as usize).min(ITEMS_DEFAULT),
            Some(items) => {
                let bound = if items < 1 { "greater than or equal to 1" } else { "less than or equal to 10000" };
                return Err(
                    Error::form("maxItems", items.to_string(), format!("Member must have value {bound}")).into()
                );
            }
        };
        let open = |marker: &str| token(call, operation, query).open::<String>(marker);
        let after = marker.filter(|marker| !marker.is_empty()).map(open).transpose();
        let after = after.map_err(|_| Error::invalid(format!("Invalid Marker for {operation}")))?;
        Ok(Self { after, limit })
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
        let page: Vec<T> = rest.by_ref().take(self.limit).collect();
        let next = rest.next().and_then(|_| page.last().map(&key));
        (page, next.map(|next| token(call, operation, query).seal(&next)))
    }

    /// The marker behind the key that a store's page ended at.
    pub(crate) fn marker(
        call: &Call<'_>,
        operation: &'static str,
        query: &str,
        next: Option<String>,
    ) -> Option<String> {
        next.map(|next| token(call, operation, query).seal(&next))
    }
}

fn token<'a>(call: &'a Call<'_>, operation: &'static str, query: &'a str) -> PageToken<'a> {
    PageToken { key: &call.ports.master_key, operation, scope: &call.scope, query }
}
