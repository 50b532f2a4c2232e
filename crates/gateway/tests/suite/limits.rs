//! Bodies above 10 MB: refused before any upstream byte when that is known, cut off when it is not.

use crate::support::upstream::Upstream;
use crate::support::{Reply, mock, plan, proxy};
use base::limits::PAYLOAD_BYTES_MAX;
use bytes::Bytes;
use futures_util::stream;
use gateway::reason::{Integrate, Locate, Reason};
use http_body::Frame;
use http_body_util::StreamBody;

const CHUNK: usize = 64 * 1024;

/// A body of unknown length.
fn chunked(bytes: usize) -> edge::Body {
    let chunk = Bytes::from(vec![b'x'; CHUNK]);
    let sizes = (0..bytes.div_ceil(CHUNK)).map(move |n| CHUNK.min(bytes - n * CHUNK));
    let frames = sizes.map(move |size| Ok::<_, std::io::Error>(Frame::data(chunk.slice(..size))));
    edge::Body::stream(StreamBody::new(stream::iter(frames)))
}

fn check(reply: &Reply) {
    assert_eq!(reply.status.as_u16(), 413);
    assert_eq!(reply.text(), "HTTP content length exceeded 10485760 bytes.");
    assert_eq!(reply.header("content-type"), Some("text/plain"));
    assert_eq!(reply.header("x-amzn-errortype"), None);
}

#[tokio::test]
async fn a_known_length_is_refused_before_any_upstream_byte() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("ANY", "/", proxy(&upstream.authority(), "/"))]).start();
    check(&site.send("POST /prod", "", vec![0; PAYLOAD_BYTES_MAX as usize + 1]).await);
    assert!(upstream.seen().is_empty());
    let story = site.records.trail().await;
    let want = Locate::BodyTooLarge { bytes: PAYLOAD_BYTES_MAX + 1, max: PAYLOAD_BYTES_MAX };
    assert_eq!(story.entries[0].reason, Reason::Locate(want));
}

#[tokio::test]
async fn an_unknown_length_is_cut_off_at_the_limit() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("ANY", "/", proxy(&upstream.authority(), "/"))]).start();
    check(&site.send("POST /prod", "Transfer-Encoding: chunked\r\n", chunked(PAYLOAD_BYTES_MAX as usize + 1)).await);
    assert!(upstream.seen().iter().all(|seen| seen.body.is_none()), "it never saw a whole request");
    let story = site.records.trail().await;
    let want = Reason::Integrate(Integrate::BodyTooLarge { max: PAYLOAD_BYTES_MAX });
    assert!(story.entries.iter().any(|entry| entry.reason == want), "{story:?}");
}

#[tokio::test]
async fn a_body_at_the_limit_passes() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("ANY", "/", proxy(&upstream.authority(), "/"))]).start();
    let reply = site.send("POST /prod", "Transfer-Encoding: chunked\r\n", chunked(PAYLOAD_BYTES_MAX as usize)).await;
    assert_eq!(reply.text(), "ok");
    assert_eq!(upstream.only().body.map(|body| body.len() as u64), Some(PAYLOAD_BYTES_MAX));
}

#[tokio::test]
async fn a_client_that_breaks_off_its_body_is_told_apart_from_the_backend() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("ANY", "/", proxy(&upstream.authority(), "/"))]).start();
    let frames = [Ok(Frame::data(Bytes::from_static(b"begun"))), Err(std::io::Error::other("gone"))];
    let body = edge::Body::stream(StreamBody::new(stream::iter(frames)));
    let reply = site.send("POST /prod", "Transfer-Encoding: chunked\r\n", body).await;
    assert_eq!(reply.status.as_u16(), 400);
    let story = site.records.trail().await;
    let broke = |entry: &gateway::trail::Entry| matches!(entry.reason, Reason::Integrate(Integrate::BodyBroke { .. }));
    assert!(story.entries.iter().any(broke), "{story:?}");
}

#[tokio::test]
async fn a_mock_reads_no_body() {
    let site = plan(vec![("ANY", "/", mock("fine"))]).start();
    let endless = edge::Body::stream(StreamBody::new(stream::pending::<Result<Frame<Bytes>, std::io::Error>>()));
    assert_eq!(site.send("POST /prod", "Transfer-Encoding: chunked\r\n", endless).await.text(), "fine");
}
