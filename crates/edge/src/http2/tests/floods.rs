//! What costs a server more than its client: counted, bounded, and ended.

use super::*;

/// Small limits, so that a flood need not be long.
fn limits() -> Limits {
    Limits {
        streams_max: 4,
        pending_reset_streams_max: 5,
        reset_streams_max: 6,
        local_reset_streams_max: 7,
        idle_frames_max: 40,
        ..Limits::default()
    }
}

/// Sends what `each` makes of number after number until the server ends the connection; how many it took.
async fn taken(limits: Limits, mut each: impl FnMut(u32) -> Vec<u8>) -> u32 {
    let mut client = greeted(limits).await;
    for number in 0..500 {
        let events = client.sent(&each(number)).await;
        if let Some(last) = events.iter().position(|event| event.starts_with("go away")) {
            assert!(events[last].ends_with(" calm"), "{events:?}");
            assert!(client.farewell().await, "it says why, and closes");
            return number;
        }
    }
    panic!("it never ends");
}

fn reset(stream: u32) -> Vec<u8> {
    written(Kind::Reset, 0, stream, &8u32.to_be_bytes())
}

/// CVE-2023-44487.
#[tokio::test]
async fn requests_that_are_taken_back_at_once_are_few() {
    let count = taken(limits(), |number| [get(2 * number + 1, "/wait"), reset(2 * number + 1)].concat()).await;
    assert_eq!(count, 5);
    // They never began.
    let mut client = greeted(limits()).await;
    client.sent(&[get(1, "/wait"), reset(1)].concat()).await;
    assert_eq!(client.paths.begun.available_permits(), 0);
}

#[tokio::test]
async fn requests_that_are_taken_back_later_are_few_unless_others_are_answered() {
    let later = |number: u32| {
        let before = if number > 0 { reset(2 * number - 1) } else { Vec::new() };
        [before, get(2 * number + 1, "/wait")].concat()
    };
    assert_eq!(taken(limits(), later).await, 7);
    let mut client = greeted(limits()).await;
    for number in 0..50u32 {
        let id = 4 * number + 1;
        client.sent(&get(id, "/wait")).await;
        let events = client.sent(&[reset(id), get(id + 2, "/")].concat()).await;
        assert_eq!(events.len(), 2, "{events:?}");
    }
}

/// CVE-2025-8671: whatever makes the server reset a stream.
#[tokio::test]
async fn resets_that_a_client_provokes_are_few() {
    let closed = |id| [get(id, "/wait"), data(id, b"x")].concat();
    let window_of_nothing = |id| [get(id, "/wait"), window(id, 0)].concat();
    let beyond = |id| [get(id, "/wait"), window(id, 0x7fff_ffff)].concat();
    let priority =
        |id: u32| [get(id, "/wait"), written(Kind::Priority, 0, id, &[&id.to_be_bytes()[..], &[7]].concat())].concat();
    let malformed = |id| written(Kind::Headers, END_HEADERS, id, &[0x82]);
    let short = |id| [post(id, "/wait"), written(Kind::Headers, END_HEADERS, id, &block(&[("x", "y")]))].concat();
    let attacks: [&dyn Fn(u32) -> Vec<u8>; 6] = [&closed, &window_of_nothing, &beyond, &priority, &malformed, &short];
    for (index, attack) in attacks.iter().enumerate() {
        assert_eq!(taken(limits(), |number| attack(2 * number + 1)).await, 7, "{index}");
    }
}

#[tokio::test]
async fn so_many_requests_run_at_once_and_no_more() {
    let mut client = greeted(limits()).await;
    let five: Vec<u8> = (0..5).flat_map(|number| get(2 * number + 1, "/gate")).collect();
    assert_eq!(client.sent(&five).await, ["9 reset refused"]);
    assert_eq!(client.paths.begun.available_permits(), 4);
    // One that is taken back makes room, because its handler is gone.
    assert_eq!(client.sent(&[reset(1), get(11, "/gate")].concat()).await, [""; 0]);
    client.paths.gate.add_permits(4);
    assert_eq!(client.events().await.len(), 8);
    // A client that knows how many there may be, and goes on, is sent away.
    let crowd = |number: u32| get(2 * number + 1, "/wait");
    assert_eq!(taken(limits(), crowd).await, 4 + 7);
    // One that cannot know yet is not.
    let mut client = open(limits());
    let many: Vec<u8> = (0..40).flat_map(|number| get(2 * number + 1, "/wait")).collect();
    let events = client.sent(&[PREFACE, &settings(&[]), &many].concat()).await;
    assert_eq!(events.iter().filter(|event| event.ends_with(" reset refused")).count(), 36);
}

/// CVE-2019-9512, 9515, 9518 and others: what asks for nothing.
#[tokio::test]
async fn frames_that_bring_nothing_are_few() {
    let settings_flood = |_| settings(&[]);
    let acks = |_| written(Kind::Settings, ACK, 0, &[]);
    let pings = |_| written(Kind::Ping, 0, 0, &[9; 8]);
    let windows = |_| window(0, 1);
    let unknown = |_| written(Kind::Unknown(0xaa), 0, 0, &[]);
    let priorities = |_| written(Kind::Priority, 0, 1, &[0, 0, 0, 3, 1]);
    let goodbyes = |_| written(Kind::GoAway, 0, 0, &[0; 8]);
    let nothing = |number| if number == 0 { post(1, "/wait") } else { data(1, b"") };
    let late = |number| if number == 0 { get(1, "/") } else { window(1, 1) };
    let floods: [&dyn Fn(u32) -> Vec<u8>; 9] =
        [&settings_flood, &acks, &pings, &windows, &unknown, &priorities, &goodbyes, &nothing, &late];
    for (index, flood) in floods.iter().enumerate() {
        let flood = |number| (0..10).flat_map(|part| flood(u32::from(number + part != 0))).collect();
        // Each round asks for three pings more, and the greeting was two.
        assert!(taken(limits(), flood).await <= 4, "{index}");
    }
}

#[tokio::test]
async fn frames_without_use_are_made_up_for_by_those_of_use() {
    let mut client = greeted(limits()).await;
    for number in 0..100u32 {
        let id = 2 * number + 1;
        let quiet: Vec<u8> = (0..4).flat_map(|_| window(0, 1)).collect();
        let events = client.sent(&[get(id, "/"), quiet].concat()).await;
        assert_eq!(events.len(), 2, "{number} {events:?}");
    }
}

/// CVE-2024-27316.
#[tokio::test]
async fn a_header_block_has_an_end() {
    let begin = written(Kind::Headers, END_STREAM, 1, &[0x82]);
    let endless = |payload: Vec<u8>| {
        let begin = begin.clone();
        async move {
            let mut client = start().await;
            let frames: Vec<u8> = (0..40).flat_map(|_| written(Kind::Continuation, 0, 1, &payload)).collect();
            client.sent(&[begin, frames].concat()).await
        }
    };
    for payload in [Vec::new(), vec![0x82], vec![b'x'; 16_384]] {
        assert_eq!(endless(payload).await, ["go away 0 calm", "end"]);
    }
}

#[tokio::test]
async fn a_header_block_does_not_unfold_without_end() {
    let mut client = start().await;
    let long = [&[0x40, 1, b'a', 0x7f, 0x81, 0x1e][..], &[b'x'; 127 + 1 + 30 * 128]].concat();
    let first = written(Kind::Headers, END_STREAM | END_HEADERS, 1, &[block(&fields_of("GET", "/")), long].concat());
    assert_eq!(client.sent(&first).await.len(), 2);
    let bomb = written(Kind::Headers, END_STREAM | END_HEADERS, 3, &vec![0xbe; 16_000]);
    assert_eq!(client.sent(&bomb).await, ["go away 3 calm", "end"]);
}

/// Those that are gone would have waited for the connection's window.
#[tokio::test]
async fn streams_that_are_gone_wait_for_no_turn() {
    let mut client = greeted(Limits { connection_window_bytes: 0, ..limits() }).await;
    // All that the client takes without a word of its window, and one who waits for more before all others.
    client.sent(&get(1, "/bytes?65535")).await;
    client.sent(&get(3, "/bytes?9")).await;
    let head = |id| written(Kind::Headers, END_STREAM | END_HEADERS, id, &block(&fields_of("HEAD", "/")));
    for number in 1..200u32 {
        let id = 4 * number + 1;
        client.sent(&get(id, "/bytes?9")).await;
        // An answer of no body makes up for each that is taken back.
        let events = client.sent(&[reset(id), head(id + 2)].concat()).await;
        assert!(matches!(&events[..], [one] if one.starts_with(&format!("{} 200", id + 2))), "{number}: {events:?}");
    }
}

/// CVE-2020-11080.
#[tokio::test]
async fn one_frame_changes_so_many_settings() {
    let mut client = start().await;
    assert_eq!(client.sent(&settings(&[(4, 1); 33])).await, ["go away 0 calm", "end"]);
}

#[tokio::test]
async fn what_a_client_does_not_take_makes_us_read_no_more() {
    // The pipe holds little, so that answers wait on our side.
    let limits = Limits { idle_frames_max: usize::MAX, ..Limits::default() };
    let (ours, mut pipe) = tokio::io::duplex(1000);
    let address = "127.0.0.1:1".parse().expect("an address");
    let facts = Connection::new(address, address, base::Timestamp::UNIX_EPOCH);
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(base::Timestamp::UNIX_EPOCH));
    let limits = Arc::new(limits.checked());
    let shared = Shared::new(facts, Arc::clone(&limits), clock);
    let session = Session::new(Transport::Pipe(ours), &limits);
    let task = tokio::spawn(async move {
        serve(&Paths::default(), session, &shared, &Dates::default()).await;
    });
    pipe.write_all(&[PREFACE, &settings(&[])].concat()).await.expect("it takes bytes");
    let ping = written(Kind::Ping, 0, 0, &[9; 8]);
    // The flood stands still when the server has had its turn many times over and takes no more.
    let (mut taken, mut still) = (0, 0);
    while still < 100 {
        if let Some(written) = futures_util::future::poll_immediate(pipe.write(&ping[taken % ping.len()..])).await {
            (taken, still) = (taken + written.expect("it takes bytes"), 0);
        } else {
            still += 1;
            tokio::task::yield_now().await;
        }
    }
    assert!((100_000..200_000).contains(&taken), "{taken}");
    drop(pipe);
    task.await.expect("no panic");
}
