//! Functions that mean harm: each ends one invocation and nothing else.

mod support;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use functions::InvokeRefusal;
use serde_json::{Value, json};
use snapshot::{FunctionCode, FunctionRuntime};
use support::{Bench, dies, survives, tail};

#[tokio::test]
async fn an_exit_ends_one_invocation() {
    let code = "import sys\ndef handler(event, context): sys.exit(3)";
    dies(|bench| bench.python(code), "Runtime.ExitError", "Error: Runtime exited with error: exit status 3").await;
}

#[tokio::test]
async fn an_exit_without_a_word_ends_one_invocation() {
    let code = "import os\ndef handler(event, context): os._exit(0)";
    dies(|bench| bench.python(code), "Runtime.ExitError", "Error: Runtime exited without providing a reason").await;
}

#[tokio::test]
async fn a_signal_ends_one_invocation() {
    let code = "import os\ndef handler(event, context): os.kill(os.getpid(), 11)";
    dies(|bench| bench.python(code), "Runtime.ExitError", "Runtime exited with error: signal: segmentation fault")
        .await;
}

#[tokio::test]
async fn an_exit_while_loading_ends_one_invocation() {
    dies(|bench| bench.python("import os\nos._exit(7)"), "Runtime.ExitError", "exit status 7").await;
}

#[tokio::test]
async fn an_endless_loop_ends_with_its_time() {
    let code = "def handler(event, context):\n  while True: pass";
    let made = |bench: &Bench| bench.python(code).timeout(Duration::from_secs(1));
    dies(made, "Sandbox.Timedout", "Error: Task timed out after 1.00 seconds").await;
}

#[tokio::test]
async fn a_fork_bomb_ends_with_its_time() {
    let code = "import os
def handler(event, context):
    while True:
        try: os.fork()
        except OSError: pass";
    let made = |bench: &Bench| bench.python(code).timeout(Duration::from_secs(2));
    dies(made, "Sandbox.Timedout", "Error: Task timed out after 2.00 seconds").await;
}

#[tokio::test]
async fn a_hog_runs_out_of_its_own_memory() {
    let code = "def handler(event, context):
    hog = []
    while True: hog.append(bytearray(16 << 20))";
    let made = |bench: &Bench| bench.python(code).memory(128);
    dies(made, "Runtime.OutOfMemory", "Error: Runtime exited with error: signal: killed").await;
}

#[tokio::test]
async fn a_full_tmp_is_the_functions_own_trouble() {
    let bench = Bench::new();
    let code = "def handler(event, context):
    piece = b'x' * (1 << 20)
    try:
        with open('/tmp/full', 'wb') as file:
            for _ in range(600): file.write(piece)
    except OSError as error:
        return error.errno";
    let (value, outcome) = survives(&bench, bench.python(code).memory(1024)).await;
    assert_eq!(value, json!(28), "no space is left: {}", tail(&outcome));
}

/// What a function cannot have: an expression in Python, and the names of the errors that are right.
const OUT_OF_REACH: &[(&str, &[&str])] = &[
    ("open('/etc/shadow').read()", &["FileNotFoundError"]),
    ("open('/proc/1/environ').read()", &["FileNotFoundError", "PermissionError"]),
    ("os.listdir('/proc/1/fd')", &["FileNotFoundError", "PermissionError"]),
    ("open('/proc/1/mem', 'rb').read(1)", &["FileNotFoundError", "PermissionError"]),
    ("os.listdir('/var/tmp')", &["FileNotFoundError", "PermissionError"]),
    ("os.listdir('/var/lib')", &["FileNotFoundError"]),
    ("os.listdir('/run')", &["FileNotFoundError"]),
    ("os.listdir('/home')", &["FileNotFoundError"]),
    ("os.listdir('/sys')", &["FileNotFoundError"]),
    ("os.listdir(SCRATCH)", &["FileNotFoundError"]),
    ("open('/var/task/app.py', 'a')", &["OSError", "PermissionError"]),
    ("open('/var/runtime/bootstrap.py', 'a')", &["OSError", "PermissionError"]),
    ("open('/usr/bin/x', 'w')", &["OSError", "PermissionError"]),
    ("open('/x', 'w')", &["OSError", "PermissionError"]),
    ("open('/dev/sda')", &["FileNotFoundError"]),
    ("socket.create_connection(('127.0.0.1', PORT), 1)", &["ConnectionRefusedError"]),
    ("socket.create_connection(('1.1.1.1', 53), 1)", &["OSError"]),
    ("socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", &["OSError", "PermissionError"]),
    ("socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)", &["OSError"]),
    ("os.setuid(0)", &["PermissionError", "OSError"]),
    ("os.chroot('/tmp')", &["OSError", "PermissionError"]),
    ("os.unshare(os.CLONE_NEWUSER)", &["OSError", "AttributeError"]),
    ("libc('mount', b'none', b'/tmp', b'tmpfs', 0, None)", &["OSError"]),
    ("libc('unshare', 0x10000000)", &["OSError"]),
    ("libc('ptrace', 16, 1, None, None)", &["OSError"]),
    ("libc('ptrace', 0, 0, None, None)", &["OSError"]),
    ("libc('syscall', 425, 8, None)", &["OSError"]),
    ("libc('syscall', 321, 0, None, 0)", &["OSError"]),
    ("libc('syscall', 250, 0, 0, 0, 0, 0)", &["OSError"]),
    ("libc('syscall', 323, 0)", &["OSError"]),
    ("libc('syscall', 56, 0x10000000 | 17, None, None, None, None)", &["OSError"]),
    ("libc('keyctl', 0)", &["OSError", "AttributeError"]),
    ("libc('sethostname', b'x', 1)", &["OSError"]),
    ("os.mknod('/tmp/disk', 0o060644, os.makedev(8, 0))", &["OSError", "PermissionError"]),
];

#[tokio::test]
async fn nothing_of_the_node_or_the_machine_is_within_reach() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let bench = Bench::new();
    let scratch = bench.scratch.path().display().to_string();
    let code = format!(
        "import os, socket, ctypes
SCRATCH, PORT = {scratch:?}, {port}
def libc(name, *arguments):
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    if function(*arguments) == -1:
        raise OSError(ctypes.get_errno(), 'refused')
def handler(event, context):
    try:
        return ['reached', repr(eval(event))]
    except Exception as error:
        return ['refused', type(error).__name__, str(error)]"
    );
    let version = bench.python(&code).done();
    for (expression, errors) in OUT_OF_REACH {
        let (value, outcome) = bench.ask(&version, &Value::from(*expression).to_string()).await;
        let error = value[1].as_str().unwrap_or_default();
        assert!(value[0] == "refused" && errors.contains(&error), "{expression}: {value} {}", tail(&outcome));
    }
    drop(listener);
}

#[tokio::test]
async fn it_is_nobody_with_no_rights_and_no_environment_of_ours() {
    let bench = Bench::new();
    let code = "import os
def handler(event, context):
    status = dict(line.split(':', 1) for line in open('/proc/self/status').read().splitlines())
    fds = sorted(int(fd) for fd in os.listdir('/proc/self/fd'))
    return {'uid': os.getuid(), 'gid': os.getgid(), 'groups': os.getgroups(), 'pids': [p for p in os.listdir('/proc') if p.isdigit()],
            'caps': [status[n].strip() for n in ('CapPrm', 'CapEff', 'CapBnd', 'CapAmb')], 'nnp': status['NoNewPrivs'].strip(),
            'seccomp': status['Seccomp'].strip(), 'env': sorted(os.environ), 'fds': fds,
            'links': [os.readlink(f'/proc/self/fd/{fd}') for fd in fds if os.path.lexists(f'/proc/self/fd/{fd}')]}";
    let (value, outcome) = bench.ask(&bench.python(code).variable("MINE", "1").done(), "{}").await;
    let none = "0000000000000000";
    assert_eq!(value["uid"], 993, "{}", tail(&outcome));
    assert_eq!((&value["gid"], &value["groups"]), (&json!(990), &json!([])));
    assert_eq!(value["caps"], json!([none, none, none, none]));
    assert_eq!((&value["nnp"], &value["seccomp"]), (&json!("1"), &json!("2")));
    assert!(value["pids"].as_array().is_some_and(|pids| pids.len() <= 2), "{value}");
    let known = |name: &str| {
        name.starts_with("AWS_")
            || name.starts_with("LAMBDA_")
            || [
                "_HANDLER",
                "_X_AMZN_TRACE_ID",
                "LANG",
                "LC_CTYPE",
                "LD_LIBRARY_PATH",
                "MINE",
                "PATH",
                "PYTHONDONTWRITEBYTECODE",
                "PYTHONPATH",
                "TZ",
            ]
            .contains(&name)
    };
    let names = value["env"].as_array().expect("names");
    assert!(names.iter().all(|name| known(name.as_str().unwrap_or_default())), "{names:?}");
    let links = value["links"].as_array().expect("links").iter().filter_map(Value::as_str);
    for link in links {
        let ours = ["/dev/null", "pipe:", "socket:", "/proc/"].iter().any(|kind| link.starts_with(kind));
        assert!(ours, "it holds {link}");
    }
    assert!(value["fds"].as_array().is_some_and(|fds| fds.len() <= 5), "{value}");
}

#[tokio::test]
async fn a_folder_that_is_hidden_stays_hidden_below_one_that_is_shown() {
    let (system, own) = (tempfile::tempdir_in("/usr/local").expect("a folder"), tempfile::tempdir().expect("a folder"));
    let data = own.path().join("data");
    std::fs::create_dir(&data).expect("a folder");
    for folder in [system.path(), &data] {
        std::fs::write(folder.join("secret"), "x").expect("a file");
    }
    let code = "import os\ndef handler(event, context):\n  try: return os.listdir(event)\n  except OSError as error: return error.errno";
    std::fs::write(own.path().join("app.py"), code).expect("a file");
    for path in [own.path(), &own.path().join("data"), system.path()] {
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(path, open).expect("it is ours");
    }
    let bench = Bench::with(|settings| settings.hidden = vec![system.path().to_path_buf(), data.clone()]);
    let version = bench.python("").code(FunctionCode::Folder(own.path().to_path_buf())).done();
    for path in [system.path().display().to_string(), "/var/task/data".to_owned()] {
        let (value, outcome) = bench.ask(&version, &Value::from(path).to_string()).await;
        assert!(value == json!(13) || value == json!([]), "{value} {}", tail(&outcome));
    }
}

#[tokio::test]
async fn a_bootstrap_that_cannot_start_says_why() {
    let broken =
        |bench: &Bench| bench.function(FunctionRuntime::Provided, "any", &[("bootstrap", "\u{7f}not a program")]);
    let bench = Bench::new();
    let (value, _) = survives(&bench, broken(&bench)).await;
    assert_eq!(value["errorType"], "Runtime.InvalidEntrypoint", "{value}");
    let none = bench.function(FunctionRuntime::Provided, "any", &[("other", "x")]).done();
    let refused = bench.call(&none, "{}").await;
    assert!(matches!(&refused, Err(InvokeRefusal::Broken { why }) if why.contains("bootstrap")), "{refused:?}");
}

#[tokio::test]
async fn code_that_is_not_what_was_stored_or_no_archive_never_runs() {
    let bench = Bench::new();
    let version = bench.python("").code(bench.store_bytes(b"no archive".to_vec())).done();
    let refused = bench.call(&version, "{}").await;
    assert!(matches!(&refused, Err(InvokeRefusal::Broken { why }) if why.contains("archive")), "{refused:?}");
    let version = bench.python("").code(FunctionCode::Stored { scope: support::scope(), digest: [7; 32] }).done();
    let refused = bench.call(&version, "{}").await;
    assert!(matches!(refused, Err(InvokeRefusal::Fault { .. })), "{refused:?}");
}

#[tokio::test]
async fn what_a_function_leaves_running_ends_with_its_instance() {
    let bench = Bench::new();
    let code = "import subprocess, os
def handler(event, context):
    subprocess.Popen(['sleep', '86399'], start_new_session=True)
    os._exit(1)";
    bench.ask(&bench.python(code).done(), "{}").await;
    bench.functions.drain(Duration::from_mins(1)).await;
    let deadline = Instant::now() + Duration::from_secs(5);
    while sleepers() > 0 {
        assert!(Instant::now() < deadline, "it still sleeps");
        tokio::task::yield_now().await;
    }
}

/// Processes that sleep for that long.
fn sleepers() -> usize {
    let is_one =
        |pid: &std::path::Path| std::fs::read(pid.join("cmdline")).is_ok_and(|line| line == b"sleep\x0086399\0");
    std::fs::read_dir("/proc").expect("it is there").flatten().filter(|entry| is_one(&entry.path())).count()
}

#[tokio::test]
async fn a_kept_instance_serves_no_other_revision() {
    let bench = Bench::new();
    let one = bench.python("def handler(event, context): return 1").done();
    let two = bench.python("def handler(event, context): return 2").done();
    for (version, wanted) in [(&one, 1), (&two, 2), (&one, 1)] {
        assert_eq!(bench.ask(version, "{}").await.0, json!(wanted));
    }
    assert_eq!(bench.functions.count(), (0, 2));
    bench.functions.forget(|version| version.revision == Arc::clone(&one).revision);
    assert_eq!(bench.functions.count(), (0, 1));
}

#[tokio::test]
async fn what_the_node_inherited_goes_no_further() {
    let secret = tempfile::NamedTempFile::new().expect("a file");
    rustix::io::fcntl_setfd(secret.as_file(), rustix::io::FdFlags::empty()).expect("it is open");
    let bench = Bench::new();
    let code = "import os
def handler(event, context):
    links = []
    for fd in os.listdir('/proc/self/fd'):
        try: links.append(os.readlink('/proc/self/fd/' + fd))
        except OSError: pass
    return links";
    let (value, outcome) = bench.ask(&bench.python(code).done(), "{}").await;
    let links = value.as_array().unwrap_or_else(|| panic!("{}", tail(&outcome)));
    let name = secret.path().display().to_string();
    assert!(!links.is_empty() && links.iter().all(|link| link.as_str() != Some(&name)), "{links:?}");
}
