#![allow(missing_docs, dead_code, clippy::all, clippy::pedantic)]
#[path = "../tests/suite/support/mod.rs"]
mod support;
use edge::Handler as _;
use http_body_util::BodyExt as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nDate: Wed, 25 Nov 2026 04:00:00 GMT\r\nServer: nginx\r\nContent-Length: 2\r\nContent-Type: text/plain\r\nConnection: keep-alive\r\nETag: \"abc\"\r\n\r\nok";
const N: u32 = 20_000;
fn answer(mut stream: TcpStream) {
    let mut room = [0; 4096];
    let _ = stream.set_nodelay(true);
    while stream.read(&mut room).is_ok_and(|read| read > 0) {
        if stream.write_all(ANSWER).is_err() {
            return;
        }
    }
}
#[inline(never)]
async fn journey(site: &support::Site, arrived: edge::Arrived) {
    let response = site.gateway.handle(arrived).await;
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(&body[..], b"ok");
}
fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        let site = support::plan(vec![("ANY", "/{proxy+}", support::proxy(&address.to_string(), "/{proxy}"))]).start();
        let head = format!("GET /prod/pets/7?kind=cat HTTP/1.1\r\nHost: {}\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\nAccept-Encoding: gzip, br\r\nX-Request-Source: bench\r\nAuthorization: Bearer abcdefghijklmnop\r\n\r\n", support::HOST);
        for _ in 0..N { journey(&site, support::arrived(&head, "")).await; }
    });
}
