//! What happens where this kernel, or this node, lacks a wall.

mod support;

use std::sync::Arc;
use std::time::Duration;

use base::Timestamp;
use base::clock::ManualClock;
use functions::isolation::{MECHANISMS, Mechanism};
use functions::{InvokeRefusal, Isolation};
use serde_json::json;
use snapshot::{FunctionCode, FunctionRuntime};
use support::{Bench, invocation, tail};

#[tokio::test]
async fn this_machine_has_every_wall_that_a_function_needs() {
    let bench = Bench::new();
    let report = bench.functions.isolation().expect("the scratch folder can be written");
    assert_eq!(report.found.len(), MECHANISMS.len());
    for network in [snapshot::FunctionNetwork::None, snapshot::FunctionNetwork::Host] {
        assert_eq!(report.refusal(network), None, "{report:?}");
    }
}

#[tokio::test]
async fn a_limit_that_nothing_gives_refuses_the_function_before_it_runs() {
    for (lacking, named) in [
        (vec![Mechanism::NetworkNamespace], "no network namespace"),
        (vec![Mechanism::ProcessNamespace], "no process namespace"),
        (vec![Mechanism::MountNamespace, Mechanism::Landlock], "no mount namespace"),
        (vec![Mechanism::MemoryLimit], "no memory limit"),
        (vec![Mechanism::ProcessLimit], "no process limit"),
    ] {
        let bench = Bench::with(|settings| settings.lacking = lacking);
        let version = bench.python("def handler(event, context): return 1").done();
        let refused = bench.call(&version, "{}").await;
        assert!(matches!(&refused, Err(InvokeRefusal::Broken { why }) if why.contains(named)), "{refused:?}");
        assert_eq!(bench.functions.count(), (0, 0));
    }
}

#[tokio::test]
async fn where_isolation_is_waived_functions_run_with_what_there_is() {
    for lacking in [vec![Mechanism::NetworkNamespace], vec![Mechanism::MountNamespace], MECHANISMS.to_vec()] {
        let bench = Bench::with(|settings| {
            settings.isolation = Isolation::Waived;
            settings.lacking = lacking.clone();
        });
        let code = "import tempfile\ndef handler(event, context):\n  with tempfile.NamedTemporaryFile() as file: file.write(b'x')\n  return 'fine'";
        for made in [bench.python(code), bench.node("exports.handler = async () => 'fine';")] {
            let (value, outcome) = bench.ask(&made.done(), "{}").await;
            assert_eq!(value, json!("fine"), "{lacking:?}: {value} {}", tail(&outcome));
        }
        bench.functions.drain(Duration::from_mins(1)).await;
    }
}

#[tokio::test]
async fn without_a_root_of_its_own_landlock_still_keeps_files_away() {
    let bench = Bench::with(|settings| settings.lacking = vec![Mechanism::MountNamespace]);
    let secret = bench.scratch.path().join("secret");
    std::fs::write(&secret, "x").expect("a file");
    let code =
        "def handler(event, context):\n  try: return open(event).read()\n  except OSError as error: return error.errno";
    let version = bench.python(code).done();
    for path in [secret.display().to_string(), "/etc/passwd".to_owned(), "/etc/hostname".to_owned()] {
        let (value, outcome) = bench.ask(&version, &json!(path).to_string()).await;
        assert_eq!(value, json!(13), "{path}: {}", tail(&outcome));
    }
}

/// Below `/dev`, a file system that everybody may write to is mounted at `shm`.
#[tokio::test]
async fn what_is_mounted_below_something_shown_is_there_to_read_only() {
    let bench = Bench::with(|settings| settings.lacking = vec![Mechanism::Landlock]);
    let code = "def handler(event, context):
    try: open('/var/task/shm/' + event, 'w').close()
    except OSError as error: return error.errno
    return 'written'";
    let layer = bench.store(&[("python/app.py", code.as_bytes())]);
    let function = bench.function(FunctionRuntime::Python, "app.handler", &[]);
    let version = function.code(FunctionCode::Folder("/dev".into())).layers(vec![layer]).done();
    let name = format!("portcullis-{}", std::process::id());
    let (value, outcome) = bench.ask(&version, &json!(name).to_string()).await;
    let _ = std::fs::remove_file(std::path::Path::new("/dev/shm").join(&name));
    assert_eq!(value, json!(30), "the file system is read-only: {}", tail(&outcome));
}

#[tokio::test]
async fn without_control_groups_memory_and_processes_are_limited_by_process() {
    let bench = Bench::with(|settings| settings.lacking = vec![Mechanism::CpuLimit]);
    let code = "import os
def handler(event, context):
    if event == 'memory':
        try: return len(bytearray(1 << 30))
        except MemoryError: return 'no memory'
    if event == 'shared':
        import mmap
        try: return len(mmap.mmap(-1, 1 << 30))
        except OSError: return 'none'
    if event == 'zero': return os.path.exists('/dev/zero')
    if event == 'memfd':
        try: return os.memfd_create('x')
        except OSError: return 'none'
    children = 0
    try:
        while True:
            if os.fork() == 0:
                os.read(pipe[0], 1); os._exit(0)
            children += 1
    except OSError:
        return children < 200
pipe = os.pipe()";
    let version = bench.python(code).memory(256).done();
    assert_eq!(bench.ask(&version, "\"memory\"").await.0, json!("no memory"));
    for (event, wanted) in [("shared", json!("none")), ("memfd", json!("none")), ("zero", json!(false))] {
        assert_eq!(
            bench.ask(&version, &json!(event).to_string()).await.0,
            wanted,
            "{event} is memory that nobody counts"
        );
    }
    let (value, outcome) = bench.ask(&version, "\"fork\"").await;
    assert_eq!(value, json!(true), "{}", tail(&outcome));
    let (value, outcome) = bench.ask(&bench.node("exports.handler = async () => 'fine';").done(), "{}").await;
    assert_eq!(value, json!("fine"), "{}", tail(&outcome));
}

#[tokio::test]
async fn a_function_that_may_reaches_the_network_of_the_node() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let bench = Bench::new();
    let code = format!(
        "import socket\ndef handler(event, context):\n  socket.create_connection(('127.0.0.1', {port}), 5); return 'reached'"
    );
    let (value, outcome) = bench.ask(&bench.python(&code).host_network().done(), "{}").await;
    assert_eq!(value, json!("reached"), "{}", tail(&outcome));
    let (value, _) = bench.ask(&bench.python(&code).done(), "{}").await;
    assert_eq!(value["errorType"], "ConnectionRefusedError");
}

#[tokio::test]
async fn time_is_the_nodes_clock() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let bench = Bench::with_clock(clock.clone(), |settings| settings.idle_for = Duration::from_mins(1));
    let version = bench
        .python("import time\ndef handler(event, context):\n  while event: time.sleep(1)\n  return 1")
        .timeout(Duration::from_mins(15))
        .done();
    assert_eq!(bench.ask(&version, "false").await.0, json!(1));
    assert_eq!(bench.functions.count(), (0, 1));
    let running = tokio::spawn({
        let (functions, version) = (bench.functions.clone(), Arc::clone(&version));
        async move { functions.invoke(&version, invocation("true")).await }
    });
    while bench.functions.count() != (1, 0) {
        tokio::task::yield_now().await;
    }
    // The clock may turn before the invocation waits on it: it turns until the invocation has ended.
    while !running.is_finished() {
        clock.advance(Duration::from_secs(901));
        tokio::task::yield_now().await;
    }
    let outcome = running.await.expect("no panic").expect("it runs");
    assert!(outcome.payload.ends_with(b"Task timed out after 900.00 seconds\"}"), "{outcome:?}");
    assert_eq!(bench.ask(&version, "false").await.0, json!(1), "a new instance");
    while bench.functions.count() != (0, 0) {
        clock.advance(Duration::from_secs(61));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_warm_instance_computes_nothing_until_it_is_wanted() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let bench = Bench::with_clock(clock.clone(), |_| {});
    let report = bench.functions.isolation().expect("the scratch folder can be written");
    let groups = |found: &functions::isolation::Found| matches!(&found.state, functions::isolation::State::Present(by) if by.starts_with("control groups"));
    assert!(report.found.iter().any(groups), "this test needs control groups, which the tests' machine has");
    let code = "import os, threading
def spin():
    while True: pass
def handler(event, context):
    if event: threading.Thread(target=spin, daemon=True).start()
    return os.environ['AWS_LAMBDA_LOG_STREAM_NAME']";
    let version = bench.python(code).done();
    let (stream, outcome) = bench.ask(&version, "true").await;
    let stream = stream.as_str().unwrap_or_else(|| panic!("{}", tail(&outcome))).to_owned();
    clock.advance(Duration::from_secs(2));
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while !is_stopped(&stream) {
        assert!(std::time::Instant::now() < deadline, "it still computes");
        clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.ask(&version, "false").await.0, json!(stream), "it goes on where it was");
    assert!(!is_stopped(&stream));
}

/// Whether the runtime with this log stream is stopped by its group.
fn is_stopped(stream: &str) -> bool {
    let processes = std::fs::read_dir("/proc").expect("it is there").flatten();
    let is_it = |process: &std::fs::DirEntry| {
        std::fs::read(process.path().join("environ"))
            .is_ok_and(|all| all.windows(stream.len()).any(|part| part == stream.as_bytes()))
    };
    processes.filter(is_it).any(|process| {
        let groups = std::fs::read_to_string(process.path().join("cgroup")).unwrap_or_default();
        let state = |line: &str| {
            let (kind, path) = line.split_once(':')?.1.split_once(':')?;
            let (folder, file, stopped) = if kind == "freezer" {
                ("/sys/fs/cgroup/freezer", "freezer.state", "FROZEN")
            } else {
                ("/sys/fs/cgroup", "cgroup.freeze", "1")
            };
            std::fs::read_to_string(format!("{folder}{path}/{file}")).ok().map(|state| state.trim() == stopped)
        };
        groups.lines().filter_map(state).any(|stopped| stopped)
    })
}
