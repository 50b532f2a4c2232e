//! Which store an installation keeps its configuration in.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Relay;

/// Makes the databases of one process differ.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A store of one test's own.
#[derive(Debug)]
pub enum Store {
    /// A file in the installation's directory.
    Sqlite,
    /// A database that is dropped with this value.
    Postgres {
        /// The server, from `PORTCULLIS_TEST_POSTGRES`.
        server: String,
        /// The database's name.
        name: String,
        /// Where nodes connect to instead, to have the line cut.
        relay: Option<SocketAddr>,
    },
}

impl Store {
    /// A new, empty database on the server that `PORTCULLIS_TEST_POSTGRES` names; none where it names none.
    pub fn postgres() -> Option<Store> {
        let Ok(server) = std::env::var("PORTCULLIS_TEST_POSTGRES") else {
            println!("PORTCULLIS_TEST_POSTGRES is not set: not run on PostgreSQL");
            return None;
        };
        let name = format!("blackbox_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        psql(&server, &format!("create database {name}"));
        Some(Store::Postgres { server, name, relay: None })
    }

    /// Every store there is on this machine.
    pub fn all() -> Vec<Store> {
        [Some(Store::Sqlite), Store::postgres()].into_iter().flatten().collect()
    }

    /// What `--store` takes.
    pub fn option(&self) -> String {
        match self {
            Store::Sqlite => "sqlite".to_owned(),
            Store::Postgres { server, name, relay } => {
                let (address, _) = server.rsplit_once('/').expect("a URL with a database");
                let address = match (relay, address.rsplit_once('@')) {
                    (Some(relay), Some((user, _))) => format!("{user}@{relay}"),
                    _ => address.to_owned(),
                };
                format!("{address}/{name}")
            }
        }
    }

    /// What the database answers to a question: a line, its columns parted by `|`.
    pub fn ask(&self, question: &str) -> String {
        let Store::Postgres { server, name, .. } = self else { panic!("a file is asked otherwise") };
        let (address, _) = server.rsplit_once('/').expect("a URL with a database");
        psql(&format!("{address}/{name}"), question)
    }

    /// The same database, reached through a relay; with the server's own address.
    pub async fn relayed(mut self) -> (Store, Relay) {
        let Store::Postgres { server, relay, .. } = &mut self else { panic!("a file needs no line") };
        let (_, host) = server.rsplit_once('@').expect("a URL with a user");
        let address = host.split('/').next().and_then(|address| address.parse().ok());
        let running = Relay::start(address.expect("a server on the loopback, by its address")).await;
        *relay = Some(running.address());
        (self, running)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Store::Postgres { server, name, .. } = self {
            psql(server, &format!("drop database if exists {name} with (force)"));
        }
    }
}

fn psql(server: &str, statement: &str) -> String {
    let mut command = Command::new("psql");
    let plain = ["--quiet", "--no-psqlrc", "--no-align", "--tuples-only", "--command"];
    command.arg(server).args(plain).arg(statement).stdin(Stdio::null());
    let answer = command.output().expect("psql can be started");
    let complaint = String::from_utf8_lossy(&answer.stderr);
    // A drop in an unwinding test must not panic a second time.
    assert!(answer.status.success() || std::thread::panicking(), "`{statement}` fails: {complaint}");
    String::from_utf8_lossy(&answer.stdout).trim().to_owned()
}
