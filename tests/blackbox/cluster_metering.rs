//! Two nodes on one database meter together: throttles are shared, quotas never exceeded, and closed where nobody can count.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{Api, Installation, Relay, Store, Upstream, eventually};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// Two nodes that know of each other, an API whose `/health` asks for a key where a plan is wanted, and the database's line.
struct Pair {
    one: Installation,
    two: Installation,
    api: Api,
    line: Relay,
    _upstream: Upstream,
}

impl Pair {
    /// `None` where there is no database.
    async fn start(change: impl FnOnce(&mut Value)) -> Option<Pair> {
        let (store, line) = Store::postgres()?.relayed().await;
        let store = Arc::new(store);
        let upstream = Upstream::start().await;
        let one = Installation::start_with_key(Arc::clone(&store), KEY).await;
        let two = Installation::start_with_key(Arc::clone(&store), KEY).await;
        let mut document = tests::api::document(&upstream);
        change(&mut document);
        let api = Api::deploy_document(&one, &document).await;
        let pair = Pair { one, two, api, line, _upstream: upstream };
        pair.until_both_know(&store).await;
        Some(pair)
    }

    /// The second node counted the first when it started; the first learns of the second when it next says that it is there.
    async fn until_both_know(&self, store: &Store) {
        let until = async || store.ask("select min(until), count(*) from node");
        let both = eventually("two nodes", async || Some(until().await).filter(|row| row.ends_with("|2"))).await;
        eventually("the first node's next word", async || (until().await != both).then_some(())).await;
    }

    /// Sets the throttle of the stage's methods, and waits until both nodes have it.
    async fn throttle(&self, rate: f64, burst: u32) {
        let patch = |part: &str, value: String| json!({"op": "replace", "path": format!("/*/*/throttling/{part}"), "value": value});
        let operations = [patch("rateLimit", rate.to_string()), patch("burstLimit", burst.to_string())];
        let path = format!("/restapis/{}/stages/prod", self.api.id);
        self.one.manage("PATCH", &path, &json!({"patchOperations": operations})).await;
        self.until_both_serve().await;
    }

    /// The value of a key whose plan has a quota; both nodes know it.
    async fn quota(&self, limit: u32) -> String {
        let stages = json!([{"apiId": self.api.id, "stage": "prod"}]);
        let plan = json!({"name": "counted", "apiStages": stages, "quota": {"limit": limit, "period": "DAY"}});
        let plan = self.one.manage("POST", "/usageplans", &plan).await;
        let key = self.one.manage("POST", "/apikeys", &json!({"name": "key", "enabled": true})).await;
        let plan_keys = format!("/usageplans/{}/keys", plan["id"].as_str().expect("an id"));
        self.one.manage("POST", &plan_keys, &json!({"keyId": key["id"], "keyType": "API_KEY"})).await;
        self.until_both_serve().await;
        key["value"].as_str().expect("a value").to_owned()
    }

    /// A write through the second node is served there with everything before it.
    async fn until_both_serve(&self) {
        let description = json!({"patchOperations": [{"op": "replace", "path": "/description", "value": "seen"}]});
        self.two.manage("PATCH", &format!("/restapis/{}", self.api.id), &description).await;
    }

    fn request(&self, key: &str) -> String {
        format!("GET /prod/health HTTP/1.1\r\nHost: {}\r\nx-api-key: {key}\r\n\r\n", self.api.host)
    }

    /// Calls so often on one connection; answers how many passed. All others must be told this.
    async fn call(&self, node: &Installation, key: &str, times: usize, refusal: &str) -> usize {
        let (mut line, mut passed) = (self.api.connect(node).await, 0);
        for _ in 0..times {
            let answer = line.ask(self.request(key)).await.expect("an answer");
            passed += usize::from(answer.status == 200);
            assert!(
                answer.status == 200 || (answer.status == 429 && answer.text().contains(refusal)),
                "{}",
                answer.text()
            );
        }
        passed
    }

    /// Calls as fast as it can for a while; answers how many passed, and of how many.
    async fn press(&self, node: &Installation, begun: Instant, time: Duration) -> (usize, usize) {
        let (mut line, mut passed, mut sent) = (self.api.connect(node).await, 0, 0);
        while begun.elapsed() < time {
            passed += usize::from(line.ask(self.request("")).await.expect("an answer").status == 200);
            sent += 1;
        }
        (passed, sent)
    }
}

fn asks_for_a_key(document: &mut Value) {
    document["components"]["securitySchemes"] =
        json!({"api_key": {"type": "apiKey", "in": "header", "name": "x-api-key"}});
    document["paths"]["/health"]["get"]["security"] = json!([{"api_key": []}]);
}

const TOO_MANY: &str = "Too Many Requests";
const EXCEEDED: &str = "Limit Exceeded";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_share_a_throttle_and_keep_their_shares_while_the_database_is_away() {
    let Some(pair) = Pair::start(|_| {}).await else { return };
    let Pair { one, two, line, .. } = &pair;
    // So slow a rate gives nothing back: what passes is the burst.
    pair.throttle(0.001, 40).await;
    let (first, second) = tokio::join!(pair.call(one, "", 60, TOO_MANY), pair.call(two, "", 60, TOO_MANY));
    assert_eq!((first, second), (20, 20), "half of the burst each");

    pair.throttle(50.0, 50).await;
    let begun = Instant::now();
    let time = Duration::from_secs(4);
    let ((first, sent), (second, more)) = tokio::join!(pair.press(one, begun, time), pair.press(two, begun, time));
    let most = 50.0 + 50.0 * begun.elapsed().as_secs_f64();
    assert!((first + second) as f64 <= most, "{first} and {second} of {most}");
    // A machine too slow to ask as often as it may is no fault of the throttle.
    for (passed, sent) in [(first, sent), (second, more)] {
        let least = (25.0 * time.as_secs_f64()).min(sent as f64) * 0.9;
        assert!(passed as f64 >= least, "{passed} of {sent}, {least} at least");
    }

    line.cut();
    let begun = Instant::now();
    let (passed, sent) = pair.press(two, begun, time).await;
    let most = 25.0 + 25.0 * begun.elapsed().as_secs_f64();
    assert!(passed > 0 && passed as f64 <= most, "{passed} of {sent}, {most} at most: its own half");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_never_exceed_a_quota_and_one_that_is_killed_loses_a_block_at_most() {
    let Some(mut pair) = Pair::start(asks_for_a_key).await else { return };
    let whole = pair.quota(300).await;
    let mut passed = 0;
    for _ in 0..8 {
        let (first, second) =
            tokio::join!(pair.call(&pair.one, &whole, 25, EXCEEDED), pair.call(&pair.two, &whole, 25, EXCEEDED));
        passed += first + second;
    }
    assert_eq!(passed, 300, "both together, to the last call");

    // Ten calls are taken ahead of each of these.
    let killed = pair.quota(1000).await;
    let first = pair.call(&pair.one, &killed, 25, EXCEEDED).await;
    assert_eq!(first, 25);
    pair.one.kill();
    let second = pair.call(&pair.two, &killed, 1000, EXCEEDED).await;
    assert!((965..=975).contains(&second), "{second}: a block of ten may be lost, and nothing is given twice");
    assert_eq!(pair.call(&pair.two, &killed, 5, EXCEEDED).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quota_closes_while_the_database_is_away_and_opens_with_it() {
    let Some(pair) = Pair::start(asks_for_a_key).await else { return };
    let key = pair.quota(1000).await;
    assert_eq!(pair.call(&pair.two, &key, 1, EXCEEDED).await, 1);
    pair.line.cut();
    let passed = pair.call(&pair.two, &key, 12, EXCEEDED).await;
    assert_eq!(passed, 10, "what was taken ahead, and nothing else");
    assert_eq!(pair.api.get(&pair.two, "/prod/pets").await.status, 200, "what has no quota is served");
    pair.line.mend();
    eventually("a counted call", async || (pair.call(&pair.two, &key, 1, EXCEEDED).await == 1).then_some(())).await;
}
