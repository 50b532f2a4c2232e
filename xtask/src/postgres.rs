//! A PostgreSQL of the tests' own: a temporary directory, a free port, stopped at the end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Failure, Outcome, process, tools};

/// How long a server may take until it accepts connections.
const START: Duration = Duration::from_mins(1);

/// A running server; dropping it stops it and removes its data.
pub(crate) struct Postgres {
    child: Child,
    home: PathBuf,
    url: String,
}

impl Postgres {
    /// Installs PostgreSQL where it is missing and starts a server.
    pub(crate) fn start() -> Outcome<Postgres> {
        let programs = programs()?;
        let home = make_home()?;
        let data = home.join("data");
        let mut initdb = unprivileged(&programs.join("initdb"), "TERM");
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--pgdata"]).arg(&data);
        process::run_quietly("make a PostgreSQL cluster", initdb.current_dir(&home))?;
        // Another program may take the free port before the server does, so a few are tried.
        let mut last = Failure::new("no free port");
        for _ in 0..3 {
            match Postgres::listen(&programs, &home, &data) {
                Ok(server) => return Ok(server),
                Err(failure) => last = failure,
            }
        }
        let _ = std::fs::remove_dir_all(&home);
        Err(last)
    }

    /// The address for `PORTCULLIS_TEST_POSTGRES`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn listen(programs: &Path, home: &Path, data: &Path) -> Outcome<Postgres> {
        let port = free_port()?;
        let log = std::fs::File::create(home.join("log")).map_err(|fault| cannot("write the log", &fault))?;
        let mut server = unprivileged(&programs.join("postgres"), "INT");
        server.arg("-D").arg(data).arg("-k").arg(home).args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        // Test data needs no durability; many tests connect at once.
        server.args(["-F", "-c", "full_page_writes=off", "-c", "max_connections=300"]);
        server.current_dir(home).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = process::spawn(&mut server)?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut postgres = Postgres { child, home: home.to_path_buf(), url };
        match postgres.until_ready(port) {
            Ok(()) => Ok(postgres),
            Err(failure) => {
                // The home stays for the next try.
                process::end(&mut postgres.child, "INT");
                postgres.home = PathBuf::new();
                Err(failure)
            }
        }
    }

    fn until_ready(&mut self, port: u16) -> Outcome {
        let deadline = Instant::now() + START;
        while Instant::now() < deadline && !process::interrupted() {
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            let mut ask = Command::new("psql");
            ask.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-U", "postgres", "-c", "select 1", "postgres"]);
            if ask.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = std::fs::read_to_string(self.home.join("log")).unwrap_or_default();
        Err(Failure::new(format!("PostgreSQL does not start: {}", log.lines().last().unwrap_or("no log"))))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.home.as_os_str().is_empty() {
            return;
        }
        process::end(&mut self.child, "INT");
        // What cannot be removed lies in the system's temporary folder and goes with it.
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

/// The folder with `initdb` and `postgres`; Debian keeps them off the search path.
fn programs() -> Outcome<PathBuf> {
    if let Some(folder) = look_for_programs()
        && tools::find(tools::PSQL.program).is_some()
    {
        return Ok(folder);
    }
    tools::install(tools::PSQL.package, "PostgreSQL")?;
    look_for_programs().ok_or_else(|| Failure::new("cannot find `initdb` after installing `postgresql`"))
}

fn look_for_programs() -> Option<PathBuf> {
    if let Some(file) = tools::find("initdb")
        && file.with_file_name("postgres").is_file()
    {
        return file.parent().map(Path::to_path_buf);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
    folders.retain(|folder| folder.join("initdb").is_file());
    folders.sort();
    folders.pop()
}

/// PostgreSQL refuses to run as root: there it runs as its own user.
fn unprivileged(program: &Path, signal: &str) -> Command {
    if !tools::is_root() {
        return process::tied(signal, program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig", signal, "--"]).arg(program);
    command
}

fn make_home() -> Outcome<PathBuf> {
    let home = std::env::temp_dir().join(format!("portcullis-postgres-{}", std::process::id()));
    std::fs::create_dir_all(&home).map_err(|fault| cannot("make a folder", &fault))?;
    if tools::is_root() {
        process::run(Command::new("chown").arg("postgres").arg(&home))?;
    }
    Ok(home)
}

fn free_port() -> Outcome<u16> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.map(|address| address.port()).map_err(|fault| cannot("find a free port", &fault))
}

fn cannot(what: &str, fault: &std::io::Error) -> Failure {
    Failure::new(format!("cannot {what} for PostgreSQL: {fault}"))
}
