//! Stopping, pausing, and asking whether anybody is there.

use std::time::Duration;

use super::*;
use crate::shared::Overdue;

impl Client {
    /// Lets the server's clock stand so much later, and says what is overdue then.
    fn wait(&self, wait: Duration) -> Option<Overdue> {
        self.clock.advance(wait);
        self.shared.overdue()
    }

    /// Has the server look at the time: in the real edge its timer does.
    fn look(&self) {
        self.look.notify_one();
    }
}

#[tokio::test]
async fn a_drain_answers_what_was_asked_and_what_is_on_its_way() {
    let mut client = start().await;
    client.sent(&get(1, "/gate")).await;
    client.shared.drain();
    client.look();
    assert_eq!(client.events_or_silence().await, ["go away 2147483647 no error", "ping going aw"]);
    // This was sent before the client heard of it.
    assert_eq!(client.sent(&get(3, "/")).await, ["3 200 content-length=1", "3 data x last"]);
    client.send(&written(Kind::Ping, ACK, 0, b"going aw")).await;
    assert_eq!(client.events_or_silence().await, ["go away 3 no error"]);
    // This was not: its client knows that nobody took it. The table stays in step.
    assert_eq!(client.sent(&get(5, "/")).await, [""; 0]);
    client.paths.gate.add_permits(1);
    assert_eq!(client.events_or_silence().await, ["1 200 content-length=7", "1 data through last", "end"]);
    assert!(client.farewell().await);
}

#[tokio::test]
async fn an_idle_connection_that_drains_ends_when_its_client_has_heard() {
    let mut client = start().await;
    client.shared.drain();
    client.look();
    assert_eq!(client.events_or_silence().await, ["go away 2147483647 no error", "ping going aw"]);
    client.send(&written(Kind::Ping, ACK, 0, b"going aw")).await;
    assert_eq!(client.events_or_silence().await, ["go away 0 no error", "end"]);
    assert!(client.farewell().await);
}

#[tokio::test]
async fn a_connection_that_was_idle_for_too_long_is_told_so() {
    let mut client = start().await;
    client.sent(&get(1, "/")).await;
    assert_eq!(client.wait(Duration::from_secs(1)), Some(Overdue::Doze));
    client.look();
    assert_eq!(client.events_or_silence().await, [""; 0]);
    // Dozing, it answers all the same.
    assert_eq!(client.sent(&get(3, "/")).await.len(), 2);
    client.wait(Duration::from_secs(1));
    assert_eq!(client.wait(Duration::from_secs(75)), Some(Overdue::Head));
    client.look();
    assert_eq!(client.events_or_silence().await, ["go away 3 no error", "end"]);
    assert!(client.farewell().await);
}

#[tokio::test]
async fn half_a_frame_must_become_a_whole_one_in_time() {
    let limits = Limits::default();
    let whole = get(3, "/");
    let (headers, rest) = whole.split_at(HEAD_BYTES + 4);
    let unfinished = written(Kind::Headers, END_STREAM, 3, &block(&fields_of("GET", "/")));
    for begun in [headers, &unfinished] {
        let mut client = start().await;
        client.sent(&get(1, "/")).await;
        client.wait(Duration::from_secs(1));
        client.send(begun).await;
        assert_eq!(client.events_or_silence().await, [""; 0]);
        assert_eq!(client.wait(limits.head_timeout), Some(Overdue::Head), "not only after the whole pause");
        client.look();
        assert!(client.events_or_silence().await.iter().any(|event| event.starts_with("go away")));
    }
    let mut client = start().await;
    client.send(headers).await;
    client.events_or_silence().await;
    assert_eq!(client.sent(rest).await.first().map(String::as_str), Some("3 200 content-length=1"));
}

#[tokio::test]
async fn a_client_that_waits_is_asked_whether_it_lives() {
    let limits = Limits::default();
    let mut client = start().await;
    client.sent(&get(1, "/gate")).await;
    // Something was heard, so that nothing is asked the first time.
    assert_eq!(client.wait(limits.ping_interval), Some(Overdue::Alarm));
    client.look();
    assert_eq!(client.events_or_silence().await, [""; 0]);
    assert_eq!(client.wait(limits.ping_interval), Some(Overdue::Alarm));
    client.look();
    assert_eq!(client.events_or_silence().await, ["ping you ther"]);
    client.send(&written(Kind::Ping, ACK, 0, b"you ther")).await;
    client.events_or_silence().await;
    assert_eq!(client.wait(limits.ping_timeout), Some(Overdue::Alarm));
    client.look();
    assert_eq!(client.events_or_silence().await, [""; 0], "it answered");
    assert_eq!(client.wait(limits.ping_interval), Some(Overdue::Alarm));
    client.look();
    assert_eq!(client.events_or_silence().await, ["ping you ther"]);
    assert_eq!(client.wait(limits.ping_timeout), Some(Overdue::Alarm));
    client.look();
    assert_eq!(client.events_or_silence().await, ["end"]);
    assert!(!client.farewell().await, "nobody is there to be told");
}

#[tokio::test]
async fn a_connection_without_requests_is_asked_nothing() {
    let limits = Limits::default();
    let mut client = start().await;
    client.sent(&get(1, "/gate")).await;
    client.paths.gate.add_permits(1);
    client.events().await;
    client.wait(Duration::from_secs(1));
    client.wait(limits.ping_interval);
    client.look();
    client.wait(limits.ping_interval);
    client.look();
    assert_eq!(client.events_or_silence().await, [""; 0]);
}
