//! Runtimes that talk to the Runtime API as they like: what they say reaches nobody but their own caller.

mod support;

use std::time::Duration;

use functions::InvokeRefusal;
use functions::isolation::Mechanism;
use serde_json::json;
use snapshot::FunctionRuntime;
use support::{Bench, Made, dies, survives, tail};

/// A runtime of the function's own that talks to the Runtime API as it likes.
fn raw(bench: &Bench, talk: &str) -> Made {
    let code = format!(
        "#!/usr/bin/python3
import http.client, os, socket, sys, time
host, port = os.environ['AWS_LAMBDA_RUNTIME_API'].split(':')
def ask(method, path, body=None, headers={{}}):
    c = http.client.HTTPConnection(host, int(port))
    c.request(method, '/2018-06-01/runtime/' + path, body, headers)
    r = c.getresponse()
    return r, r.read()
while True:
    r, event = ask('GET', 'invocation/next')
    id = r.getheader('Lambda-Runtime-Aws-Request-Id')
    {}
",
        talk.replace('\n', "\n    ")
    );
    bench.function(FunctionRuntime::Provided, "any", &[("bootstrap", &code)])
}

#[tokio::test]
async fn an_answer_for_another_request_is_refused() {
    let bench = Bench::new();
    let talk = "other = '00000000-0000-4000-8000-000000000000'
r, body = ask('POST', f'invocation/{other}/response', b'\"stolen\"')
ask('POST', f'invocation/{id}/response', b'{\"status\":%d,\"said\":%s}' % (r.status, body))";
    let (value, _) = survives(&bench, raw(&bench, talk)).await;
    assert_eq!(
        value,
        json!({"status": 400, "said": {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"}})
    );
}

#[tokio::test]
async fn a_second_answer_is_refused_and_reaches_nobody() {
    let bench = Bench::new();
    let talk = "if event == b'2': ask('POST', f'invocation/{id}/response', b'%d' % second)
else:
    ask('POST', f'invocation/{id}/response', b'1')
    r, body = ask('POST', f'invocation/{id}/response', b'\"twice\"')
    second = r.status";
    let version = raw(&bench, talk).done();
    assert_eq!(bench.ask(&version, "1").await.0, json!(1));
    assert_eq!(bench.ask(&version, "2").await.0, json!(403));
}

#[tokio::test]
async fn a_runtime_that_owes_an_answer_gets_no_other_event() {
    let bench = Bench::new();
    let talk = "r, body = ask('GET', 'invocation/next')
ask('POST', f'invocation/{id}/response', b'%d' % r.status)";
    assert_eq!(survives(&bench, raw(&bench, talk)).await.0, json!(403));
}

#[tokio::test]
async fn bytes_that_are_no_json_are_passed_on_as_they_are() {
    let bench = Bench::new();
    let version = raw(&bench, "ask('POST', f'invocation/{id}/response', b'\\xff{not json')").done();
    let outcome = bench.call(&version, "{}").await.expect("it runs");
    assert_eq!((&outcome.payload[..], outcome.failed), (&b"\xff{not json"[..], false));
}

#[tokio::test]
async fn seven_megabytes_are_too_much_of_an_answer() {
    for code in ["def handler(event, context): return 'x' * (7 << 20)"] {
        let message = "Response payload size exceeded maximum allowed payload size (6291556 bytes).";
        dies(|bench| bench.python(code), "Function.ResponseSizeTooLarge", message).await;
    }
    let bench = Bench::new();
    let (value, _) = survives(&bench, bench.python("def handler(event, context): return 'x' * (6 << 20)")).await;
    assert_eq!(value.as_str().map(str::len), Some(6 << 20));
}

#[tokio::test]
async fn an_event_of_seven_megabytes_is_refused_before_it_runs() {
    let bench = Bench::new();
    let version = bench.python("def handler(event, context): return 1").done();
    let refused = bench.call(&version, &format!("\"{}\"", "x".repeat(7 << 20))).await;
    assert!(matches!(refused, Err(InvokeRefusal::TooLarge { max: 6_291_456, .. })), "{refused:?}");
}

#[tokio::test]
async fn a_slow_drip_ends_with_its_time() {
    let talk = "s = socket.create_connection((host, int(port)))
s.sendall(f'POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1000\\r\\n\\r\\n'.encode())
while True:
    s.sendall(b'x')
    time.sleep(0.01)";
    let made = |bench: &Bench| raw(bench, talk).timeout(Duration::from_secs(1));
    dies(made, "Sandbox.Timedout", "Task timed out after 1.00 seconds").await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_none() {
    let talk = "s = socket.create_connection((host, int(port)))
s.sendall(f'POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1000\\r\\n\\r\\nhalf'.encode())
s.close()
time.sleep(60)";
    dies(|bench| raw(bench, talk), "Runtime.TruncatedResponse", "the response broke off").await;
}

#[tokio::test]
async fn another_process_cannot_ask_for_the_events_of_a_function_with_the_nodes_network() {
    let bench = Bench::new();
    let version = bench
        .python("import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_RUNTIME_API']")
        .host_network()
        .done();
    let (address, outcome) = bench.ask(&version, "{}").await;
    let address = address.as_str().unwrap_or_else(|| panic!("{}", tail(&outcome))).to_owned();
    let stolen = tokio::task::spawn_blocking(move || {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(address).expect("it listens on loopback");
        let _ = stream.write_all(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    });
    assert_eq!(stolen.await.expect("no panic"), b"", "it was answered");
}

/// As where the node is not root: its functions have its own user outside, and so nobody else's processes may ask.
#[tokio::test]
async fn another_user_cannot_ask_for_the_events_of_a_function_that_has_the_nodes_user() {
    if std::fs::metadata("/proc/self").is_ok_and(|us| std::os::unix::fs::MetadataExt::uid(&us) != 0) {
        eprintln!("only root can become another user: this is not tried");
        return;
    }
    let bench = Bench::with(|settings| settings.lacking = vec![Mechanism::MountNamespace]);
    let version = bench
        .python("import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_RUNTIME_API']")
        .host_network()
        .done();
    let (address, outcome) = bench.ask(&version, "{}").await;
    let address = address.as_str().unwrap_or_else(|| panic!("{}", tail(&outcome))).to_owned();
    let ask = "import socket, sys
host, port = sys.argv[1].split(':')
s = socket.create_connection((host, int(port)), 10)
s.settimeout(10)
try:
    s.sendall(b'GET /2018-06-01/runtime/invocation/other HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
    print(s.recv(1000))
except ConnectionError:
    print(b'')";
    for (user, answered) in [("4242", false), ("0", true)] {
        let mut asking = tokio::process::Command::new("setpriv");
        asking.args(["--reuid", user, "--clear-groups", "--", "/usr/bin/python3", "-c", ask, &address]);
        let said = asking.output().await.expect("setpriv and python3 are there");
        let said = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        assert_eq!(said.contains("404"), answered, "as {user}: {said}");
        assert!(answered || said == "b''\n", "as {user}: {said}");
    }
}
