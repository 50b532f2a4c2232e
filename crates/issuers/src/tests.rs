//! Issuers that rotate, flood, stall, lie and vanish. Time is turned by hand.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use base::Timestamp;
use base::clock::ManualClock;
use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::poll;

use super::*;

const ISSUER: &str = "https://issuer.example/realm";
const DISCOVERY: &str = "https://issuer.example/realm/.well-known/openid-configuration";
const KEYS: &str = "https://keys.example/keys";

/// Documents by URL, and how often they were asked for.
#[derive(Debug, Default)]
struct Documents {
    found: Mutex<BTreeMap<String, String>>,
    asked: AtomicUsize,
    /// Whether nobody answers.
    stalls: std::sync::atomic::AtomicBool,
}

#[async_trait]
impl Fetch for Documents {
    async fn get(&self, url: &str, _: &[Thumbprint]) -> Result<Bytes, String> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.stalls.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let found = self.found.lock().expect("nobody panics").get(url).cloned();
        found.map(Bytes::from).ok_or_else(|| "not there".to_owned())
    }
}

struct World {
    issuers: Issuers,
    documents: Arc<Documents>,
    clock: Arc<ManualClock>,
    place: Place,
}

/// The modulus of any RSA key of 2,048 bits that ends in `last`: nobody signs here.
fn modulus(last: char) -> String {
    format!("{}{last}", "z".repeat(341))
}

impl World {
    fn new() -> Self {
        let (documents, clock) = (Arc::<Documents>::default(), Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH)));
        let fetch = Box::new(Arc::clone(&documents));
        let issuers = Issuers::with(fetch, Arc::<ManualClock>::clone(&clock), Rules::API_CALLS);
        let world = Self { issuers, documents, clock, place: Place::known_to_the_system(&ISSUER.into()) };
        world.publish(DISCOVERY, &format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"{KEYS}"}}"#));
        world.publish_keys(&[("a", 'w')]);
        world
    }

    fn publish(&self, url: &str, text: &str) {
        self.documents.found.lock().expect("nobody panics").insert(url.to_owned(), text.to_owned());
    }

    fn publish_keys(&self, keys: &[(&str, char)]) {
        let one = |(kid, last): &(&str, char)| {
            format!(r#"{{"kty":"RSA","kid":"{kid}","n":"{}","e":"AQAB"}}"#, modulus(*last))
        };
        let keys: Vec<String> = keys.iter().map(one).collect();
        self.publish(KEYS, &format!(r#"{{"keys":[{}]}}"#, keys.join(",")));
    }

    async fn key(&self, kid: &str) -> Result<Arc<Key>, NoKey> {
        self.issuers.key(&self.place, kid).await
    }

    fn asked(&self) -> usize {
        self.documents.asked.load(Ordering::SeqCst)
    }

    /// Lets looks that nobody waits for come to their end.
    async fn settle(&self) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn keys_are_read_once_for_all_who_wait() {
    let world = World::new();
    let all = join_all((0..100).map(|_| world.key("a"))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(world.asked(), 2, "where the keys are, and the keys");
    assert!(world.issuers.at_hand(&world.place, "a").is_some());
}

#[tokio::test]
async fn unknown_keys_do_not_flood_the_issuer() {
    let world = World::new();
    world.key("a").await.expect("a key");
    for round in 1..=3 {
        for at in 0..200 {
            assert_eq!(world.key(&format!("x{at}")).await, Err(NoKey::Unknown));
        }
        assert_eq!(world.asked(), 2 * round, "one look each while");
        assert!(world.issuers.at_hand(&world.place, "a").is_some(), "who has a known key does not notice");
        world.clock.advance(Rules::API_CALLS.look_every);
    }
    let waiting = join_all((0..100).map(|at| world.key(if at % 2 == 0 { "x" } else { "y" }))).await;
    assert!(waiting.iter().all(|key| *key == Err(NoKey::Unknown)));
    assert_eq!(world.asked(), 8);
}

#[tokio::test]
async fn a_key_that_is_new_is_found_and_one_that_is_withdrawn_is_gone() {
    let world = World::new();
    let before = world.key("a").await.expect("a key");
    world.publish_keys(&[("a", 'w'), ("b", 'Q')]);
    assert_eq!(world.key("b").await, Err(NoKey::Unknown), "it was looked at just now");
    world.clock.advance(Rules::API_CALLS.look_every);
    world.key("b").await.expect("the new key");
    assert!(Arc::ptr_eq(&before, &world.key("a").await.expect("a key")), "a key that stays is the very same");
    world.publish_keys(&[("b", 'Q')]);
    world.clock.advance(Rules::API_CALLS.refresh_after);
    assert!(world.key("a").await.is_ok(), "it is looked for meanwhile");
    world.settle().await;
    assert_eq!(world.issuers.at_hand(&world.place, "a"), None);
    assert_eq!(world.key("a").await, Err(NoKey::Unknown));
}

#[tokio::test]
async fn a_key_that_changes_under_its_name_is_another() {
    let world = World::new();
    let before = world.key("a").await.expect("a key");
    world.publish_keys(&[("a", 'Q')]);
    world.clock.advance(Rules::API_CALLS.believe);
    let after = world.key("a").await.expect("a key");
    assert!(!Arc::ptr_eq(&before, &after) && before != after);
}

#[tokio::test]
async fn keys_are_renewed_before_they_are_too_old_and_nobody_waits() {
    let world = World::new();
    world.key("a").await.expect("a key");
    for turn in 2..=5 {
        world.clock.advance(Rules::API_CALLS.refresh_after);
        assert!(world.issuers.at_hand(&world.place, "a").is_some());
        world.settle().await;
        assert_eq!(world.asked(), 2 * turn);
    }
}

#[tokio::test]
async fn keys_outlive_a_silent_issuer_to_their_age_and_no_longer() {
    let world = World::new();
    world.key("a").await.expect("a key");
    world.documents.found.lock().expect("nobody panics").clear();
    world.clock.advance(Duration::from_hours(2).saturating_sub(Duration::from_secs(1)));
    assert!(world.key("a").await.is_ok());
    world.settle().await;
    world.clock.advance(Duration::from_secs(1));
    assert!(matches!(world.key("a").await, Err(NoKey::Unreachable(_))));
    let asked = world.asked();
    for _ in 0..50 {
        assert!(matches!(world.key("a").await, Err(NoKey::Unreachable(_))));
    }
    assert!(world.asked() <= asked + 1, "an issuer that is away is not hammered");
}

#[tokio::test]
async fn a_slow_issuer_holds_nobody_longer_than_a_document_may_take() {
    let world = World::new();
    world.documents.stalls.store(true, Ordering::SeqCst);
    let mut waiting = std::pin::pin!(world.key("a"));
    assert!(poll!(&mut waiting).is_pending());
    world.settle().await;
    assert_eq!(world.asked(), 1);
    assert!(poll!(&mut waiting).is_pending());
    world.clock.advance(Rules::API_CALLS.document_within);
    let outcome = waiting.await;
    assert!(matches!(outcome, Err(NoKey::Unreachable(ref why)) if why.contains("1.5s")), "{outcome:?}");
}

#[tokio::test]
async fn whoever_goes_away_takes_no_look_along() {
    let world = World::new();
    let mut first = Box::pin(world.key("a"));
    assert!(poll!(&mut first).is_pending());
    drop(first);
    assert!(world.key("a").await.is_ok());
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn an_issuer_that_lies_or_tells_nonsense_has_no_keys() {
    for discovery in [
        format!(r#"{{"issuer":"https://other.example","jwks_uri":"{KEYS}"}}"#),
        format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"http://keys.example/keys"}}"#),
        format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"http://127.0.0.1/keys"}}"#),
        format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"file:///etc/passwd"}}"#),
        format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"https://keys.example/none"}}"#),
        format!(r#"{{"issuer":"{ISSUER}"}}"#),
        "[]".to_owned(),
        String::new(),
    ] {
        let world = World::new();
        world.publish(DISCOVERY, &discovery);
        let outcome = world.key("a").await;
        assert!(matches!(outcome, Err(NoKey::Unreachable(_))), "{discovery}: {outcome:?}");
    }
    for keys in ["", "{}", "[]", "<html>", &" ".repeat(150_001)] {
        let world = World::new();
        world.publish(KEYS, keys);
        assert!(matches!(world.key("a").await, Err(NoKey::Unreachable(_))));
    }
}

#[tokio::test]
async fn a_bad_look_does_not_cost_the_keys_that_are_known() {
    let world = World::new();
    world.key("a").await.expect("a key");
    world.publish(KEYS, "<html>");
    world.clock.advance(Rules::API_CALLS.look_every);
    assert_eq!(world.key("x").await, Err(NoKey::Unknown));
    assert!(world.key("a").await.is_ok());
}

#[tokio::test]
async fn keys_are_known_apart_by_how_the_server_is_known() {
    let world = World::new();
    world.key("a").await.expect("a key");
    let pinned = Place { thumbprints: vec![[7; 20]], ..world.place.clone() };
    assert_eq!(world.issuers.at_hand(&pinned, "a"), None);
}

#[tokio::test]
async fn no_more_issuers_are_remembered_than_the_bound() {
    let world = World::new();
    for at in 0..ISSUERS_MAX + 50 {
        let place = Place::known_to_the_system(&format!("https://issuer.example/{at}").into());
        assert!(world.issuers.key(&place, "a").await.is_err());
        world.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(world.issuers.0.known.load().len(), ISSUERS_MAX);
}
