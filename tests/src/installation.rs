//! The real binary, running on free ports in a directory of its own, and gone when the test is.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::Value;
use tempfile::TempDir;

use crate::{Store, eventually};

/// A running node.
#[derive(Debug)]
pub struct Installation {
    // INVARIANT: dropped in this order: the process, then its store, then its directory.
    process: Process,
    store: Arc<Store>,
    home: TempDir,
    endpoints: Value,
    key: (String, String),
}

impl Installation {
    /// Starts a node on a fresh directory and waits until it serves.
    pub async fn start(store: impl Into<Arc<Store>>) -> Installation {
        Installation::start_in(TempDir::new().expect("a temporary directory"), store).await
    }

    /// Starts a node whose master key is this one, as the nodes of a cluster do.
    pub async fn start_with_key(store: impl Into<Arc<Store>>, digits: &str) -> Installation {
        let home = TempDir::new().expect("a temporary directory");
        let file = home.path().join("master.key");
        std::fs::write(&file, digits).expect("a key file");
        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("its owner's alone");
        Installation::start_in(home, store).await
    }

    async fn start_in(home: TempDir, store: impl Into<Arc<Store>>) -> Installation {
        let store = store.into();
        let process = Process::start(home.path(), &store);
        let mut new = Installation { process, store, home, endpoints: Value::Null, key: Default::default() };
        new.until_it_serves().await;
        new
    }

    /// Starts a node on the directory of one that has ended.
    pub async fn restart(&mut self) {
        self.process = Process::start(self.home.path(), &self.store);
        self.until_it_serves().await;
    }

    /// Where AWS's APIs are.
    pub fn admin(&self) -> SocketAddr {
        self.address("admin")
    }

    /// Where the APIs' own traffic goes.
    pub fn gateway(&self) -> SocketAddr {
        self.address("gateway")
    }

    /// The host name of an API's default endpoint.
    pub fn host(&self, api: &str) -> String {
        format!("{api}.execute-api.{}.{}", self.text("region"), self.text("zone"))
    }

    /// The root access key's id and secret.
    pub fn key(&self) -> (&str, &str) {
        (&self.key.0, &self.key.1)
    }

    /// The data directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The local root certificate's file.
    pub fn ca_file(&self) -> PathBuf {
        self.home.path().join("ca.pem")
    }

    /// The local root certificate.
    pub fn ca(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.ca_file()).expect("ca.pem holds a certificate")
    }

    /// Asks the node to end, as an operator's tools would.
    pub fn terminate(&self) {
        self.process.signal("TERM");
    }

    /// Sends the signal that no program survives, without waiting.
    pub fn send_kill(&self) {
        self.process.signal("KILL");
    }

    /// Kills the node in the middle of whatever it does, and waits for its end.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Waits for the end that [`Installation::terminate`] asked for.
    pub async fn ended(&mut self) -> ExitStatus {
        let process = &mut self.process;
        eventually("the node's end", async || process.child.try_wait().expect("a child can be asked")).await
    }

    /// What the node has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("node.log")).unwrap_or_default()
    }

    async fn until_it_serves(&mut self) {
        let file = self.home.path().join("endpoints.json");
        let process = &mut self.process;
        let endpoints = eventually("the node's start", async || {
            let ended = process.child.try_wait().expect("a child can be asked");
            assert!(ended.is_none(), "the node ended while it started: {}", process.log());
            serde_json::from_slice(&std::fs::read(&file).ok()?).ok()
        });
        self.endpoints = endpoints.await;
        self.key = root_key(self.home.path());
    }

    fn address(&self, name: &str) -> SocketAddr {
        let url = self.text(name);
        let (_, authority) = url.split_once("://").expect("an endpoint is a URL");
        authority.parse().expect("an endpoint on the loopback is an address")
    }

    fn text(&self, name: &str) -> &str {
        self.endpoints[name].as_str().expect("endpoints.json names it")
    }
}

#[derive(Debug)]
struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    fn start(home: &Path, store: &Store) -> Process {
        // The last run's file would end the wait for this one.
        let _ = std::fs::remove_file(home.join("endpoints.json"));
        let log = home.join("node.log");
        let out = std::fs::File::create(&log).expect("a log file");
        // The kernel kills the node with the thread that started it, also when the test itself is killed.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(binary()).arg("serve");
        command.args(["--admin", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--store", &store.option()]);
        command.arg("--data-dir").arg(home).current_dir(home);
        command.stdin(Stdio::null()).stdout(out.try_clone().expect("a second handle")).stderr(out);
        let child = command.spawn().expect("the node can be started; `cargo build -p portcullis` makes it");
        Process { child, log }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill can be started").success(), "the node had ended already: {}", self.log());
    }

    fn kill(&mut self) {
        // A node that has ended by itself needs no killing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            println!("the node said:\n{}", self.log());
        }
    }
}

/// The binary under test: `PORTCULLIS_BIN`, or the debug build beside this test.
pub fn binary() -> PathBuf {
    std::env::var_os("PORTCULLIS_BIN").map_or_else(built, PathBuf::from)
}

fn built() -> PathBuf {
    let here = std::env::current_exe().expect("a test has a path");
    here.ancestors().nth(2).expect("cargo puts tests two folders below its binaries").join("portcullis")
}

fn root_key(home: &Path) -> (String, String) {
    let mut command = Command::new(binary());
    command.args(["credentials", "--format", "json", "--data-dir"]).arg(home);
    let answer = command.output().expect("the binary can be started");
    assert!(answer.status.success(), "no credentials: {}", String::from_utf8_lossy(&answer.stderr));
    let key: Value = serde_json::from_slice(&answer.stdout).expect("credentials in JSON");
    let text = |name: &str| key[name].as_str().expect("credentials name it").to_owned();
    (text("access_key_id"), text("secret_access_key"))
}
