//! Limits: what is too large or too slow is refused in AWS's words, before it costs anything upstream.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>

use tests::{Api, Installation, Store, Upstream, eventually};

#[tokio::test]
async fn a_body_that_is_announced_too_large_never_starts_a_call() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let head = format!("POST /prod/pets HTTP/1.1\r\nHost: {}\r\nContent-Length: 10485761\r\n\r\n", api.host);
    let answer = api.connect(&installation).await.ask(head).await.expect("an answer");
    assert_eq!((answer.status, answer.text().as_str()), (413, "HTTP content length exceeded 10485760 bytes."));
    assert_eq!(upstream.targets(), [""; 0]);
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_passes() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let mut request =
        format!("POST /prod/pets HTTP/1.1\r\nHost: {}\r\nContent-Length: 10485760\r\n\r\n", api.host).into_bytes();
    request.resize(request.len() + 10_485_760, b'x');
    let answer = api.connect(&installation).await.ask(request).await.expect("an answer");
    assert_eq!((answer.status, answer.json()["bytes"].as_u64()), (200, Some(10_485_760)));
}

#[tokio::test]
async fn a_body_that_grows_too_large_aborts_the_call() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let mut line = api.connect(&installation).await;
    let head = format!("POST /prod/pets HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n\r\n", api.host);
    line.send(head).await.expect("a head");
    let chunk = [b"100000\r\n".as_slice(), &vec![b'x'; 0x10_0000], b"\r\n"].concat();
    for _ in 0..11 {
        // The gateway may close before the last of it.
        if line.send(&chunk).await.is_err() {
            break;
        }
    }
    if let Some(answer) = line.answer().await {
        assert_eq!(answer.status, 413, "{}", answer.text());
    }
    let whole = upstream.seen().into_iter().any(|seen| seen.body.len() > 10_485_760);
    assert!(!whole, "the upstream got the whole body");
}

#[tokio::test]
async fn long_targets_and_headers_are_refused() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let long = "a".repeat(11_000);
    let many: String = (0..300).map(|number| format!("X-{number}: 1\r\n")).collect::<Vec<_>>().concat();
    for (name, request, status) in [
        ("target", format!("GET /prod/pets?{long} HTTP/1.1\r\nHost: {}\r\n\r\n", api.host), 414),
        ("header", format!("GET /prod/pets HTTP/1.1\r\nHost: {}\r\nX-Long: {long}\r\n\r\n", api.host), 431),
        ("headers", format!("GET /prod/pets HTTP/1.1\r\nHost: {}\r\n{many}\r\n", api.host), 431),
    ] {
        let answer = api.connect(&installation).await.ask(request).await.expect("an answer");
        assert_eq!(answer.status, status, "{name}");
    }
    assert_eq!(upstream.targets(), [""; 0]);
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_call_with_it() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    upstream.hold();
    let mut line = api.connect(&installation).await;
    line.send(api.request("/prod/pets")).await.expect("a request");
    eventually("the call", async || (!upstream.targets().is_empty()).then_some(())).await;
    drop(line);
    upstream.release();
    let answer = api.get(&installation, "/prod/health").await;
    assert_eq!(answer.status, 200, "the gateway serves on");
}
