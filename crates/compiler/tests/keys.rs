//! API keys are found by their values, whatever becomes of other keys in the same batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::id::{ApiKeyId, UsagePlanId};
use base::seal::MasterKey;
use base::{AccountId, Day, Quota, QuotaPeriod, Region, Scope, Secret, Timestamp};
use compiler::{Compiler, Input, Unit, World};
use model::apigateway::{ApiKey, UsagePlan};
use snapshot::{Place, QuotaRound};

fn scope() -> Scope {
    let account = AccountId::parse("000000000000").expect("an account");
    Scope { account, region: Region::parse("us-east-1").expect("a region") }
}

fn id(text: &str) -> ApiKeyId {
    ApiKeyId::parse(text).expect("an id")
}

/// One node: a compiler and the master key its documents were made with.
struct Node {
    master_key: Arc<MasterKey>,
    compiler: Compiler,
}

impl Node {
    fn new() -> Self {
        let master_key = Arc::new(MasterKey::random());
        Self { compiler: Compiler::new(Arc::clone(&master_key)), master_key }
    }

    fn key(&self, name: &str, value: &str, plans: &[&str]) -> ApiKey {
        let (id, fingerprints) = (id(name), self.master_key.fingerprints());
        let place = ApiKey::place_id(&scope(), &id);
        ApiKey {
            value: self.master_key.seal(ApiKey::place(&place, 1), &Secret::new(value.to_owned())),
            version: 1,
            fingerprint: ApiKey::fingerprint_of(&fingerprints, &scope(), value.as_bytes()).to_text(),
            id,
            name: None,
            description: None,
            enabled: true,
            customer_id: None,
            usage_plans: plans.iter().map(|plan| UsagePlanId::parse(plan).expect("an id")).collect(),
            created: Timestamp::UNIX_EPOCH,
            updated: Timestamp::UNIX_EPOCH,
            tags: BTreeMap::new(),
        }
    }

    /// The id that is found by a value.
    fn found(&self, world: &World, value: &str) -> Option<String> {
        let fingerprint = ApiKey::fingerprint_of(&self.master_key.fingerprints(), &scope(), value.as_bytes());
        world.snapshot.api_key_values.get(&fingerprint).map(|key| key.id.to_string())
    }
}

fn there(key: &ApiKey) -> Input {
    Input::ApiKey { id: key.id.clone(), scope: scope(), found: Some(Ok(Box::new(key.clone()))) }
}

fn gone(name: &str) -> Input {
    Input::ApiKey { id: id(name), scope: scope(), found: None }
}

fn empty() -> World {
    World::empty(Place::new(scope().region, "localhost"))
}

const VALUE: &str = "0123456789abcdefghij";

#[test]
fn a_key_that_takes_over_a_deleted_keys_value_is_found_whatever_their_order() {
    let node = Node::new();
    let before = node.compiler.compile(1, vec![there(&node.key("first1", VALUE, &[]))], &empty());
    let second = node.key("second", VALUE, &[]);
    let unreadable = || Input::ApiKey { id: id("first1"), scope: scope(), found: Some(Err("it is torn".to_owned())) };
    for batch in
        [vec![gone("first1"), there(&second)], vec![there(&second), gone("first1")], vec![there(&second), unreadable()]]
    {
        let after = node.compiler.compile(2, batch, &before);
        assert_eq!(node.found(&after, VALUE).as_deref(), Some("second"));
        let after = node.compiler.compile(3, vec![gone("second")], &after);
        assert_eq!(node.found(&after, VALUE), None);
    }
}

#[test]
fn a_key_that_is_gone_or_cannot_be_read_is_found_no_more() {
    let node = Node::new();
    let before = node.compiler.compile(1, vec![there(&node.key("first1", VALUE, &[]))], &empty());
    assert_eq!(node.found(&before, VALUE).as_deref(), Some("first1"));
    let torn = Input::ApiKey { id: id("first1"), scope: scope(), found: Some(Err("it is torn".to_owned())) };
    for input in [gone("first1"), torn] {
        let after = node.compiler.compile(2, vec![input], &before);
        assert_eq!(node.found(&after, VALUE), None);
        assert!(after.snapshot.api_keys.is_empty());
    }
    let mut spoiled = node.key("first1", VALUE, &[]);
    spoiled.fingerprint = "none".to_owned();
    let after = node.compiler.compile(2, vec![there(&spoiled)], &before);
    assert_eq!((node.found(&after, VALUE), after.findings.contains_key(&Unit::ApiKey(id("first1")))), (None, true));
}

#[test]
fn what_a_key_has_left_of_its_plans_goes_from_version_to_version() {
    let node = Node::new();
    let key = node.key("first1", VALUE, &["gold"]);
    let before = node.compiler.compile(1, vec![there(&key)], &empty());
    let held = |world: &World| Arc::clone(&world.snapshot.api_keys[&id("first1")].plans[0].spending);
    held(&before).lease.deposit(Day(1), QuotaRound::FIRST, 5);
    let renamed = ApiKey { name: Some("other".to_owned()), ..key };
    let after = node.compiler.compile(2, vec![there(&renamed)], &before);
    assert_eq!(held(&after).lease.withdraw(), Some((Day(1), 5)));
}

#[test]
fn a_changed_quota_begins_a_round_and_another_change_does_not() {
    let (node, id) = (Node::new(), UsagePlanId::parse("gold").expect("an id"));
    let quota = |limit| Quota { limit, offset: 0, period: QuotaPeriod::Day, since: Timestamp::UNIX_EPOCH };
    let mut world = empty();
    let mut round = |name: &str, quota| {
        let plan = UsagePlan {
            id: id.clone(),
            name: name.to_owned(),
            description: None,
            product_code: None,
            api_stages: Vec::new(),
            throttle: None,
            quota,
            tags: BTreeMap::new(),
        };
        let input = Input::UsagePlan { id: id.clone(), scope: scope(), found: Some(Ok(Box::new(plan))) };
        world = node.compiler.compile(1, vec![input], &world);
        world.snapshot.usage_plans[&id].quota_round
    };
    let first = round("gold", Some(quota(10)));
    assert_eq!((first, round("silver", Some(quota(10)))), (QuotaRound::FIRST, first));
    let second = round("silver", Some(quota(5)));
    assert_eq!((second, round("silver", None)), (first.next(), second.next()));
    assert_eq!(round("silver", Some(quota(5))), second.next().next());
}
