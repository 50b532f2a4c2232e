//! Lists in pages: `MaxItems` (100 unless said, 1,000 at most) and a `Marker` to go on from.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html>

use model::Record;
use operation::{Call, Failure, PageToken};

use crate::error::Error;

const ITEMS_DEFAULT: u32 = 100;
const ITEMS_MAX: i32 = 1000;
/// How many records are read at a time where some of them may not fit.
const SCAN_STEP: u32 = 500;

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Go on behind this key.
    pub(crate) after: Option<String>,
    /// At most so many.
    pub(crate) limit: u32,
}

/// The items of one page and the marker of the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paged<T> {
    pub(crate) items: Vec<T>,
    pub(crate) marker: Option<String>,
}

impl Page {
    /// Reads what a caller sent. `query` is all that must be the same from page to page.
    pub(crate) fn read(
        call: &Call<'_>,
        operation: &'static str,
        query: &str,
        marker: Option<&str>,
        max_items: Option<i32>,
    ) -> Result<Self, Failure> {
        let limit = match max_items {
            None => ITEMS_DEFAULT,
            Some(items @ 1..=ITEMS_MAX) => items.unsigned_abs(),
            Some(items) => {
                let bound = if items < 1 { "greater than or equal to 1" } else { "less than or equal to 1000" };
                return Err(Error::ValidationError(format!(
                    "1 validation error detected: Value '{items}' at 'maxItems' failed to satisfy constraint: Member must have value {bound}"
                ))
                .into());
            }
        };
        let token = token(call, operation, query);
        let read = |marker: &str| token.open::<String>(marker);
        let after = marker.map(read).transpose();
        let after = after.map_err(|_| Error::ValidationError(format!("Invalid Marker for {operation}")))?;
        Ok(Self { after, limit })
    }

    /// The page of a list that is in memory, sorted by `key`.
    pub(crate) fn of<T>(
        &self,
        call: &Call<'_>,
        operation: &'static str,
        query: &str,
        items: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> Paged<T> {
        let mut rest = items.into_iter().filter(|item| self.after.as_ref().is_none_or(|after| key(item) > *after));
        let page: Vec<T> = rest.by_ref().take(self.limit as usize).collect();
        let next = rest.next().and_then(|_| page.last().map(&key));
        Paged { items: page, marker: next.map(|next| token(call, operation, query).seal(&next)) }
    }

    /// The page of those stored records whose id begins with `prefix` and that `fits`.
    pub(crate) async fn stored<R: Record>(
        &self,
        call: &mut Call<'_>,
        operation: &'static str,
        query: &str,
        prefix: &str,
        fits: impl Fn(&R) -> bool,
    ) -> Result<Paged<R>, Failure> {
        let (mut items, mut after): (Vec<R>, _) = (Vec::new(), self.after.clone());
        loop {
            let listed = call.tx.page::<R>(&call.scope, prefix, after.as_deref(), SCAN_STEP).await?;
            for item in listed.items.into_iter().filter(&fits) {
                if items.len() == self.limit as usize {
                    let marker = Self::marker(call, operation, query, items.last().map(Record::id));
                    return Ok(Paged { items, marker });
                }
                items.push(item);
            }
            match listed.next {
                Some(next) => after = Some(next),
                None => return Ok(Paged { items, marker: None }),
            }
        }
    }

    /// The marker behind `next`, the key a store's page ended at.
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
