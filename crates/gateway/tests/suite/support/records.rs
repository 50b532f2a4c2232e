//! A records store in memory, behind the real sink and writer.

use std::sync::Arc;

use base::clock::SystemClock;
use gateway::trail::Story;
use store_records::testing::MemoryEvents;
use telemetry::Sink;

pub(crate) struct Records {
    pub(crate) sink: Sink,
    store: Arc<MemoryEvents>,
}

/// An entry and the account and stream it was kept in.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) account: String,
    pub(crate) stream: String,
    pub(crate) request: [u8; 16],
    pub(crate) bytes: Vec<u8>,
}

impl Records {
    pub(crate) fn start() -> Self {
        let store = Arc::<MemoryEvents>::default();
        let clock = Arc::new(SystemClock::new());
        let (sink, writer) = telemetry::pipe(Arc::clone(&store) as _, clock, telemetry::QUEUE_BYTES_MAX);
        tokio::spawn(writer.run());
        Self { sink, store }
    }

    pub(crate) async fn all(&self) -> Vec<Kept> {
        self.sink.flush().await.expect("flushed");
        let blocks = self.store.blocks();
        let mut kept = Vec::new();
        for block in blocks {
            for entry in block.decode().expect("sound") {
                kept.push(Kept {
                    account: block.stream.scope.account.to_string(),
                    stream: block.stream.name.clone(),
                    request: *entry.request.expect("of a request").0.as_bytes(),
                    bytes: entry.bytes.to_vec(),
                });
            }
        }
        kept
    }

    pub(crate) async fn trails(&self) -> Vec<Kept> {
        self.all().await.into_iter().filter(|kept| kept.stream == telemetry::stream::TRAIL).collect()
    }

    /// The only trail, once the request it tells of has ended.
    pub(crate) async fn trail(&self) -> Story<'static> {
        let trails = self.trails().await;
        assert_eq!(trails.len(), 1, "recorded exactly once");
        owned(&Story::decode(&trails[0].bytes).expect("a trail"))
    }

    pub(crate) async fn lines(&self, stream: &str) -> Vec<String> {
        let text = |kept: Kept| String::from_utf8(kept.bytes).expect("text");
        self.all().await.into_iter().filter(|kept| kept.stream.starts_with(stream)).map(text).collect()
    }
}

fn owned(story: &Story<'_>) -> Story<'static> {
    Story {
        request: story.request,
        claimed: story.claimed,
        received_ns: story.received_ns,
        revision: story.revision,
        source_ip: story.source_ip,
        verb: story.verb.to_string().into(),
        host: story.host.to_string().into(),
        path: story.path.to_string().into(),
        status: story.status,
        bytes: story.bytes,
        took_us: story.took_us,
        entries: story.entries.to_vec().into(),
    }
}
