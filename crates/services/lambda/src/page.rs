//! Lists in pages: `MaxItems` and a `Marker` to go on from.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>

use operation::{Call, Failure, ListPage};

use crate::error::Error;

const ITEMS_DEFAULT: u32 = 50;

/// Reads what a caller sent; AWS hands out 50 items at a time, whatever larger number is asked for. `query` is all that
/// must be the same from page to page.
pub(crate) fn read<'a>(
    call: &Call<'a>,
    operation: &'static str,
    query: &str,
    marker: Option<&str>,
    max_items: Option<i32>,
) -> Result<ListPage<'a>, Failure> {
    let limit = match max_items {
        None => ITEMS_DEFAULT,
        Some(items @ 1..=10_000) => items.unsigned_abs().min(ITEMS_DEFAULT),
        Some(items) => {
            let bound = if items < 1 { "greater than or equal to 1" } else { "less than or equal to 10000" };
            return Err(Error::form("maxItems", items.to_string(), format!("Member must have value {bound}")).into());
        }
    };
    let marker = marker.filter(|marker| !marker.is_empty());
    let foreign = |_| Error::invalid(format!("Invalid Marker for {operation}"));
    Ok(ListPage::open(call, operation, query, marker, limit).map_err(foreign)?)
}
