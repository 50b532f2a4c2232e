//! What is too old or too much goes: whole segments with their files, single blocks by a mark.

use std::collections::BTreeMap;

use base::Timestamp;
use store_records::Pruned;
use store_records::time::to_nanoseconds;

use super::catalog::{Catalog, Known, Summary};
use super::files::{self, Number, Part, Trouble};
use super::gone::Gone;
use super::hand::Hand;
use super::index::Head;

/// The blocks of a segment that go: their ordinals, and their bytes together.
#[derive(Debug, Default)]
struct Doomed {
    ordinals: Vec<u32>,
    bytes: u64,
}

impl Doomed {
    fn add(&mut self, ordinal: u32, bytes: u64) {
        self.ordinals.push(ordinal);
        self.bytes += bytes;
    }
}

type Segments = [(Number, u64, Known)];

/// Takes the blocks that ended before `before`, and then those that ended first, until at most `bytes_max` remain.
///
/// One at a time: whoever calls sees to that.
pub(super) fn prune(catalog: &Catalog, hand: &Hand, before: Timestamp, bytes_max: u64) -> Result<Pruned, Trouble> {
    let segments = catalog.segments()?;
    let mut doomed = BTreeMap::new();
    by_age(catalog, &segments, to_nanoseconds(before), &mut doomed)?;
    let held: u64 = segments.iter().map(|(.., known)| known.summary.bytes).sum();
    let aged: u64 = doomed.values().map(|doomed| doomed.bytes).sum();
    by_size(catalog, &segments, (held - aged).saturating_sub(bytes_max), &mut doomed)?;

    let mut pruned = Pruned::default();
    let newest = segments.last().map(|(number, ..)| *number);
    for (number, _, known) in &segments {
        let doomed = doomed.remove(number).unwrap_or_default();
        let blocks = doomed.ordinals.len() as u64;
        let Summary { count, blocks: kept, .. } = known.summary;
        // One of which nothing could be read is left to whoever looks after the node. The newest goes only if another can be
        // begun before it grows.
        let ends = kept == blocks
            && (count > 0 || !known.damaged)
            && (Some(*number) != newest || (count > 0 && hand.turn(*number, count)?));
        if ends {
            catalog.folder().remove(*number)?;
            catalog.forget(*number);
        } else if blocks > 0 {
            let mut gone = Gone::clone(&known.gone);
            doomed.ordinals.iter().for_each(|ordinal| gone.add(*ordinal));
            files::replace(&catalog.folder().file(*number, Part::Gone), gone.as_bytes())?;
            catalog.went(*number, gone, blocks, doomed.bytes);
        }
        pruned.blocks += blocks;
        pruned.bytes += doomed.bytes;
    }
    Ok(pruned)
}

fn by_age(
    catalog: &Catalog,
    segments: &Segments,
    before: i64,
    doomed: &mut BTreeMap<Number, Doomed>,
) -> Result<(), Trouble> {
    for (number, end, known) in segments.iter().filter(|(.., known)| known.summary.oldest < before) {
        each_head(catalog, *number, *end, known, |head| {
            if head.last < before {
                doomed.entry(*number).or_default().add(head.ordinal, head.bytes);
            }
        })?;
    }
    Ok(())
}

/// Those that end first, until they have `excess` bytes. Of the segments, only those are read that hold some of them.
fn by_size(
    catalog: &Catalog,
    segments: &Segments,
    excess: u64,
    doomed: &mut BTreeMap<Number, Doomed>,
) -> Result<(), Trouble> {
    let mut segments: Vec<_> = segments.iter().filter(|(.., known)| known.summary.blocks > 0).collect();
    segments.sort_by_key(|(number, _, known)| (known.summary.oldest, *number));
    // When each ends, and where it is; what age takes is left out.
    let mut oldest: Vec<(i64, Number, u32, u64)> = Vec::new();
    let mut taken = 0;
    for (number, end, known) in segments {
        if taken >= excess && oldest.get(enough(&oldest, excess)).is_none_or(|(last, ..)| known.summary.oldest > *last)
        {
            break;
        }
        let aged = doomed.get(number).map_or(&[][..], |doomed| &doomed.ordinals);
        let before = oldest.len();
        each_head(catalog, *number, *end, known, |head| {
            // Both in rising order.
            if aged.binary_search(&head.ordinal).is_err() {
                oldest.push((head.last, *number, head.ordinal, head.bytes));
            }
        })?;
        taken += oldest[before..].iter().map(|(.., bytes)| bytes).sum::<u64>();
        oldest.sort_unstable();
    }
    let mut left = excess;
    for (_, number, ordinal, bytes) in oldest {
        if left == 0 {
            break;
        }
        left = left.saturating_sub(bytes);
        doomed.entry(number).or_default().add(ordinal, bytes);
    }
    Ok(())
}

/// Which of them, in their order, is the last that has to go.
fn enough(oldest: &[(i64, Number, u32, u64)], excess: u64) -> usize {
    let mut sum = 0;
    let reaches = |(.., bytes): &(i64, Number, u32, u64)| {
        sum += bytes;
        sum >= excess
    };
    oldest.iter().position(reaches).unwrap_or(oldest.len())
}

fn each_head(
    catalog: &Catalog,
    number: Number,
    end: u64,
    known: &Known,
    each: impl FnMut(Head<'_>),
) -> Result<(), Trouble> {
    // Of a damaged one, what can be read: it shall not keep the others, and a disk from being emptied.
    if let Some(index) = catalog.index(number, end, known.gone.clone())? {
        index.each(each);
    }
    Ok(())
}
