//! Whatever bytes come, however they are cut: nothing panics, sound requests are answered, everything else ends.

use proptest::prelude::*;

use super::*;
use crate::host::without_port;
use crate::http2::fields;

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(test);
}

/// A request that is answered with its own body.
#[derive(Debug, Clone)]
struct Asked {
    body: Vec<u8>,
    /// How long its frames are, and how much padding they have.
    frame: usize,
    padding: u8,
    announced: bool,
    trailers: bool,
}

impl Asked {
    /// The frames of a stream, in their order.
    fn frames(&self, stream: u32) -> Vec<Vec<u8>> {
        let length = self.body.len().to_string();
        let mut fields = fields_of("POST", "/echo");
        if self.announced {
            fields.push(("content-length", &length));
        }
        let mut frames = vec![written(Kind::Headers, END_HEADERS, stream, &block(&fields))];
        for piece in self.body.chunks(self.frame) {
            let padded = [&[self.padding][..], piece, &vec![0; usize::from(self.padding)]].concat();
            frames.push(written(Kind::Data, frame::PADDED, stream, &padded));
        }
        frames.push(if self.trailers {
            written(Kind::Headers, END_STREAM | END_HEADERS, stream, &block(&[("x-sum", "1")]))
        } else {
            last_data(stream, b"")
        });
        frames
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    (prop::collection::vec(any::<u8>(), 0..20_000), 1usize..16_000, 0u8..40, any::<bool>(), any::<bool>()).prop_map(
        |(body, frame, padding, announced, trailers)| Asked {
            frame: frame.max(body.len() / 20 + 1),
            body,
            padding,
            announced,
            trailers,
        },
    )
}

/// A frame that may be sound or not.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..30),
        Just(block(&fields_of("GET", "/"))),
        Just(block(&fields_of("POST", "/echo"))),
        Just(0u32.to_be_bytes().to_vec()),
        Just(vec![0; 8]),
    ];
    let numbers = (0u8..12, prop_oneof![Just(0u8), Just(1), Just(4), Just(5), any::<u8>()], 0u32..12);
    prop_oneof![
        4 => (numbers, payload).prop_map(|((kind, flags, stream), payload)| {
            let mut bytes = written(Kind::Data, flags, stream, &payload);
            bytes[3] = kind;
            bytes
        }),
        3 => (0u32..9).prop_map(|number| get(2 * number + 1, "/parts")),
        3 => (0u32..9).prop_map(|number| post(2 * number + 1, "/echo")),
        3 => ((0u32..9), prop::collection::vec(any::<u8>(), 0..50)).prop_map(|(number, bytes)| data(2 * number + 1, &bytes)),
        1 => prop::collection::vec(any::<u8>(), 0..30),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn streams_that_come_mixed_and_cut_are_each_answered(
        requests in prop::collection::vec(asked(), 1..6), order in prop::collection::vec(any::<prop::sample::Index>(), 400),
        cuts in prop::collection::vec(1usize..3000, 1..20), window_bytes in 1u32..3000
    ) {
        run(async {
            let mut client = greeted(Limits::default()).await;
            client.send(&settings(&[(4, window_bytes)])).await;
            client.events().await;
            // Streams begin in their order, and go on in any.
            let ids = |number: usize| 2 * number as u32 + 1;
            let mut waiting: Vec<_> = requests.iter().enumerate().map(|(number, asked)| asked.frames(ids(number)).into_iter()).collect();
            let mut bytes: Vec<u8> = waiting.iter_mut().filter_map(Iterator::next).flatten().collect();
            for index in order.iter().cycle() {
                waiting.retain(|frames| frames.len() > 0);
                if waiting.is_empty() {
                    break;
                }
                let next = index.index(waiting.len());
                bytes.extend(waiting[next].next().expect("a frame"));
            }
            let mut rest = &bytes[..];
            for cut in cuts.iter().cycle() {
                let (piece, after) = rest.split_at(rest.len().min(*cut));
                client.send(piece).await;
                tokio::task::yield_now().await;
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            let mut answers = vec![Vec::new(); requests.len()];
            let mut open = requests.len();
            while open > 0 {
                let (head, payload) = read(&mut client.pipe).await.expect("answers");
                assert_ne!(head.kind, Kind::Reset, "all are sound");
                if head.kind == Kind::Data {
                    answers[(head.stream as usize - 1) / 2].extend_from_slice(&payload);
                    let more = payload.len() as u32;
                    if more > 0 {
                        client.send(&[window(0, more), window(head.stream, more)].concat()).await;
                    }
                }
                if matches!(head.kind, Kind::Data | Kind::Headers) && head.has(END_STREAM) {
                    open -= 1;
                }
            }
            for (asked, answer) in requests.iter().zip(answers) {
                assert!(asked.body == answer, "its own body");
            }
        });
    }

    #[test]
    fn whatever_frames_come_the_server_answers_or_ends(
        frames in prop::collection::vec(frame(), 0..60), cut in 1usize..200
    ) {
        run(async {
            let mut client = start().await;
            let bytes = frames.concat();
            for piece in bytes.chunks(cut) {
                if client.pipe.write_all(piece).await.is_err() {
                    break;
                }
            }
            let events = client.events_or_silence().await;
            if events.last().is_some_and(|event| event == "end") {
                assert!(events.iter().any(|event| event.starts_with("go away")), "it says why: {events:?}");
            }
            drop(client.pipe);
            client.task.await.expect("no panic");
        });
    }

    #[test]
    fn any_head_is_for_one_host_or_refused(
        authority in "([a-z.:@\\[\\]0-9]{0,12}|[!-~]{0,12})", hosts in prop::collection::vec("([ab.:]{0,6}|[ -~]{0,12})", 0..3),
        path in "/[!-~]{0,40}", more in prop::collection::vec(("[a-z:-]{0,9}", any::<String>()), 0..4)
    ) {
        let mut fields = vec![(":method", "GET"), (":scheme", "https"), (":path", &path)];
        if !authority.is_empty() {
            fields.push((":authority", &authority));
        }
        fields.extend(hosts.iter().map(|host| ("host", host.as_str())));
        fields.extend(more.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let asked = fields::read_request(&mut Decoder::default(), &block(&fields), Some("a.b"), &Limits::default());
        if let fields::Asked::Request { head, .. } = asked.expect("our own block") {
            let host = head.received.text("host").expect("text");
            prop_assert!(without_port(host).trim_end_matches('.').eq_ignore_ascii_case("a.b"), "{}", host);
            prop_assert_eq!(head.received.get_all("host").count(), 1);
            // Whatever is accepted can be a field anywhere.
            prop_assert_eq!(head.received.to_map().len(), head.received.len());
            let bytes: usize = head.received.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
            prop_assert_eq!(head.header_bytes, bytes);
        }
    }
}
