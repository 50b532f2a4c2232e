//! The contract every backend of [`Events`] passes: one public function for each rule.
//!
//! A backend's tests call [`events_contract!`](crate::events_contract) with an expression that makes an empty store and
//! something to keep alive beside it.

use std::sync::Arc;

use base::id::RequestId;
use base::{AccountId, Region, Scope, Timestamp};

use crate::{Block, BlockBuilder, BlockQuery, Events, FindQuery, Pruned, StoredBlock, Stream};

/// Makes one test for each rule; `$make` is a future of `(Arc<dyn Events>, guard)`, made anew for each test.
#[macro_export]
macro_rules! events_contract {
    ($make:expr) => {
        $crate::events_contract!($make;
            blocks_come_back_as_they_were_and_in_order
            a_reader_chooses_streams_times_and_how_many
            a_reader_sees_its_own_account_and_the_owner_sees_all
            a_follower_misses_nothing_while_many_append
            a_request_is_found_by_its_id_among_other_blocks
            a_request_is_found_only_in_the_scope_asked_for
            retention_by_age_takes_what_ended_before
            retention_by_size_takes_the_oldest_first
            what_retention_took_is_found_no_more
        );
    };
    ($make:expr; $($rule:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let (store, _guard) = $make.await;
                $crate::contract::$rule(store).await;
            }
        )+
    };
}

/// What goes in comes out, numbered in the order it was stored.
pub async fn blocks_come_back_as_they_were_and_in_order(store: Arc<dyn Events>) {
    let blocks: Vec<Block> = (0..5).map(|n| block(ONE, "access/a/prod", n, n + 1)).collect();
    append(&store, blocks[..2].to_vec()).await;
    append(&store, blocks[2..].to_vec()).await;
    append(&store, Vec::new()).await;

    let read = read(&store, &BlockQuery::everything()).await;
    assert_eq!(contents(&read), blocks);
    assert!(read.is_sorted_by(|one, two| one.sequence < two.sequence), "sequences rise");
    assert_eq!(read[3].decode().expect("it decodes").len(), 2);
    let stored: u64 = blocks.iter().map(Block::stored_bytes).sum();
    assert_eq!(store.bytes().await.expect("bytes"), stored);
}

/// Prefix, time window, `after`, limit and direction each narrow what is read.
pub async fn a_reader_chooses_streams_times_and_how_many(store: Arc<dyn Events>) {
    // Blocks 0 to 9, each of ten seconds, alternately of two streams; `%` and `_` are no wildcards.
    let name = |n: i64| if n % 2 == 0 { "access/a_%/prod" } else { "access/ab/prod" };
    let blocks: Vec<Block> = (0..10).map(|n| block(ONE, name(n), n * 10, n * 10 + 9)).collect();
    append(&store, blocks.clone()).await;
    let numbers = read(&store, &BlockQuery::everything()).await.iter().map(|block| block.sequence).collect::<Vec<_>>();

    let at = |second| Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(second);
    let cases: [(&str, BlockQuery, &[usize]); 9] = [
        (
            "a prefix",
            BlockQuery { stream_prefix: "access/a_".to_owned(), ..BlockQuery::everything() },
            &[0, 2, 4, 6, 8],
        ),
        ("another prefix", BlockQuery { stream_prefix: "execution/".to_owned(), ..BlockQuery::everything() }, &[]),
        ("from inside a block", BlockQuery { from: at(85), ..BlockQuery::everything() }, &[8, 9]),
        ("from the last instant of a block", BlockQuery { from: at(89), ..BlockQuery::everything() }, &[8, 9]),
        ("to the first instant of a block", BlockQuery { to: at(20), ..BlockQuery::everything() }, &[0, 1, 2]),
        ("after a number", BlockQuery { after: Some(numbers[6]), ..BlockQuery::everything() }, &[7, 8, 9]),
        ("so many", BlockQuery { limit: 2, ..BlockQuery::everything() }, &[0, 1]),
        ("so many of the newest", BlockQuery { limit: 2, newest_first: true, ..BlockQuery::everything() }, &[9, 8]),
        (
            "all at once",
            BlockQuery { from: at(25), to: at(75), after: Some(numbers[2]), limit: 2, ..BlockQuery::everything() },
            &[3, 4],
        ),
    ];
    for (case, query, expected) in cases {
        let expected: Vec<Block> = expected.iter().map(|index| blocks[*index].clone()).collect();
        assert_eq!(contents(&read(&store, &query).await), expected, "{case}");
    }
}

/// A scope is a filter that keeps accounts and regions apart; without one everything is read.
pub async fn a_reader_sees_its_own_account_and_the_owner_sees_all(store: Arc<dyn Events>) {
    let blocks: Vec<Block> = [ONE, TWO, ABROAD].iter().map(|who| block(*who, "trail", 0, 1)).collect();
    append(&store, blocks.clone()).await;
    for (who, block) in [ONE, TWO, ABROAD].iter().zip(&blocks) {
        let query = BlockQuery { scope: Some(scope(*who)), ..BlockQuery::everything() };
        assert_eq!(contents(&read(&store, &query).await), std::slice::from_ref(block));
    }
    assert_eq!(contents(&read(&store, &BlockQuery::everything()).await), blocks);
}

/// Whoever goes on from the last number it saw meets every block exactly once.
pub async fn a_follower_misses_nothing_while_many_append(store: Arc<dyn Events>) {
    const WRITERS: i64 = 4;
    const EACH: i64 = 25;
    let write = |writer: i64| {
        let store = Arc::clone(&store);
        async move {
            for n in 0..EACH {
                append(&store, vec![block(ONE, "trail", writer * EACH + n, writer * EACH + n)]).await;
            }
        }
    };
    let follow = async {
        let (mut after, mut seen) = (None, Vec::new());
        while seen.len() < (WRITERS * EACH) as usize {
            let news = read(&store, &BlockQuery { after, limit: 7, ..BlockQuery::everything() }).await;
            after = news.last().map(|block| block.sequence).or(after);
            seen.extend(news.iter().map(|block| block.block.first.as_second()));
        }
        seen
    };
    let writers = futures_util::future::join_all((0..WRITERS).map(write));
    let (_, mut seen) = futures_util::future::join(writers, follow).await;
    seen.sort_unstable();
    assert_eq!(seen, (0..WRITERS * EACH).collect::<Vec<_>>());
}

/// Filters lead to the blocks of a request; its entries come out and nobody else's.
pub async fn a_request_is_found_by_its_id_among_other_blocks(store: Arc<dyn Events>) {
    let wanted = RequestId::random();
    let mut blocks: Vec<Block> = (0..1_200).map(|n| block(ONE, "trail", n, n)).collect();
    for (index, name) in [(3, "access/a/prod"), (1_100, "trail")] {
        blocks[index] = block_of(ONE, name, &[(5, RequestId::random()), (6, wanted), (7, wanted)]);
    }
    append(&store, blocks).await;

    let query = FindQuery { request: wanted, scope: None, stream_prefix: String::new() };
    let found = store.find(&query).await.expect("find");
    let places: Vec<_> = found.iter().map(|hit| (hit.stream.name.as_str(), hit.entry.time.as_second())).collect();
    assert_eq!(places, [("access/a/prod", 6), ("access/a/prod", 7), ("trail", 6), ("trail", 7)]);
    assert!(store.candidates(&query).await.expect("candidates").len() < 30, "few blocks are read in vain");

    let in_trails = FindQuery { stream_prefix: "trail".to_owned(), ..query.clone() };
    assert_eq!(store.find(&in_trails).await.expect("find").len(), 2);
    let unknown = FindQuery { request: RequestId::random(), ..query };
    assert_eq!(store.find(&unknown).await.expect("find"), []);
}

/// Knowing an id of another account helps nobody.
pub async fn a_request_is_found_only_in_the_scope_asked_for(store: Arc<dyn Events>) {
    let id = RequestId::random();
    append(&store, vec![block_of(ONE, "trail", &[(1, id)])]).await;
    for (who, expected) in [(Some(ONE), 1), (Some(TWO), 0), (Some(ABROAD), 0), (None, 1)] {
        let query = FindQuery { request: id, scope: who.map(scope), stream_prefix: String::new() };
        assert_eq!(store.find(&query).await.expect("find").len(), expected, "{who:?}");
    }
}

/// A block goes when its last entry is older than the bound.
pub async fn retention_by_age_takes_what_ended_before(store: Arc<dyn Events>) {
    let blocks: Vec<Block> = [(0, 9), (0, 10), (5, 20)].map(|(first, last)| block(ONE, "trail", first, last)).to_vec();
    append(&store, blocks.clone()).await;
    let before = Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(10);
    let pruned = store.prune(before, u64::MAX).await.expect("prune");
    assert_eq!(pruned, Pruned { blocks: 1, bytes: blocks[0].stored_bytes() });
    assert_eq!(contents(&read(&store, &BlockQuery::everything()).await), blocks[1..]);
    assert_eq!(store.prune(before, u64::MAX).await.expect("prune"), Pruned::default());
}

/// Whatever is above the size goes, those that ended first before all others, of whatever account.
pub async fn retention_by_size_takes_the_oldest_first(store: Arc<dyn Events>) {
    // Stored in another order than they ended.
    let ends = [50, 10, 40, 20, 30];
    let blocks = ends.map(|last| block(if last % 20 == 0 { ONE } else { TWO }, "trail", 0, last));
    append(&store, blocks.to_vec()).await;
    let keep = blocks[0].stored_bytes() + blocks[2].stored_bytes();
    let all_bytes: u64 = blocks.iter().map(Block::stored_bytes).sum();

    // One byte less than three blocks: two stay.
    let bytes_max = keep + blocks[4].stored_bytes() - 1;
    let pruned = store.prune(Timestamp::MIN, bytes_max).await.expect("prune");
    assert_eq!(pruned, Pruned { blocks: 3, bytes: all_bytes - keep });
    assert_eq!(contents(&read(&store, &BlockQuery::everything()).await), [blocks[0].clone(), blocks[2].clone()]);
    assert_eq!(store.bytes().await.expect("bytes"), keep);

    let pruned = store.prune(Timestamp::MIN, 0).await.expect("prune");
    assert_eq!(pruned, Pruned { blocks: 2, bytes: keep });
    assert_eq!(store.bytes().await.expect("bytes"), 0);
}

/// A number that retention took is never given again, and its request is gone.
pub async fn what_retention_took_is_found_no_more(store: Arc<dyn Events>) {
    let id = RequestId::random();
    append(&store, vec![block_of(ONE, "trail", &[(1, id)])]).await;
    let last = read(&store, &BlockQuery::everything()).await[0].sequence;
    store.prune(Timestamp::MAX, 0).await.expect("prune");
    let query = FindQuery { request: id, scope: None, stream_prefix: String::new() };
    assert_eq!(store.find(&query).await.expect("find"), []);
    append(&store, vec![block_of(ONE, "trail", &[(1, id)])]).await;
    let next = read(&store, &BlockQuery { after: Some(last), ..BlockQuery::everything() }).await;
    assert_eq!(next.len(), 1, "a follower that saw {last} sees the new block");
}

/// An account and a region.
type Who = (&'static str, &'static str);

const ONE: Who = ("111111111111", "eu-west-1");
const TWO: Who = ("222222222222", "eu-west-1");
const ABROAD: Who = ("111111111111", "us-east-1");

fn scope((account, region): Who) -> Scope {
    Scope { account: AccountId::parse(account).expect("digits"), region: Region::parse(region).expect("a region") }
}

/// A block with one entry at each end, in seconds, of two requests that nobody looks for.
fn block(who: Who, name: &str, first: i64, last: i64) -> Block {
    block_of(who, name, &[(first, RequestId::random()), (last, RequestId::random())])
}

fn block_of(who: Who, name: &str, entries: &[(i64, RequestId)]) -> Block {
    let mut builder = BlockBuilder::new(Stream { scope: scope(who), name: name.to_owned() });
    for (second, id) in entries {
        let time = Timestamp::from_second(*second).expect("inside the calendar");
        builder.push(time, Some(*id), format!("at {second}").as_bytes()).expect("it fits");
    }
    builder.finish().expect("it has entries")
}

async fn append(store: &Arc<dyn Events>, blocks: Vec<Block>) {
    store.append(blocks).await.expect("append");
}

async fn read(store: &Arc<dyn Events>, query: &BlockQuery) -> Vec<StoredBlock> {
    store.read(query).await.expect("read")
}

fn contents(stored: &[StoredBlock]) -> Vec<Block> {
    stored.iter().map(|stored| stored.block.clone()).collect()
}
