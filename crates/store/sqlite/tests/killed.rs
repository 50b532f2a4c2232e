//! A process that is killed at any point keeps every write it acknowledged, and nothing half-written.
//!
//! The test runs itself again as the process to be killed, which prints each write once it is acknowledged.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use base::{AccountId, Region, Scope, Timestamp};
use futures_util::future::join_all;
use store_resources::{AuditEntry, AuditFilter, Batch, Changes, Key, Resources, Revision, Table, Write};
use store_sqlite::SqliteStore;

/// Tells the second process where to write.
const CHILD: &str = "STORE_SQLITE_KILLED_TEST_DIR";

const NAME: &str = "every_acknowledged_write_survives_a_killed_process";

/// How often the process is killed.
const ROUNDS: usize = 12;

/// Commits at once, so that groups form.
const COMMITTERS: usize = 8;

const DOCUMENTS: Table = Table("documents");

#[test]
fn every_acknowledged_write_survives_a_killed_process() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    if let Some(dir) = std::env::var_os(CHILD) {
        runtime.block_on(write_for_ever(&PathBuf::from(dir)));
    }
    let dir = tempfile::tempdir().expect("a directory");
    let mut acknowledged = Acknowledged::default();
    for round in 0..ROUNDS {
        // Some die in their first group, some after many; none by the clock.
        let after = 1 + (round * 37) % 200;
        acknowledged.extend(kill_after(dir.path(), round, after));
        runtime.block_on(check(dir.path(), &acknowledged));
    }
}

/// What the killed processes said was durable.
#[derive(Debug, Default)]
struct Acknowledged {
    /// Revision of each commit, by its name.
    commits: BTreeMap<String, u64>,
    /// Audit entries of calls that changed nothing.
    reads: Vec<String>,
}

impl Acknowledged {
    fn extend(&mut self, lines: Vec<String>) {
        for line in lines {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["commit", name, revision] => {
                    self.commits.insert(name.to_owned(), revision.parse().expect("a number"));
                }
                ["read", name] => self.reads.push(name.to_owned()),
                _ => panic!("not a line of the child's: {line}"),
            }
        }
    }
}

/// Kills the writing process after so many acknowledged writes and answers all it has acknowledged.
fn kill_after(dir: &Path, round: usize, count: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", NAME, "--nocapture"])
        .env(CHILD, dir)
        .env("STORE_SQLITE_KILLED_TEST_ROUND", round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut said = Vec::new();
    // The test harness prints lines of its own; ours are marked.
    let mut next = || lines.by_ref().map_while(Result::ok).find_map(|line| Some(line.split_once("ack ")?.1.to_owned()));
    for _ in 0..count {
        said.push(next().expect("the child writes for ever"));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ran");
    // A line that was printed was acknowledged, even if we read it only now. The last may be cut off.
    let mut rest: Vec<String> = std::iter::from_fn(next).collect();
    rest.pop_if(|line| !line.ends_with(';'));
    said.into_iter().chain(rest).map(|line| line.trim_end_matches(';').to_owned()).collect()
}

async fn write_for_ever(dir: &Path) {
    let round = std::env::var("STORE_SQLITE_KILLED_TEST_ROUND").expect("the parent sets it");
    let store = SqliteStore::open(dir).await.expect("the lock of the killed process is gone");
    let resources = store.resources();
    join_all((0..COMMITTERS).map(|committer| write_one_after_another(&resources, format!("{round}-{committer}"))))
        .await;
}

async fn write_one_after_another(resources: &Arc<dyn Resources>, name: String) {
    for n in 0_u64.. {
        let name = format!("{name}-{n}");
        if n % 4 == 3 {
            resources.append_audit(vec![entry(&name)]).await.expect("append");
            acknowledge(&format!("read {name}"));
        } else {
            let Revision(revision) = resources.commit(batch(&name)).await.expect("commit");
            acknowledge(&format!("commit {name} {revision}"));
        }
    }
}

fn acknowledge(what: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ack {what};").expect("the parent listens");
    out.flush().expect("the parent listens");
}

/// Two documents, an index entry and an audit record, which must be there together or not at all.
fn batch(name: &str) -> Batch {
    let put = |id: String, index| Write::Put { key: key(&id), value: vec![b'x'; 3_000], index };
    let writes = vec![
        put(format!("{name}/one"), vec![("name".to_owned(), name.to_owned())]),
        put(format!("{name}/two"), Vec::new()),
    ];
    Batch { writes, audit: vec![entry(name)], ..Batch::default() }
}

fn scope() -> Scope {
    Scope {
        account: AccountId::parse("111111111111").expect("digits"),
        region: Region::parse("eu-west-1").expect("a region"),
    }
}

fn key(id: &str) -> Key {
    Key::new(scope(), DOCUMENTS, id)
}

fn entry(name: &str) -> AuditEntry {
    AuditEntry {
        scope: scope(),
        event_id: name.to_owned(),
        time: Timestamp::UNIX_EPOCH,
        event_name: "Write".to_owned(),
        event_source: "test".to_owned(),
        read_only: false,
        username: None,
        access_key_id: None,
        resources: Vec::new(),
        record: "{}".to_owned(),
    }
}

/// Opens what is left and holds it against what was acknowledged.
async fn check(dir: &Path, acknowledged: &Acknowledged) {
    let store = SqliteStore::open(dir).await.expect("it opens after a kill");
    let resources = store.resources();
    let audited = audited(&resources).await;
    let mut view = resources.view().await.expect("view");

    // By revision: the commit's name, from the documents. Both halves carry the same revision.
    let mut stored: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = view.scan(&key(""), after.as_deref(), 500).await.expect("scan");
        for document in &page.documents {
            stored.entry(document.revision.0).or_default().push(document.key.id.clone());
        }
        after = page.documents.last().map(|document| document.key.id.clone());
        if !page.more {
            break;
        }
    }
    let newest = view.revision().0;
    assert_eq!(stored.keys().copied().collect::<Vec<_>>(), (1..=newest).collect::<Vec<_>>(), "revisions have gaps");
    for (revision, ids) in &stored {
        let name = ids[0].trim_end_matches("/one");
        assert_eq!(ids[..], [format!("{name}/one"), format!("{name}/two")], "revision {revision} is half-written");
        assert!(audited.contains_key(name), "{name} is there without its audit record");
        let found = view.find("name", name).await.expect("find").map(|document| document.key.id);
        assert_eq!(found.as_deref(), Some(ids[0].as_str()));
    }
    for (name, revision) in &acknowledged.commits {
        assert_eq!(stored.get(revision), Some(&vec![format!("{name}/one"), format!("{name}/two")]), "{name} is lost");
    }
    for name in &acknowledged.reads {
        assert!(audited.contains_key(name.as_str()), "the audit record {name} is lost");
    }
    assert!(audited.values().all(|count| *count == 1), "an audit record is there twice");
    let audited_commits = audited.keys().filter(|name| !is_read(name)).count();
    assert_eq!(audited_commits as u64, newest, "an audit record is there without its write");
    let Changes::Since(changes) = view.changes(Revision(0)).await.expect("changes") else {
        panic!("nothing cut the feed")
    };
    assert_eq!(changes.len() as u64, newest * 2);
    drop(view);
    store.close().await;
}

/// Whether an audit record belongs to a call that changed nothing: every fourth of a committer.
fn is_read(name: &str) -> bool {
    name.rsplit('-').next().and_then(|number| number.parse::<u64>().ok()).expect("names end in a number") % 4 == 3
}

/// How often each audit record is there.
async fn audited(resources: &Arc<dyn Resources>) -> BTreeMap<String, u32> {
    let scope = scope();
    let mut filter = AuditFilter {
        account: scope.account,
        region: scope.region,
        attribute: None,
        from: Timestamp::MIN,
        to: Timestamp::MAX,
        after: None,
        limit: 500,
    };
    let mut audited = BTreeMap::new();
    loop {
        let page = resources.read_audit(&filter).await.expect("read audit");
        for entry in page.entries {
            *audited.entry(entry.event_id).or_default() += 1;
        }
        filter.after = page.next;
        if filter.after.is_none() {
            return audited;
        }
    }
}
