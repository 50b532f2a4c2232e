//! Callers: what ten thousand users and a hundred thousand keys cost in memory, and what a signed call costs among them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::id::AccessKeyId;
use base::seal::MasterKey;
use base::{Scope, Secret, Timestamp};
use benches::report;
use benches::world::{key_id, scope};
use compiler::{Compiler, Input, World};
use identity::{Circumstances, Identities};
use model::iam::{AccessKey, Group, ManagedPolicy, Owner, PolicyVersion, User};
use policy::{Action, RequestContext};
use sigv4::{Claim, Expectation, PathRule, Payload, Received, Signer};
use snapshot::{Name, Place, Snapshot};

/// Calls of one round, each by the next of a few callers.
const CALLS: usize = 20_000;
const ROUNDS: usize = 11;
/// Callers that take turns; a busy gateway has many more idle ones.
const BUSY: usize = 256;
const HOST: &str = "a1b2c3d4e5.execute-api.us-east-1.localhost";
const RESOURCE: &str = "arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/prod/GET/pets";
const SECRET: &str = "0123456789012345678901234567890123456789";

fn main() -> std::io::Result<()> {
    let bench = Bench::new();
    let mut table = "| users | keys | memory | a signed call, judged |\n|---|---|---|---|\n".to_owned();
    for (users, keys) in [(10, BUSY), (10_000, 100_000)] {
        let before = resident();
        let world = bench.world(users, keys);
        let gained = resident().saturating_sub(before);
        let took = bench.call(&world.snapshot);
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| {users} | {keys} | {:.1} MB | {took:.2?} |", gained as f64 / 1e6);
    }
    let body = format!(
        "Each user has an inline policy, a managed policy of ten statements that all share, and a group. A call is found, its signature proven with a warm key (no body), its policies gathered and judged. Medians of {ROUNDS} rounds of {CALLS} calls by {BUSY} callers in turn.\n\n{table}"
    );
    report::section("callers", "What callers cost", &body)
}

/// Resident memory of this process, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = statm.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4096
}

struct Bench {
    master_key: Arc<MasterKey>,
    compiler: Compiler,
    scope: Scope,
}

impl Bench {
    fn new() -> Self {
        let master_key = Arc::new(MasterKey::random());
        Self { compiler: Compiler::new(Arc::clone(&master_key)), master_key, scope: scope() }
    }

    fn world(&self, users: usize, keys: usize) -> World {
        let mut inputs = vec![self.managed(), self.group()];
        inputs.extend((0..users).map(|number| self.user(number)));
        inputs.extend((0..keys).map(|number| self.key(number, number % users)));
        let place = Place::new(self.scope.region.clone(), "localhost");
        self.compiler.compile(1, inputs, &World::empty(place))
    }

    /// The median time of one call.
    fn call(&self, snapshot: &Snapshot) -> Duration {
        let now = Timestamp::now();
        let identities = Identities::new(Arc::clone(&self.master_key), 65_536, Arc::default());
        let secret = Secret::new(SECRET.to_owned());
        let signed: Vec<Vec<(String, Vec<u8>)>> = (0..BUSY).map(|number| sign(&key_id(number), &secret, now)).collect();
        let mut times: Vec<Duration> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                for number in 0..CALLS {
                    self.judge(snapshot, &identities, &signed[number % BUSY], now);
                }
                start.elapsed() / CALLS as u32
            })
            .collect();
        times.sort_unstable();
        times[ROUNDS / 2]
    }

    fn judge(&self, snapshot: &Snapshot, identities: &Identities, headers: &[(String, Vec<u8>)], now: Timestamp) {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let received = Received { method: "GET", path: "/prod/pets", query: "", headers: &headers };
        let region = [self.scope.region.as_str()];
        let expectation = Expectation::invoke(&region, now);
        let claim = Claim::parse(&received).expect("it is signed");
        claim.check(&received, &expectation).expect("in time and place");
        let known = identities.known(&claim, snapshot, now).expect("a known key");
        let key = identities.signing_key(&claim, &known);
        let verified = claim.verify(&received, Payload::Bytes(b""), &key, &expectation).expect("a good signature");
        let caller = identities.caller(known, verified, now);
        let held = caller.held(snapshot).expect("every policy is there");
        let (source, region) = (std::net::IpAddr::from([127, 0, 0, 1]), &self.scope.region);
        let circumstances = Circumstances { now, source, secure: true, region, user_agent: None, referer: None };
        let keys = circumstances.keys(Some(&caller));
        let action = Action::new("execute-api:Invoke");
        let request = RequestContext::new(caller.principal(), &action, RESOURCE, self.scope.account, &keys);
        assert!(policy::evaluate(&request, &held.layers()).is_allowed());
    }

    fn user(&self, number: usize) -> Input {
        let name = format!("user-{number}");
        let inline = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*/prod/GET/pets"}}"#;
        let user = User {
            account: self.scope.account,
            path: "/".to_owned(),
            id: format!("AIDA{number}"),
            created: Timestamp::UNIX_EPOCH,
            tags: BTreeMap::from([("team".to_owned(), "pets".to_owned())]),
            groups: BTreeSet::from(["callers".to_owned()]),
            inline: BTreeMap::from([("inline".to_owned(), inline.to_owned())]),
            attached: BTreeSet::from([self.policy().arn()]),
            boundary: None,
            name: name.clone(),
        };
        let name = Name::new(self.scope.account, &name);
        Input::User { name, scope: self.scope.global(), found: Some(Ok(Box::new(user))) }
    }

    fn key(&self, number: usize, user: usize) -> Input {
        let id = key_id(number);
        let place_id = AccessKey::place_id(&self.scope.account, &id);
        let key = AccessKey {
            secret: self.master_key.seal(AccessKey::place(&place_id, 1), &Secret::new(SECRET.to_owned())),
            account: self.scope.account,
            owner: Owner::User(format!("user-{user}")),
            version: 1,
            active: true,
            created: Timestamp::UNIX_EPOCH,
            id: id.clone(),
        };
        Input::AccessKey { id, scope: self.scope.global(), found: Some(Ok(Box::new(key))) }
    }

    fn group(&self) -> Input {
        let group = Group {
            account: self.scope.account,
            name: "callers".to_owned(),
            path: "/".to_owned(),
            id: "AGPA1".to_owned(),
            created: Timestamp::UNIX_EPOCH,
            inline: BTreeMap::new(),
            attached: BTreeSet::new(),
        };
        let name = Name::new(self.scope.account, "callers");
        Input::Group { name, scope: self.scope.global(), found: Some(Ok(Box::new(group))) }
    }

    fn policy(&self) -> ManagedPolicy {
        let statement = |number| {
            format!(
                r#"{{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*/stage{number}/GET/*"}}"#
            )
        };
        let statements: Vec<_> = (0..10).map(statement).collect();
        let document = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
        ManagedPolicy {
            account: self.scope.account,
            name: "shared".to_owned(),
            path: "/".to_owned(),
            id: "ANPA1".to_owned(),
            description: None,
            created: Timestamp::UNIX_EPOCH,
            updated: Timestamp::UNIX_EPOCH,
            versions: BTreeMap::from([(1, PolicyVersion { document, created: Timestamp::UNIX_EPOCH })]),
            default_version: 1,
            newest_version: 1,
            tags: BTreeMap::new(),
        }
    }

    fn managed(&self) -> Input {
        let policy = self.policy();
        Input::ManagedPolicy { arn: policy.arn(), scope: self.scope.global(), found: Some(Ok(Box::new(policy))) }
    }
}

fn sign(id: &AccessKeyId, secret: &Secret<String>, now: Timestamp) -> Vec<(String, Vec<u8>)> {
    let signer = Signer {
        access_key_id: id.as_str(),
        secret,
        session_token: None,
        region: "us-east-1",
        service: "execute-api",
        path: PathRule::Normalized,
    };
    let headers = [("host", HOST.as_bytes())];
    let request = Received { method: "GET", path: "/prod/pets", query: "", headers: &headers };
    let added = signer.sign(&request, b"", now).into_iter();
    let mut all = vec![("host".to_owned(), HOST.as_bytes().to_vec())];
    all.extend(added.map(|(name, value)| (name.to_owned(), value.into_bytes())));
    all
}
