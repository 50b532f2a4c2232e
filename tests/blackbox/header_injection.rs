//! Header injection and header spoofing: a value never becomes a line, and the gateway's own headers are its own.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>

use tests::{Api, Installation, Store, Upstream};

#[tokio::test]
async fn a_mapped_parameter_never_becomes_a_header_line() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    for value in
        ["a%0d%0aX-Evil:%20yes", "a%0aX-Evil:%20yes", "a%0dX-Evil:%20yes", "a%00b", "%c0%8d%c0%8aX-Evil:%20yes"]
    {
        let answer = api.get(&installation, &format!("/prod/named?name={value}")).await;
        assert!(answer.header("x-evil").is_none(), "{value}");
        assert!([200, 400, 500].contains(&answer.status), "{value}: {}", answer.status);
    }
    for seen in upstream.seen() {
        assert_eq!(seen.all("x-evil"), [""; 0]);
        assert!(seen.all("x-name").iter().all(|value| !value.contains(['\r', '\n', '\0'])), "{seen:?}");
    }
}

#[tokio::test]
async fn an_honest_parameter_is_mapped() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let answer = api.get(&installation, "/prod/named?name=Rex%20II").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(upstream.seen()[0].all("x-name"), ["Rex II"]);
}

#[tokio::test]
async fn an_escaped_line_end_in_a_path_stays_escaped() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    api.get(&installation, "/prod/pets/a%0d%0aX-Evil:%20yes").await;
    api.get(&installation, "/prod/files/a%20HTTP/1.1%0d%0aX-Evil:%20yes").await;
    for seen in upstream.seen() {
        assert_eq!(seen.all("x-evil"), [""; 0]);
        assert!(seen.target.starts_with("/pets/a%0") || seen.target.starts_with("/files/a%20"), "{}", seen.target);
    }
}

#[tokio::test]
async fn a_control_character_in_a_header_is_refused() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    for header in ["X-A: b\0c", "X-A: b\rc", "X-A: b\u{7}c", "X A: b", "X-A\0: b", ": b", "X-Ä: b"] {
        let request = format!("GET /prod/pets HTTP/1.1\r\nHost: {}\r\n{header}\r\n\r\n", api.host);
        let answer = api.connect(&installation).await.ask(request).await;
        assert!(answer.is_none_or(|answer| answer.status == 400), "{header:?}");
    }
    assert_eq!(upstream.targets(), [""; 0]);
}

#[tokio::test]
async fn hop_by_hop_headers_end_at_the_gateway() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let request = format!(
        "GET /prod/pets HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nTE: trailers\r\nUpgrade: h2c\r\n\
         HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nProxy-Connection: keep-alive\r\nX-Kept: yes\r\n\r\n",
        api.host
    );
    let answer = api.connect(&installation).await.ask(request).await.expect("an answer");
    assert_eq!(answer.status, 200);
    let seen = upstream.seen().remove(0);
    for name in ["te", "upgrade", "proxy-connection"] {
        assert_eq!(seen.all(name), [""; 0], "{name}");
    }
    assert_eq!(seen.all("x-kept"), ["yes"]);
    assert_eq!(seen.all("host").len(), 1);
    assert!(!seen.all("host")[0].contains("execute-api"), "the upstream's host is its own");
}

#[tokio::test]
async fn a_forged_origin_is_never_the_last_word() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let request = format!(
        "GET /prod/pets HTTP/1.1\r\nHost: {}\r\nX-Forwarded-For: 10.9.8.7\r\nX-Forwarded-Proto: http\r\n\
         X-Forwarded-Port: 1\r\n\r\n",
        api.host
    );
    let answer = api.connect(&installation).await.ask(request).await.expect("an answer");
    assert_eq!(answer.status, 200);
    let seen = upstream.seen().remove(0);
    assert_eq!(seen.all("x-forwarded-for").join(", "), "10.9.8.7, 127.0.0.1");
    assert_eq!(seen.all("x-forwarded-proto"), ["https"]);
    assert_ne!(seen.all("x-forwarded-port"), ["1"]);
}
