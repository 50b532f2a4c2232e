//! Lists in pages: `Limit` (100 unless said, 100 at most) and a `NextMarker` to go on from.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListWebACLs.html>

use model::wafv2::Owned;
use operation::{Call, Failure, ListPage};

use crate::error::Error;
use crate::shapes::Summary;

const ITEMS_MAX: u32 = 100;

/// Reads what a caller sent. `query` is all that must be the same from page to page.
pub(crate) fn read<'a>(
    call: &Call<'a>,
    operation: &'static str,
    query: &str,
    marker: Option<&str>,
    limit: Option<i32>,
) -> Result<ListPage<'a>, Failure> {
    let limit = match limit {
        None => ITEMS_MAX,
        Some(items @ 1..=100) => items.unsigned_abs(),
        Some(items) => {
            let bound = if items < 1 { "greater than or equal to 1" } else { "less than or equal to 100" };
            return Err(Error::form("limit", items.to_string(), format!("Member must have value {bound}")).into());
        }
    };
    let foreign = |_| Error::parameter("ENTITY_LIMIT", marker.unwrap_or_default(), "The NextMarker is not valid");
    Ok(ListPage::open(call, operation, query, marker, limit).map_err(foreign)?)
}

/// A page of all of a kind, by name.
pub(crate) async fn summaries<R: Owned>(
    call: &mut Call<'_>,
    operation: &'static str,
    marker: Option<&str>,
    limit: Option<i32>,
) -> Result<(Vec<Summary>, Option<String>), Failure> {
    let page = read(call, operation, "", marker, limit)?;
    let found = call.tx.page::<R>(&call.scope, "", page.after.as_deref(), page.limit).await?;
    let summaries = found.items.iter().map(|record| Summary::of(record, &call.scope)).collect();
    Ok((summaries, page.next(found.next)))
}
