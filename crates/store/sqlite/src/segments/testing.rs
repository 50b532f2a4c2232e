//! What the tests of segments share.

use base::id::RequestId;
use base::{AccountId, Region, Scope, Timestamp};
use store_records::{Block, BlockBuilder, Stream};

use super::files::{Folder, Number, Part};
use super::index::Batches;

/// A block with an entry at each end, in seconds.
pub(super) fn block(name: &str, first: i64, last: i64) -> Block {
    let scope =
        Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::parse("eu-west-1").unwrap() };
    let mut builder = BlockBuilder::new(Stream { scope, name: name.to_owned() });
    for second in [first, last] {
        let time = Timestamp::from_second(second).unwrap();
        builder.push(time, Some(RequestId::random()), format!("at {second}").as_bytes()).unwrap();
    }
    builder.finish().unwrap()
}

/// The streams of a segment's blocks, as its files have them.
pub(super) fn names(folder: &Folder, number: Number) -> Vec<String> {
    let index = folder.read(number, Part::Index, u64::MAX).unwrap().unwrap();
    let heads = Batches::of(&index).flat_map(|batch| batch.heads).map(|head| head.stream.to_owned());
    heads.collect()
}
