//! Which blocks a reader wants.

use base::Scope;
use store_records::time::to_nanoseconds;
use store_records::{BlockQuery, CANDIDATES_MAX, FindQuery, IdFilter, StoredBlock};

use super::catalog::{Catalog, sequence};
use super::files::Trouble;
use super::index::Head;

/// Reads the blocks of a query.
pub(super) fn read(catalog: &Catalog, query: &BlockQuery) -> Result<Vec<StoredBlock>, Trouble> {
    let (from, to, after) = (to_nanoseconds(query.from), to_nanoseconds(query.to), query.after.unwrap_or(i64::MIN));
    let limit = query.limit as usize;
    let mut segments = catalog.segments()?;
    if query.newest_first {
        segments.reverse();
    }
    let mut read = Vec::new();
    for (number, end, known) in segments {
        if read.len() >= limit {
            break;
        }
        let summary = known.summary;
        let apart = summary.last < from || summary.first > to || sequence(number, summary.count) <= after;
        // What a damaged one holds is not known.
        if apart && !known.damaged {
            continue;
        }
        let Some(index) = catalog.index(number, end, known.gone)? else { continue };
        let wanted = |head: &Head<'_>| {
            head.last >= from
                && head.first <= to
                && sequence(number, head.ordinal) > after
                && is_of(head, query.scope.as_ref(), &query.stream_prefix)
        };
        let mut heads: Vec<Head<'_>> = index.heads(wanted)?;
        if query.newest_first {
            heads.reverse();
        }
        heads.truncate(limit - read.len());
        read.extend(catalog.blocks(number, &heads)?);
    }
    Ok(read)
}

/// Reads the blocks that may hold something of a request.
pub(super) fn candidates(catalog: &Catalog, query: &FindQuery) -> Result<Vec<StoredBlock>, Trouble> {
    let probe = IdFilter::probe(query.request);
    let wanted = |head: &Head<'_>| {
        is_of(head, query.scope.as_ref(), &query.stream_prefix) && IdFilter::may_hold_in(head.filter, probe)
    };
    let mut found = Vec::new();
    for (number, end, known) in catalog.segments()? {
        let Some(index) = catalog.index(number, end, known.gone)? else { continue };
        let mut heads: Vec<Head<'_>> = index.heads(wanted)?;
        heads.truncate(CANDIDATES_MAX - found.len());
        found.extend(catalog.blocks(number, &heads)?);
        if found.len() >= CANDIDATES_MAX {
            break;
        }
    }
    Ok(found)
}

fn is_of(head: &Head<'_>, scope: Option<&Scope>, prefix: &str) -> bool {
    let its = |scope: &Scope| scope.account.as_str() == head.account && scope.region.as_str() == head.region;
    head.stream.starts_with(prefix) && scope.is_none_or(its)
}
