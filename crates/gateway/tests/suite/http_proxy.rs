//! `HTTP_PROXY`: what reaches the backend and what comes back.

use crate::support::upstream::{Then, Upstream, text};
use crate::support::{call, plan, proxy};
use http::{Response, StatusCode};
use snapshot::{Integration, Source, Target, Variable};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_request_is_passed_on_as_it_is() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("ANY", "/{proxy+}", proxy(&upstream.authority(), "/base/{proxy}"))]).start();
    let reply =
        site.send("POST /prod/a%2Fb/c%20d?x=1&y=%7B&x=2&z", "Content-Type: text/plain\r\nX-Mine: 1\r\n", "body").await;
    assert_eq!((reply.status, reply.text()), (StatusCode::OK, "ok"));
    let seen = upstream.only();
    assert_eq!((seen.verb.as_str(), &*seen.target), ("POST", "/base/a%2Fb/c%20d?x=1&y=%7B&x=2&z"));
    assert_eq!(seen.body.as_deref(), Some(&b"body"[..]));
    assert_eq!(seen.header("host"), Some(&*upstream.authority()));
    assert_eq!((seen.header("x-mine"), seen.header("content-type")), (Some("1"), Some("text/plain")));
    assert_eq!(seen.header("content-length"), Some("4"));
}

#[tokio::test]
async fn the_backend_learns_whom_the_request_is_from() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    site.send("GET /prod", "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: gopher\r\n", "").await;
    let seen = upstream.only();
    assert_eq!(seen.header("x-forwarded-for"), Some("203.0.113.9, 192.0.2.7"));
    assert_eq!((seen.header("x-forwarded-port"), seen.header("x-forwarded-proto")), (Some("443"), Some("http")));
    assert_eq!(seen.header("x-amzn-apigateway-api-id"), Some(crate::support::API));
    assert_eq!(seen.header("via"), Some("HTTP/1.1 AmazonAPIGateway"));
    let trace = seen.header("x-amzn-trace-id").expect("always");
    assert!(trace.starts_with("Root=1-") && trace.len() == 40, "{trace}");
}

#[tokio::test]
async fn a_clients_trace_goes_on() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";
    site.send("GET /prod", &format!("X-Amzn-Trace-Id: {trace}\r\n"), "").await;
    assert_eq!(upstream.only().header("x-amzn-trace-id"), Some(trace));
}

#[tokio::test]
async fn what_belongs_to_the_hop_ends_here() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    let headers = "Connection: close, X-Hop, Authorization, X-Forwarded-For\r\nX-Hop: 1\r\nTE: trailers\r\n\
        Keep-Alive: 5\r\nProxy-Authorization: x\r\nProxy-Connection: x\r\nMax-Forwards: 5\r\nContent-MD5: x\r\n\
        Server: x\r\nWWW-Authenticate: x\r\nAuthorization: Bearer t\r\n";
    site.send("GET /prod", headers, "").await;
    let seen = upstream.only();
    for name in [
        "x-hop",
        "te",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "max-forwards",
        "content-md5",
        "server",
        "www-authenticate",
    ] {
        assert_eq!(seen.header(name), None, "{name}");
    }
    assert_eq!(seen.header("authorization"), Some("Bearer t"), "`Connection` cannot take it away");
    assert_eq!(seen.header("x-forwarded-for"), Some("192.0.2.7"));
}

#[tokio::test]
async fn a_signature_for_us_is_not_handed_on() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    site.send("GET /prod", "Authorization: AWS4-HMAC-SHA256 Credential=x\r\n", "").await;
    assert_eq!(upstream.only().header("authorization"), None);
}

#[tokio::test]
async fn mappings_set_path_query_and_headers() {
    let upstream = Upstream::ok().await;
    let mut call = call(&upstream.authority(), "/{id}/{lang}?fixed=1");
    call.verb = Some(http::Method::PUT);
    call.parameters = vec![
        (Target::Path("id".into()), Source::RequestPath("pet".into())),
        (Target::Path("lang".into()), Source::RequestQuery("lang".into())),
        (Target::Query("q".into()), Source::RequestHeader("X-Query".into())),
        (Target::Query("all".into()), Source::RequestQueries("n".into())),
        (Target::Header("X-Pet".parse().expect("sound")), Source::RequestPath("pet".into())),
        (Target::Header("X-Static".parse().expect("sound")), Source::Static("fixed".into())),
        (Target::Header("X-Api".parse().expect("sound")), Source::Context(Variable::ApiId)),
        (Target::Header("X-Case".parse().expect("sound")), Source::RequestHeader("x-query".into())),
        (Target::Header("Host".parse().expect("sound")), Source::Static("virtual.example".into())),
        (Target::Header("Transfer-Encoding".parse().expect("sound")), Source::Static("chunked".into())),
    ];
    let site = plan(vec![("GET", "/{pet}", Integration::HttpProxy(call))]).start();
    let reply =
        site.send("GET /prod/a%2fb?lang=d%20e&n=1&n=2&q=old&keep=%41", "X-Query: a&b=c\r\nX-Static: old\r\n", "");
    assert_eq!(reply.await.text(), "ok");
    let seen = upstream.only();
    assert_eq!(seen.verb, http::Method::PUT);
    assert_eq!(seen.target, "/a%2fb/d%20e?fixed=1&lang=d%20e&n=1&n=2&keep=%41&q=a%26b%3Dc&all=1&all=2");
    assert_eq!((seen.header("x-pet"), seen.header("x-static")), (Some("a/b"), Some("fixed")));
    assert_eq!((seen.header("x-api"), seen.header("x-case")), (Some(crate::support::API), None));
    assert_eq!(seen.header("host"), Some("virtual.example"));
    assert_eq!(seen.header("transfer-encoding"), None);
}

#[tokio::test]
async fn a_mapped_value_cannot_climb_or_split_a_header() {
    let upstream = Upstream::ok().await;
    let mut call = call(&upstream.authority(), "/files/{name}");
    call.parameters = vec![
        (Target::Path("name".into()), Source::RequestQuery("name".into())),
        (Target::Header("X-Name".parse().expect("sound")), Source::RequestQuery("name".into())),
    ];
    let site = plan(vec![("GET", "/", Integration::HttpProxy(call))]).start();
    for name in ["..", "..%2fetc", "a%5c..%5cb", ".", "%00", "%ff", "x%0d%0aEvil:1"] {
        let reply = site.get(&format!("/prod?name={name}")).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{name}");
    }
    assert!(upstream.seen().is_empty());
    assert_eq!(site.get("/prod?name=a%2Fb").await.status, StatusCode::OK);
    assert_eq!(upstream.only().target, "/files/a%2Fb?name=a%2Fb");
}

#[tokio::test]
async fn a_parameter_in_the_host_stays_a_host() {
    let upstream = Upstream::ok().await;
    let mut call = call("ignored", "{host}/x");
    call.authority = None;
    let site = plan(vec![("GET", "/{host}", Integration::HttpProxy(call))]).start();
    let reply = site.get(&format!("/prod/{}", upstream.authority())).await;
    assert_eq!(reply.text(), "ok");
    assert_eq!(upstream.only().target, "/x");
    let mut call = crate::support::call("ignored", "{host}.internal.example/x");
    call.authority = None;
    let suffixed = plan(vec![("GET", "/{host}", Integration::HttpProxy(call))]).start();
    let reply = suffixed.get(&format!("/prod/{}", upstream.authority())).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST, "a caller's port must not cut the owner's suffix off");
    for host in ["user@host", "a%2fb", "a%3fb", "a%23b", "a%5cb", "h%40x"] {
        assert_eq!(site.get(&format!("/prod/{host}")).await.status, StatusCode::BAD_REQUEST, "{host}");
    }
}

#[tokio::test]
async fn an_answer_is_passed_back() {
    let upstream = Upstream::start(|_| {
        Response::builder()
            .status(503)
            .header("content-type", "text/x")
            .header("set-cookie", "a=1")
            .header("set-cookie", "b=2")
            .header("server", "backend")
            .header("via", "1.1 other")
            .header("x-amzn-requestid", "theirs")
            .header("content-encoding", "br")
            .body(text("sorry"))
            .unwrap()
    })
    .await;
    let site = plan(vec![("ANY", "/", proxy(&upstream.authority(), "/"))]).start();
    let reply = site.get("/prod").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (503, "sorry"));
    assert_eq!(reply.headers.get_all("set-cookie").iter().count(), 2);
    assert_eq!((reply.header("content-type"), reply.header("content-encoding")), (Some("text/x"), Some("br")));
    assert_eq!((reply.header("server"), reply.header("x-amzn-remapped-server")), (None, Some("backend")));
    assert_eq!(reply.header("x-amzn-remapped-content-length"), Some("5"));
    assert_eq!(reply.header("x-amzn-remapped-x-amzn-requestid"), Some("theirs"));
    assert_eq!(reply.header("x-amzn-requestid").map(str::len), Some(36));
    assert!(reply.header("x-amzn-remapped-date").is_some());
    assert_eq!((reply.header("via"), reply.header("x-amzn-errortype")), (None, None));
    assert_eq!(reply.header("x-amzn-trace-id"), None);
}

#[tokio::test]
async fn an_answer_to_head_tells_its_length() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("ANY", "/", proxy(&upstream.authority(), "/"))]).start();
    let reply = site.send("HEAD /prod", "", "").await;
    assert_eq!((reply.status, reply.text(), reply.header("content-length")), (StatusCode::OK, "", Some("2")));
}

#[tokio::test]
async fn split_cookies_arrive_as_one() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    site.send("GET /prod", "Cookie: a=1\r\nCookie: b=2\r\n", "").await;
    let seen = upstream.only();
    assert_eq!(seen.headers.get_all("cookie").iter().count(), 1);
    assert_eq!(seen.header("cookie"), Some("a=1; b=2"));
}

#[tokio::test]
async fn every_answer_has_a_media_type() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    assert_eq!(site.get("/prod").await.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_backend_cannot_switch_protocols() {
    let answer = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
    let upstream = Upstream::raw(answer, Then::StaySilent).await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    let reply = site.send("GET /prod", "Connection: upgrade\r\nUpgrade: x\r\n", "").await;
    assert!(reply.status.is_server_error(), "{}", reply.status);
}

/// Calls a backend and hands out the head it was sent, byte for byte.
async fn sent_head(call: impl FnOnce(&str) -> Integration, request: &str, headers: &str) -> String {
    let backend = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let authority = backend.local_addr().expect("bound").to_string();
    let reading = tokio::spawn(async move {
        let (mut stream, _) = backend.accept().await.expect("called");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a whole head"));
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.expect("taken");
        String::from_utf8(head).expect("text")
    });
    let site = plan(vec![("ANY", "/{proxy+}", call(&authority))]).start();
    assert_eq!(site.send(request, headers, "").await.text(), "ok");
    reading.await.expect("a head").replace(&authority, "BACKEND")
}

#[tokio::test]
async fn a_backend_sees_the_clients_header_names_in_their_case_and_order() {
    let headers = "X-MiXeD: 1\r\naccept: */*\r\nConnection: keep-alive, x-HOP\r\nCOOKIE: a=1\r\nX-Hop: 1\r\n\
        X-AMZN-Trace-ID: Root=1-x\r\nx-mixed: 2\r\nCookie: b=2\r\nX-FORWARDED-for: 203.0.113.9\r\nVIA: 1.1 other\r\n";
    let head = sent_head(|authority| proxy(authority, "/{proxy}"), "GET /prod/a?b=C", headers).await;
    let api = crate::support::API;
    let want = format!(
        "GET /a?b=C HTTP/1.1\r\nHost: BACKEND\r\nX-MiXeD: 1\r\naccept: */*\r\nCOOKIE: a=1; b=2\r\nx-mixed: 2\r\n\
        VIA: 1.1 other\r\nVia: HTTP/1.1 AmazonAPIGateway\r\nX-Forwarded-For: 203.0.113.9, 192.0.2.7\r\n\
        X-Forwarded-Port: 443\r\nX-Forwarded-Proto: http\r\nX-Amzn-Trace-Id: Root=1-x\r\n\
        x-amzn-apigateway-api-id: {api}\r\n\r\n"
    );
    assert_eq!(head, want);
}

#[tokio::test]
async fn a_mapping_takes_the_place_of_everything_of_its_name() {
    let mapped = |authority: &str| {
        let mut call = call(authority, "/{proxy}");
        let sets =
            |name: &str, value: &str| (Target::Header(name.parse().expect("sound")), Source::Static(value.into()));
        call.parameters = vec![
            sets("x-a", "mapped"),
            sets("via", "mapped"),
            sets("x-forwarded-for", "mapped"),
            sets("host", "mapped.example"),
            sets("cookie", "mapped"),
            sets("connection", "mapped"),
            sets("content-length", "9"),
        ];
        Integration::HttpProxy(call)
    };
    let headers =
        "X-A: 1\r\nx-a: 2\r\nX-B: 1\r\nVia: 1.1 other\r\nCookie: a\r\nCookie: b\r\nX-Forwarded-For: 203.0.113.9\r\n";
    let head = sent_head(mapped, "POST /prod/a", headers).await;
    let mut lines: Vec<_> = head.lines().filter(|line| !line.starts_with("X-Amzn-Trace-Id: ")).collect();
    lines.sort_unstable();
    let api = format!("x-amzn-apigateway-api-id: {}", crate::support::API);
    let want = [
        "",
        "Content-Length: 0",
        "Host: mapped.example",
        "POST /a HTTP/1.1",
        "X-B: 1",
        "X-Forwarded-Port: 443",
        "X-Forwarded-Proto: http",
        "cookie: mapped",
        "via: mapped",
        "x-a: mapped",
        &api,
        "x-forwarded-for: mapped",
    ];
    assert_eq!(lines, want);
}
