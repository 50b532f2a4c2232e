//! A PostgreSQL server for tests: made anew in a temporary directory, on a free port, gone with the test's process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::str::FromStr as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// The URL of a new, empty database on a server that all tests of this process share.
pub async fn database() -> String {
    static SHARED: OnceLock<Server> = OnceLock::new();
    let server = tokio::task::spawn_blocking(|| SHARED.get_or_init(Server::start)).await.expect("the server starts");
    server.database().await
}

/// A running server. It is stopped and its files are removed when this is dropped, and when the process ends however.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    dir: PathBuf,
    port: u16,
    running: Option<Running>,
    databases: AtomicU32,
}

/// The shell that watches over the server.
#[derive(Debug)]
struct Running {
    shell: Child,
    order: Option<ChildStdin>,
}

/// Runs the server until a line on its input says to stop it, or until the input ends with the test's process; then the
/// files go as well. The shell itself writes nothing: with its reader gone, the first word would kill it.
const WATCH: &str = r#"
dir=$1; shift
"$@" </dev/null &
server=$!
exec 2>/dev/null
if read -r order; then
    kill -QUIT $server; wait $server
else
    kill -QUIT $server; wait $server; rm -rf "$dir"
fi
"#;

/// How often another port is tried where somebody was quicker.
const PORT_ATTEMPTS: u32 = 5;

impl Server {
    /// Makes and starts a server that forgets on a crash of the machine (`fsync=off`), which no test can tell.
    ///
    /// # Panics
    /// Where PostgreSQL is not installed or does not start: a test that needs it must not pass.
    pub fn start() -> Self {
        let programs = programs();
        let dir = tempfile::Builder::new().prefix("portcullis-postgres-").tempdir().expect("a directory").keep();
        let mut server = Self { programs, dir, port: 0, running: None, databases: AtomicU32::new(0) };
        server.make_cluster();
        for _ in 0..PORT_ATTEMPTS {
            server.port = free_port();
            if server.run() {
                return server;
            }
        }
        panic!("PostgreSQL does not start; see its messages above");
    }

    /// A new, empty database; sorted as English is where the server can, so that whoever relies on the order of bytes
    /// without saying so is found out.
    pub async fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let admin = PgConnectOptions::from_str(&self.url("postgres")).expect("a URL of ours");
        let mut connection = admin.connect().await.expect("the server answers");
        let english = format!("CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
        if sqlx::raw_sql(AssertSqlSafe(english)).execute(&mut connection).await.is_err() {
            // Servers before 15 do not know this clause.
            let plain = AssertSqlSafe(format!("CREATE DATABASE {name}"));
            sqlx::raw_sql(plain).execute(&mut connection).await.expect("a new database");
        }
        connection.close().await.expect("the server answers");
        self.url(&name)
    }

    /// Ends the server at once, as a crash would: clients lose their connections, what was committed stays.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            let order = running.order.as_mut().expect("it is there until the end");
            order.write_all(b"stop\n").expect("the shell listens");
            running.shell.wait().expect("the shell ends");
        }
    }

    /// Starts it again, on the same port and files.
    pub fn restart(&mut self) {
        self.kill();
        assert!(self.run(), "PostgreSQL does not start again; see its messages above");
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    fn make_cluster(&self) {
        if let Some(user) = other_user() {
            std::fs::set_permissions(&self.dir, std::fs::Permissions::from_mode(0o700)).expect("our directory");
            chown(&self.dir, Some(user.uid), Some(user.gid)).expect("our directory");
        }
        let arguments =
            ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"];
        let made = self.command("initdb").args(arguments).arg(self.dir.join("data")).output().expect("initdb runs");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
    }

    /// Starts the server and waits for it; `false` where it gave up.
    fn run(&mut self) -> bool {
        let settings = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=500",
            "fsync=off",
            "shared_buffers=16MB",
            "lc_messages=C",
            "logging_collector=off",
            "log_destination=stderr",
        ];
        let server = self.command("postgres");
        let mut shell = Command::new("sh");
        shell.args(["-c", WATCH, "watch"]).arg(&self.dir).arg(server.get_program()).args(server.get_args());
        shell.arg("-D").arg(self.dir.join("data")).arg("-p").arg(self.port.to_string());
        shell.args(settings.iter().flat_map(|setting| ["-c", setting]));
        // In a group of its own, for it must outlive a test whose group is killed by a moment.
        shell.process_group(0).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut shell = shell.spawn().expect("sh runs");
        let order = shell.stdin.take();
        let mut messages = BufReader::new(shell.stderr.take().expect("it is piped")).lines().map_while(Result::ok);
        let mut said = Vec::new();
        let ready = messages.by_ref().any(|line| {
            said.push(line);
            said.last().is_some_and(|line| line.contains("ready to accept connections"))
        });
        if ready {
            // Somebody must go on reading, or the server would wait for room in the pipe.
            std::thread::spawn(move || messages.for_each(drop));
            self.running = Some(Running { shell, order });
        } else {
            eprintln!("{}", said.join("\n"));
            drop(order);
            shell.wait().expect("the shell ends");
        }
        ready
    }

    /// A program of PostgreSQL's, as a user it accepts. It dies with its parent.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if let Some(User { uid, gid }) = other_user() {
            command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups");
        }
        command.arg(program).current_dir("/");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.order.take();
            // Its end is awaited so that whoever looks afterwards finds nothing.
            let _ = running.shell.wait();
        } else {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

/// Somebody without rights.
struct User {
    uid: u32,
    gid: u32,
}

/// Whom the server runs as where the test runs as root, whom PostgreSQL refuses.
fn other_user() -> Option<User> {
    let me = std::fs::metadata("/proc/self").map(|process| std::os::unix::fs::MetadataExt::uid(&process));
    if me.ok() != Some(0) {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("the system's users");
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse::<u32>);
        Some(User { uid: numbers.next()?.ok()?, gid: numbers.next()?.ok()? })
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("the system has a user without rights"))
}

/// Where PostgreSQL's programs are: the newest under Debian's directory, else on the path.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path()).collect();
    versions.sort_by_key(|path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    let debian = versions.into_iter().rev().map(|version| version.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = debian.chain(std::env::split_paths(&path));
    let complete = |place: &Path| ["initdb", "postgres"].iter().all(|program| place.join(program).is_file());
    places.find(|place| complete(place)).expect("PostgreSQL is not installed; run: apt-get install postgresql")
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("it is bound").port()
}
