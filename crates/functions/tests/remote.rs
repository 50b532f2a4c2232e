//! Functions that live elsewhere: what the remote end is sent, and what is made of its answers.

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use functions::{InvokeRefusal, Outcome};
use snapshot::{FunctionBody, FunctionName, Version};
use support::{Bench, account, invocation};

/// Answers one request and gives back what it was sent.
fn serve_once(answer: Vec<u8>) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/base/", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a caller");
        let (mut request, mut piece) = (Vec::new(), [0; 4096]);
        while !request.ends_with(b"{\"a\":1}") {
            let read = stream.read(&mut piece).expect("a request");
            assert!(read > 0, "the request ends early");
            request.extend_from_slice(&piece[..read]);
        }
        let _ = stream.write_all(&answer);
        String::from_utf8_lossy(&request).into_owned()
    });
    (url, server)
}

fn version(url: &str) -> Arc<Version> {
    Arc::new(Version {
        function_arn: "arn:aws:lambda:eu-central-1:123456789012:function:far".into(),
        function_name: FunctionName { account: account(), name: "far".into() },
        number: "$LATEST".into(),
        revision: "1".into(),
        body: FunctionBody::Remote { url: url.parse().expect("a URL") },
        timeout: Duration::from_secs(5),
        memory_mb: 128,
        reserved_concurrency: None,
    })
}

async fn check(answer: &str) -> (Result<Outcome, InvokeRefusal>, String) {
    let (url, server) = serve_once(answer.as_bytes().to_vec());
    let outcome = Bench::new().functions.invoke(&version(&url), invocation(r#"{"a":1}"#)).await;
    (outcome, server.join().expect("no panic").to_ascii_lowercase())
}

#[tokio::test]
async fn the_remote_end_is_asked_as_lambda_is_and_its_answer_is_read() {
    let answer =
        "HTTP/1.1 200 OK\r\nX-Amz-Executed-Version: 7\r\nX-Amz-Log-Result: bG9n\r\nContent-Length: 2\r\n\r\n42";
    let (outcome, request) = check(answer).await;
    let outcome = outcome.expect("it runs");
    assert_eq!(
        (&outcome.payload[..], outcome.failed, &*outcome.version, &outcome.log_tail[..]),
        (&b"42"[..], false, "7", &b"log"[..])
    );
    for part in [
        "post /base/2015-03-31/functions/far/invocations http/1.1\r\n",
        "x-amz-invocation-type: requestresponse\r\n",
        "x-amz-log-type: tail\r\n",
        "x-amzn-trace-id: root=1-5759e988-bd862e3fe1be46a994272793;sampled=0\r\n",
        "x-amz-client-context: ",
    ] {
        assert!(request.contains(part), "{request}");
    }
}

#[tokio::test]
async fn an_error_of_the_function_is_never_taken_for_success() {
    for header in ["Handled", "Unhandled", "?", "", "\u{fc}"] {
        let (outcome, _) =
            check(&format!("HTTP/1.1 200 OK\r\nX-Amz-Function-Error: {header}\r\nContent-Length: 2\r\n\r\n{{}}")).await;
        assert!(outcome.expect("it runs").failed, "{header}");
    }
}

#[tokio::test]
async fn a_remote_end_that_refuses_or_breaks_off_did_not_run_it() {
    let (outcome, _) = check("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n").await;
    assert!(matches!(outcome, Err(InvokeRefusal::Throttled { .. })), "{outcome:?}");
    for answer in [
        "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 204 No\r\n\r\n",
        "HTTP/1.1 302 Away\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        "no HTTP\r\n\r\n",
    ] {
        let (outcome, _) = check(answer).await;
        assert!(matches!(outcome, Err(InvokeRefusal::Fault { .. })), "{answer}: {outcome:?}");
    }
}

#[tokio::test]
async fn more_than_six_megabytes_are_too_much_from_afar_too() {
    let body = "x".repeat(7 << 20);
    let (outcome, _) = check(&format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())).await;
    let outcome = outcome.expect("it runs");
    assert!(
        outcome.payload.starts_with(b"{\"errorType\":\"Function.ResponseSizeTooLarge\""),
        "{} bytes",
        outcome.payload.len()
    );
    assert!(outcome.failed);
}
