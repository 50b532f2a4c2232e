//! Blocks as a whole: what goes in comes out, and what is damaged is a fault.

use std::io::Write as _;

use proptest::prelude::*;

use super::*;

pub(super) fn stream() -> Stream {
    let scope = base::Scope {
        account: base::AccountId::parse("111111111111").unwrap(),
        region: base::Region::parse("eu-west-1").unwrap(),
    };
    Stream { scope, name: "access/a1b2c3/prod".to_owned() }
}

fn block(entries: &[(i64, Option<u128>, Vec<u8>)]) -> Option<Block> {
    let mut builder = BlockBuilder::new(stream());
    for (time, id, bytes) in entries {
        let id = id.map(|id| RequestId(uuid::Uuid::from_u128(id)));
        builder.push(crate::time::from_nanoseconds(*time), id, bytes).unwrap();
    }
    builder.finish()
}

fn compress(raw: &[u8]) -> Bytes {
    let mut payload = Vec::new();
    Compressor::new().compress(raw, &mut payload, || ());
    payload.into()
}

#[test]
fn a_block_of_nothing_is_none() {
    assert_eq!(block(&[]), None);
}

#[test]
fn a_block_knows_its_bounds_even_where_entries_come_out_of_order() {
    let block = block(&[(5, None, vec![]), (-7, None, vec![]), (3, None, vec![])]).unwrap();
    assert_eq!(block.first, crate::time::from_nanoseconds(-7));
    assert_eq!(block.last, crate::time::from_nanoseconds(5));
    assert_eq!(block.entries, 3);
}

#[test]
fn many_lines_of_one_request_take_the_filter_of_one() {
    let lines: Vec<_> = (0..1_000).map(|n| (n, Some(7), vec![])).collect();
    assert_eq!(block(&lines).unwrap().filter.as_bytes().len(), 2);
}

#[test]
fn an_id_that_a_line_spells_is_kept_once_and_read_where_it_stood() {
    let id = RequestId(uuid::Uuid::from_u128(0x0123_4567_89ab_cdef));
    let line = format!("{{\"id\":\"{id}\"}}");
    for (at, spelled) in [(7, true), (0, false), (8, false), (40, false), (usize::MAX, false), (1 << 20, false)] {
        let (mut entries, mut builder) = (Entries::default(), BlockBuilder::new(stream()));
        entries.push_spelled(Timestamp::UNIX_EPOCH, id, line.as_bytes(), at).unwrap();
        assert_eq!(entries.bytes() < line.len(), spelled, "at {at}");
        builder.append(&Pieces::unpacked(&entries), &mut Compressor::new(), || ()).unwrap();
        let read = builder.finish().unwrap().decode().unwrap();
        assert_eq!((read[0].request, &read[0].bytes[..]), (Some(id), line.as_bytes()), "at {at}");
    }
}

#[test]
fn entries_beyond_a_block_are_not_appended() {
    let mut full = Entries::default();
    while full.push(Timestamp::UNIX_EPOCH, None, &vec![0; ENTRY_BYTES_MAX]).is_ok() {}
    let mut one = Entries::default();
    one.push(Timestamp::UNIX_EPOCH, None, &vec![0; ENTRY_BYTES_MAX]).unwrap();
    let before = full.bytes();
    assert_eq!((full.append(&one), full.bytes()), (Err(PushError::Full), before));
}

#[test]
fn an_entry_or_a_block_that_is_too_large_is_refused() {
    let mut builder = BlockBuilder::new(stream());
    let large = vec![0; ENTRY_BYTES_MAX + 1];
    assert_eq!(builder.push(Timestamp::UNIX_EPOCH, None, &large), Err(PushError::TooLarge));
    let whole = &large[1..];
    let full = (0..=8).find_map(|_| builder.push(Timestamp::UNIX_EPOCH, None, whole).err());
    assert_eq!(full, Some(PushError::Full));
    assert_eq!(builder.finish().unwrap().decode().unwrap().len(), 7);
}

#[test]
fn a_payload_that_unpacks_to_more_than_a_block_is_a_fault() {
    let mut block = block(&[(0, None, vec![])]).unwrap();
    block.payload = compress(&vec![0; BLOCK_BYTES_MAX + 1]);
    assert!(block.decode().is_err());
}

#[test]
fn a_block_of_one_frame_is_read_too() {
    let good = block(&[(0, Some(1), b"one".to_vec()), (1, None, b"two".to_vec())]).unwrap();
    let raw = compression::decompress(&good.payload).unwrap();
    // Older ones are written as a stream, and flushed in between.
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), -3).unwrap();
    encoder.include_checksum(true).unwrap();
    for part in raw.chunks(8) {
        encoder.write_all(part).unwrap();
        encoder.flush().unwrap();
    }
    let older = Block { payload: encoder.finish().unwrap().into(), ..good.clone() };
    assert_eq!(older.decode().unwrap(), good.decode().unwrap());
}

/// An entry as it is packed: without an id, of the time 0.
fn packed(mark: u8, body: &[u8]) -> Vec<u8> {
    [&[0; 8][..], &[mark], &(body.len() as u32).to_le_bytes(), body].concat()
}

fn block_of(raw: &[Vec<u8>]) -> Block {
    let good = block(&[(0, None, vec![])]).unwrap();
    Block { payload: compress(&raw.concat()), entries: raw.len() as u32, ..good }
}

#[test]
fn of_an_entry_like_the_one_before_the_difference_is_kept() {
    let line = |n: u32| format!("{{\"ip\":\"192.0.2.1\",\"took\":{n},\"path\":\"/prod/pets\"}}");
    let (mut entries, mut builder) = (Entries::default(), BlockBuilder::new(stream()));
    for n in 1_000..2_000 {
        entries.push(Timestamp::UNIX_EPOCH, None, line(n).as_bytes()).unwrap();
    }
    let whole = 1_000 * (8 + 1 + 4 + line(1_000).len());
    assert_eq!(entries.whole_bytes(), whole);
    assert!(entries.bytes() < whole / 2, "{} of {whole}", entries.bytes());
    builder.append(&Pieces::unpacked(&entries), &mut Compressor::new(), || ()).unwrap();
    // What is appended begins anew: the last one there is not the last one here.
    builder.append(&Pieces::unpacked(&entries), &mut Compressor::new(), || ()).unwrap();
    let read = builder.finish().unwrap().decode().unwrap();
    assert!(
        read.iter().map(|entry| &entry.bytes[..]).eq((0..2).flat_map(|_| (1_000..2_000).map(line)).map(Bytes::from))
    );
}

#[test]
fn an_entry_is_compared_with_the_one_that_stands_before_it() {
    let (short, long, other) = (b"a line as it mostly is".as_slice(), vec![b'l'; 4_000], b"another line".as_slice());
    let mut all = Entries::default();
    let push = |entries: &mut Entries, body: &[u8]| entries.push(Timestamp::UNIX_EPOCH, None, body).unwrap();
    // What was forgotten is no longer there to be like.
    push(&mut all, short);
    all.clear();
    push(&mut all, short);
    // A long one stands between, which is not remembered.
    push(&mut all, &long);
    push(&mut all, short);
    // So does what was gathered elsewhere.
    let mut others = Entries::default();
    push(&mut others, other);
    all.append(&others).unwrap();
    push(&mut all, short);
    // What was refused does not stand anywhere.
    assert_eq!(all.push(Timestamp::UNIX_EPOCH, None, &vec![0; ENTRY_BYTES_MAX + 1]), Err(PushError::TooLarge));
    push(&mut all, short);
    let mut builder = BlockBuilder::new(stream());
    builder.append(&Pieces::unpacked(&all), &mut Compressor::new(), || ()).unwrap();
    let read = builder.finish().unwrap().decode().unwrap();
    assert!(read.iter().map(|entry| &entry.bytes[..]).eq([short, &long, short, other, short, short]));
}

#[test]
fn an_entry_may_be_like_the_one_before_it_and_no_other() {
    let like =
        |front: u16, end: u16, own: &[u8]| packed(0x10, &[&front.to_le_bytes()[..], &end.to_le_bytes(), own].concat());
    let read = |raw: &[Vec<u8>]| {
        let read = block_of(raw).decode().ok()?;
        Some(read.into_iter().map(|entry| String::from_utf8(entry.bytes.to_vec()).unwrap()).collect::<Vec<_>>())
    };
    let first = || packed(0, b"one two three");
    let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    assert_eq!(
        read(&[first(), like(4, 6, b"2"), like(2, 0, b"ly"), first()]),
        texts(&["one two three", "one 2 three", "only", "one two three"])
    );
    for bad in [
        vec![like(1, 0, b"")],
        vec![first(), like(14, 0, b"")],
        vec![first(), like(0, 14, b"")],
        vec![first(), packed(0x10, b"123")],
        vec![first(), packed(0x20, b"1234")],
        vec![first(), packed(0x12, b"1234")],
    ] {
        assert_eq!(read(&bad), None, "{bad:?}");
    }
}

#[test]
fn entries_that_unfold_to_more_than_a_block_are_a_fault() {
    let first = vec![b'x'; 60_000];
    let like = packed(0x10, &[60_000_u16.to_le_bytes(), 0_u16.to_le_bytes()].concat());
    let raw = |likes: usize| [vec![packed(0, &first)], vec![like.clone(); likes]].concat();
    let fits = BLOCK_BYTES_MAX / (60_000 + 13) - 1;
    assert_eq!(block_of(&raw(fits)).decode().unwrap().len(), 1 + fits);
    assert!(block_of(&raw(fits + 1)).decode().is_err());
}

#[test]
fn a_block_with_a_wrong_count_or_a_cut_entry_is_a_fault() {
    let good = block(&[(0, Some(1), b"one".to_vec()), (1, None, b"two".to_vec())]).unwrap();
    assert!(Block { entries: 3, ..good.clone() }.decode().is_err());
    let raw = compression::decompress(&good.payload).unwrap();
    for cut in 1..raw.len() {
        let payload = compress(&raw[..cut]);
        assert!(Block { payload, ..good.clone() }.decode().is_err(), "cut at {cut}");
    }
}

proptest! {
    #[test]
    fn what_was_pushed_is_read_again(
        entries in prop::collection::vec((any::<i64>(), any::<Option<u128>>(), any::<Vec<u8>>()), 1..50),
    ) {
        let block = block(&entries).unwrap();
        let read = block.decode().unwrap();
        prop_assert_eq!(read.len(), entries.len());
        for (entry, (time, id, bytes)) in read.iter().zip(&entries) {
            prop_assert_eq!(crate::time::to_nanoseconds(entry.time), *time);
            prop_assert_eq!(entry.request.map(|RequestId(id)| id.as_u128()), *id);
            prop_assert_eq!(&entry.bytes[..], &bytes[..]);
            if let Some(id) = entry.request {
                prop_assert!(block.filter.may_hold(id));
            }
        }
    }

    #[test]
    fn what_is_alike_is_read_again(parts in prop::collection::vec(("[ab]{0,30}", any::<bool>(), any::<u128>()), 1..40)) {
        let mut entries = Entries::default();
        let mut texts: Vec<String> = Vec::new();
        for (part, spelled, id) in &parts {
            let id = RequestId(uuid::Uuid::from_u128(*id));
            let text = if *spelled { format!("{part}{id}{part}") } else { format!("{part}-{part}") };
            entries.push_spelled(Timestamp::UNIX_EPOCH, id, text.as_bytes(), part.len()).unwrap();
            texts.push(text);
        }
        let mut builder = BlockBuilder::new(stream());
        builder.append(&Pieces::unpacked(&entries), &mut Compressor::new(), || ()).unwrap();
        prop_assert!(entries.bytes() <= entries.whole_bytes());
        let read = builder.finish().unwrap().decode().unwrap();
        prop_assert!(read.iter().map(|entry| &entry.bytes[..]).eq(texts.iter().map(String::as_bytes)));
        let ids = parts.iter().map(|(_, _, id)| Some(RequestId(uuid::Uuid::from_u128(*id))));
        prop_assert!(read.iter().map(|entry| entry.request).eq(ids));
    }

    #[test]
    fn what_ends_in_its_time_and_id_is_read_again(before in any::<Vec<u8>>(), at in any::<i64>(), id in any::<u128>()) {
        let (time, id) = (crate::time::from_nanoseconds(at), RequestId(uuid::Uuid::from_u128(id)));
        let bytes = [&before[..], &at.to_le_bytes(), id.0.as_bytes()].concat();
        let mut entries = Entries::default();
        entries.push(time, Some(id), &bytes).unwrap();
        prop_assert_eq!(entries.bytes(), 8 + 1 + 16 + 4 + before.len());
        let mut builder = BlockBuilder::new(stream());
        builder.append(&Pieces::unpacked(&entries), &mut Compressor::new(), || ()).unwrap();
        let read = builder.finish().unwrap().decode().unwrap();
        prop_assert_eq!((read[0].time, read[0].request, &read[0].bytes[..]), (time, Some(id), &bytes[..]));
    }

    #[test]
    fn what_spells_its_id_is_read_again(before in any::<Vec<u8>>(), id in any::<u128>(), behind in any::<Vec<u8>>()) {
        let id = RequestId(uuid::Uuid::from_u128(id));
        let bytes = [&before[..], id.to_string().as_bytes(), &behind[..]].concat();
        let mut entries = Entries::default();
        entries.push_spelled(Timestamp::UNIX_EPOCH, id, &bytes, before.len()).unwrap();
        let mut builder = BlockBuilder::new(stream());
        builder.append(&Pieces::unpacked(&entries), &mut Compressor::new(), || ()).unwrap();
        prop_assert_eq!(&builder.finish().unwrap().decode().unwrap()[0].bytes[..], &bytes[..]);
    }

    #[test]
    fn a_damaged_block_never_panics(payload in any::<Vec<u8>>(), entries in any::<u32>()) {
        let good = block(&[(0, None, vec![])]).unwrap();
        let _ = Block { payload: payload.clone().into(), entries, ..good.clone() }.decode();
        // The same bytes as a sound frame: what lies inside is damaged.
        let _ = Block { payload: compress(&payload), entries, ..good }.decode();
    }

    #[test]
    fn a_flipped_bit_is_a_fault(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let good = block(&[(0, Some(1), b"some words".to_vec()), (1, None, b"more of them".to_vec())]).unwrap();
        let mut payload = good.payload.to_vec();
        let at = at.index(payload.len());
        payload[at] ^= 1 << bit;
        if let Ok(entries) = (Block { payload: payload.into(), ..good.clone() }).decode() {
            prop_assert_eq!(entries, good.decode().unwrap(), "only bits that mean nothing may flip");
        }
    }
}
