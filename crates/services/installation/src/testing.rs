//! What this crate's tests stand on: the embedded store, a data plane that says what it is given, a node's status.

use std::sync::Arc;
use std::time::Duration;

use base::id::{AccessKeyId, RequestId};
use base::seal::{Place, Sealed};
use base::{AccountId, Region, Scope, Secret, Timestamp};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use model::Record;
use operation::{
    AuthorizerTest, AuthorizerTested, Call, CoverageLine, Credentials, DataPlane, Explanation, Failure, Finding,
    FirewallTest, FirewallTested, FunctionCall, FunctionIsolation, Invoked, Job, JobCall, Kind, Losses, NodeStatus,
    NotInvoked, Operation, Ports, Principal, RuleName, RuleTop, Transaction, Wall, WebAclTop, WhatIf,
};
use store_records::{BlockBuilder, BlockQuery, Stream};
use store_resources::{AuditEntry, AuditFilter, Batch, Changes, Key, Lease, Revision, Table, Write};
use store_sqlite::SqliteStore;

pub(crate) const ONE: &str = "111111111111";
pub(crate) const TWO: &str = "222222222222";
/// The time of every call, in seconds.
pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn scope(account: &str) -> Scope {
    Scope { account: AccountId::parse(account).unwrap(), region: Region::parse("eu-west-1").unwrap() }
}

/// A line of a stream, of a request of its own.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    stream: Stream,
    second: i64,
    pub(crate) request: RequestId,
    text: String,
}

pub(crate) fn line(account: &str, stream: &str, second: i64, text: &str) -> Line {
    let stream = Stream { scope: scope(account), name: stream.to_owned() };
    Line { stream, second, request: RequestId::random(), text: text.to_owned() }
}

/// An installation in a directory of its own.
pub(crate) struct World {
    ports: Ports,
    // Dropped before its directory.
    _store: SqliteStore,
    _dir: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path()).await.unwrap();
        let ports =
            Ports { data_plane: Arc::new(Echo), status: Arc::new(Node), ..operation::testing::ports(&store, ONE) };
        Self { ports, _store: store, _dir: dir }
    }

    /// What is counted.
    pub(crate) fn counters(&self) -> Arc<dyn store_records::Counters> {
        Arc::clone(&self.ports.counters)
    }

    /// Calls an operation as an account's root user.
    pub(crate) async fn ask<O: Operation>(&self, account: &str, input: &O::Input) -> Result<O::Output, Failure> {
        Ok(self.called::<O>(account, input).await?.0)
    }

    /// Calls an operation as an account's root user, and commits what it wrote.
    pub(crate) async fn write<O: Operation>(&self, account: &str, input: &O::Input) -> Result<O::Output, Failure> {
        let (output, batch) = self.called::<O>(account, input).await?;
        self.ports.resources.commit(batch).await.unwrap();
        Ok(output)
    }

    /// Stores a record.
    pub(crate) async fn put<R: Record>(&self, scope: &Scope, record: &R) {
        let mut tx = Transaction::begin(self.ports.resources.as_ref(), Kind::Write).await.unwrap();
        tx.put(scope, record).unwrap();
        self.ports.resources.commit(tx.into_batch()).await.unwrap();
    }

    /// A stored record.
    pub(crate) async fn stored<R: Record>(&self, scope: &Scope, id: &str) -> Option<R> {
        let mut tx = Transaction::begin(self.ports.resources.as_ref(), Kind::Read).await.unwrap();
        tx.get(scope, id).await.unwrap()
    }

    /// Opens a secret that rests sealed.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &Sealed<String>) -> Secret<String> {
        self.ports.master_key.open_text(place, sealed).unwrap()
    }

    async fn called<O: Operation>(&self, account: &str, input: &O::Input) -> Result<(O::Output, Batch), Failure> {
        let access_key = AccessKeyId::parse("AKIAROOT").unwrap();
        let principal = Principal::Root {
            account: AccountId::parse(account).unwrap(),
            credentials: Credentials::long_term(access_key),
        };
        let mut call = Call {
            principal: &principal,
            scope: scope(account),
            request_id: RequestId::random(),
            now: at(NOW),
            tx: Transaction::begin(self.ports.resources.as_ref(), O::SPEC.kind).await.unwrap(),
            ports: &self.ports,
            keys: operation::Keys::new(),
            proven: None,
        };
        let output = O::run(input, &mut call).await?;
        Ok((output, call.tx.into_batch()))
    }

    /// Stores each line in a block of its own.
    pub(crate) async fn store(&self, lines: &[Line]) {
        for line in lines {
            self.store_block(std::slice::from_ref(line)).await;
        }
    }

    /// Stores lines of one stream in one block.
    pub(crate) async fn store_block(&self, lines: &[Line]) {
        self.ports.events.append(vec![block(lines)]).await.unwrap();
    }

    /// Stores a line in a block that cannot be read.
    pub(crate) async fn store_damaged(&self, line: &Line) {
        let mut block = block(std::slice::from_ref(line));
        block.payload = Bytes::from_static(b"no frame");
        self.ports.events.append(vec![block]).await.unwrap();
    }

    /// Every line of every account and stream.
    pub(crate) async fn all_lines(&self) -> Vec<String> {
        let blocks = self.ports.events.read(&BlockQuery::everything()).await.unwrap();
        let entries = blocks.iter().flat_map(|block| block.decode().unwrap());
        entries.map(|entry| String::from_utf8(entry.bytes.to_vec()).unwrap()).collect()
    }

    /// Stores audit records of these seconds.
    pub(crate) async fn audit(&self, seconds: impl IntoIterator<Item = i64>) {
        let entry = |second| AuditEntry {
            scope: scope(ONE),
            event_id: RequestId::random().to_string(),
            time: at(second),
            event_name: "GetStages".to_owned(),
            event_source: "apigateway.amazonaws.com".to_owned(),
            read_only: true,
            username: None,
            access_key_id: None,
            resources: Vec::new(),
            record: "{}".to_owned(),
        };
        self.ports.resources.append_audit(seconds.into_iter().map(entry).collect()).await.unwrap();
    }

    /// The seconds of all audit records, newest first.
    pub(crate) async fn audited(&self) -> Vec<i64> {
        let Scope { account, region } = scope(ONE);
        let filter =
            AuditFilter { account, region, attribute: None, from: at(0), to: at(NOW), after: None, limit: 10_000 };
        let page = self.ports.resources.read_audit(&filter).await.unwrap();
        page.entries.iter().map(|entry| entry.time.as_second()).collect()
    }

    /// Commits a revision.
    pub(crate) async fn commit(&self) {
        let key = Key::new(scope(ONE), Table("pets"), "cat");
        let write = Write::Put { key, value: Vec::new(), index: Vec::new() };
        self.ports.resources.commit(Batch { writes: vec![write], ..Batch::default() }).await.unwrap();
    }

    /// Whether the change feed still tells everything after a revision.
    pub(crate) async fn feed_reaches(&self, since: u64) -> bool {
        let mut view = self.ports.resources.view().await.unwrap();
        matches!(view.changes(Revision(since)).await.unwrap(), Changes::Since(_))
    }

    /// Runs a job once; answers what it would commit.
    pub(crate) async fn run_job(&self, job: &dyn Job) -> Batch {
        let lease = self.lease(job, "this node", at(NOW)).await;
        self.run_under(job, &lease).await
    }

    /// Runs a job under a lease that has passed to another node.
    pub(crate) async fn run_job_too_late(&self, job: &dyn Job) {
        let lease = self.lease(job, "this node", at(NOW - 3_600)).await;
        self.lease(job, "another node", at(NOW)).await;
        self.run_under(job, &lease).await;
    }

    async fn lease(&self, job: &dyn Job, holder: &str, now: Timestamp) -> Lease {
        let minute = Duration::from_mins(1);
        self.ports.resources.acquire_lease(job.name(), holder, now, minute).await.unwrap().expect("a free lease")
    }

    async fn run_under(&self, job: &dyn Job, lease: &Lease) -> Batch {
        let tx = Transaction::begin(self.ports.resources.as_ref(), Kind::Write).await.unwrap();
        let mut call = JobCall { now: at(NOW), tx, lease, ports: &self.ports };
        job.run(&mut call).await.unwrap();
        call.tx.into_batch()
    }
}

fn block(lines: &[Line]) -> store_records::Block {
    let mut builder = BlockBuilder::new(lines[0].stream.clone());
    for line in lines {
        builder.push(at(line.second), Some(line.request), line.text.as_bytes()).unwrap();
    }
    builder.finish().unwrap()
}

/// Explains a trail by saying it again.
#[derive(Debug)]
struct Echo;

impl DataPlane for Echo {
    fn explain(&self, trail: &[u8]) -> Result<Explanation, String> {
        let trail = String::from_utf8_lossy(trail);
        if trail == "broken" {
            return Err("broken bytes".to_owned());
        }
        let data = serde_json::from_str(&trail).unwrap_or_else(|_| serde_json::json!({ "trail": trail }));
        Ok(Explanation { text: format!("explained: {trail}"), data })
    }

    fn test_authorizer(&self, _: AuthorizerTest) -> BoxFuture<'_, Result<AuthorizerTested, String>> {
        Box::pin(async { Err("nobody tries an authorizer here".to_owned()) })
    }

    fn what_if(&self, question: WhatIf) -> BoxFuture<'_, Result<Explanation, String>> {
        Box::pin(async move {
            if question.url == "refused" {
                return Err("no such URL".to_owned());
            }
            Ok(Explanation { text: format!("{question:?}"), data: serde_json::json!({}) })
        })
    }

    fn invoke(&self, _: FunctionCall) -> BoxFuture<'_, Result<Invoked, NotInvoked>> {
        Box::pin(async { Err(NotInvoked::Missing) })
    }

    fn is_configured(&self, _: &Scope, _: &str) -> bool {
        false
    }

    /// The web ACL `shop` blocks what holds `attack`, unless that rule is supposed to count.
    fn test_web_acl(&self, question: FirewallTest) -> Result<Vec<FirewallTested>, String> {
        if !question.web_acl.contains("shop") {
            return Err(format!("there is no web ACL `{}`", question.web_acl));
        }
        let attacks = RuleName { group_rule: None, rule: "attacks".to_owned() };
        let judged = |raw: &Bytes| {
            let blocked = raw.windows(6).any(|text| text == b"attack") && !question.counted.contains(&attacks);
            FirewallTested {
                action: if blocked { "BLOCK" } else { "ALLOW" },
                rule: blocked.then(|| attacks.clone()),
                request: String::from_utf8_lossy(raw).into_owned(),
                sentence: String::new(),
                data: serde_json::json!({}),
            }
        };
        Ok(question.requests.iter().map(judged).collect())
    }

    fn labels_of_rule(&self, _: &Scope, _: &str, _: &RuleName) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }

    fn web_acl_tops(&self, of: &Scope) -> Vec<WebAclTop> {
        let rule = RuleTop {
            group_rule: None,
            rule: "attacks".to_owned(),
            allowed: 0,
            blocked: 20,
            counted: 30,
            captcha: 0,
            challenge: 0,
            solved: 0,
            microseconds: 1.5,
        };
        let top = WebAclTop {
            name: "shop".to_owned(),
            arn: "arn:aws:wafv2:x:x:regional/webacl/shop/1".to_owned(),
            requests: 200,
            timed: 1,
            microseconds: 2.5,
            rules: vec![rule],
        };
        if *of == scope(ONE) { vec![top] } else { Vec::new() }
    }
}

/// A node with one finding and four methods, all of the first account.
#[derive(Debug)]
struct Node;

impl NodeStatus for Node {
    fn started(&self) -> Timestamp {
        at(NOW - 60)
    }

    fn revision(&self) -> u64 {
        41
    }

    fn findings(&self, of: &Scope) -> Vec<Finding> {
        let finding = Finding { unit: "stage a/prod".into(), why: "broken".into(), remedy: "deploy again".into() };
        if *of == scope(ONE) { vec![finding] } else { Vec::new() }
    }

    fn coverage(&self, of: &Scope) -> Vec<CoverageLine> {
        let line = |(rest_api_id, method, path): (&str, &str, &str)| CoverageLine {
            rest_api_id: rest_api_id.to_owned(),
            stage: "prod".to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            open: method == "GET",
            controls: vec!["TLS".to_owned(), "authorization NONE".to_owned()],
        };
        let methods = [("b", "ANY", "/{proxy+}"), ("a", "POST", "/pets"), ("a", "GET", "/pets"), ("a", "GET", "/")];
        if *of == scope(ONE) { methods.map(line).to_vec() } else { Vec::new() }
    }

    fn losses(&self) -> Losses {
        Losses { log_lines: 3, trails: 4, events: 5 }
    }

    fn stale_files(&self) -> Vec<operation::StaleFile> {
        let what = "the address list `ddos` /etc/ddos.txt".to_owned();
        vec![operation::StaleFile { what, why: "it is no text".to_owned(), since: at(NOW - 30) }]
    }

    fn isolation(&self) -> FunctionIsolation {
        let wall = Wall {
            name: "Landlock".to_owned(),
            stands: false,
            detail: "the kernel has none".to_owned(),
            remedy: "use a newer one".to_owned(),
        };
        FunctionIsolation { waived: true, walls: vec![wall] }
    }
}
