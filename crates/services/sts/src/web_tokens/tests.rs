//! Tokens that are forged, stale, or another's, and issuers that misbehave.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair as _};
use base::AccountId;
use base::clock::ManualClock;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use issuers::Fetch;

use super::*;

const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "issuer.example/realm";

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn provider() -> OidcProvider {
    OidcProvider {
        account: AccountId::parse("111111111111").unwrap(),
        issuer: ISSUER.to_owned(),
        client_ids: BTreeSet::from(["app".to_owned()]),
        thumbprints: Vec::new(),
        created: now(),
        tags: BTreeMap::new(),
    }
}

fn encoded(value: &Json) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn claims(with: Json) -> Json {
    let mut claims = json!({
        "iss": format!("https://{ISSUER}"), "aud": "app", "sub": "alice", "exp": NOW + 60, "iat": NOW - 60, "amr": ["pwd"],
    });
    let Json::Object(with) = with else { panic!("members") };
    claims.as_object_mut().unwrap().extend(with);
    claims
}

/// An issuer with an RSA key and an EC key.
struct Issuer {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
}

impl Issuer {
    fn new() -> Self {
        let ec = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(), ec }
    }

    fn keys(&self) -> Json {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let public = self.rsa.public_key();
        let (n, e) = (
            public.modulus().big_endian_without_leading_zero().to_vec(),
            public.exponent().big_endian_without_leading_zero().to_vec(),
        );
        let point = self.ec.public_key().as_ref();
        json!({"keys": [
            {"kid": "r", "kty": "RSA", "use": "sig", "n": text(&n), "e": text(&e)},
            {"kid": "r512", "kty": "RSA", "alg": "RS512", "n": text(&n), "e": text(&e)},
            {"kid": "p", "kty": "RSA", "alg": "PS256", "n": text(&n), "e": text(&e)},
            {"kid": "e", "kty": "EC", "crv": "P-256", "alg": "ES256", "x": text(&point[1..33]), "y": text(&point[33..])},
            {"kid": "s", "kty": "oct", "k": "AAAA"},
        ]})
    }

    fn sign(&self, header: &Json, claims: &Json) -> String {
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let random = SystemRandom::new();
        let rsa = |encoding| {
            let mut made = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(encoding, &random, signed.as_bytes(), &mut made).unwrap();
            made
        };
        let made = match header["alg"].as_str().unwrap() {
            "RS256" => rsa(&signature::RSA_PKCS1_SHA256 as &'static dyn signature::RsaEncoding),
            "RS512" => rsa(&signature::RSA_PKCS1_SHA512),
            "PS256" => rsa(&signature::RSA_PSS_SHA256),
            "ES256" => self.ec.sign(&random, signed.as_bytes()).unwrap().as_ref().to_vec(),
            _ => Vec::new(),
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(made))
    }

    fn token(&self, with: Json) -> String {
        self.sign(&json!({"alg": "RS256", "kid": "r"}), &claims(with))
    }
}

/// Documents by URL, and how often they were asked for.
#[derive(Debug, Default)]
struct Documents {
    found: std::sync::Mutex<BTreeMap<String, Json>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Fetch for Documents {
    async fn get(&self, url: &str, _: &[Thumbprint]) -> Result<Bytes, String> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let found = self.found.lock().unwrap().get(url).cloned();
        found.map(|found| found.to_string().into()).ok_or_else(|| "not there".to_owned())
    }
}

struct World {
    tokens: IssuerTokens,
    documents: Arc<Documents>,
    clock: Arc<ManualClock>,
    issuer: Issuer,
}

impl World {
    fn new() -> Self {
        let (documents, clock) = (Arc::<Documents>::default(), Arc::new(ManualClock::new(now())));
        let issuers =
            Issuers::with(Box::new(Arc::clone(&documents)), Arc::<ManualClock>::clone(&clock), Rules::WEB_IDENTITIES);
        let world = Self { tokens: IssuerTokens { issuers }, documents, clock, issuer: Issuer::new() };
        let jwks = format!("https://{ISSUER}/keys");
        world.publish(&world.issuer, &json!({"issuer": format!("https://{ISSUER}"), "jwks_uri": jwks}));
        world
    }

    fn publish(&self, issuer: &Issuer, discovery: &Json) {
        let mut found = self.documents.found.lock().unwrap();
        found.insert(format!("https://{ISSUER}/.well-known/openid-configuration"), discovery.clone());
        found.insert(format!("https://{ISSUER}/keys"), issuer.keys());
    }

    async fn prove(&self, token: &str) -> Result<Claims, Untrue> {
        self.tokens.prove(token, &provider(), now()).await
    }

    fn asked(&self) -> usize {
        self.documents.asked.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn a_good_token_proves_its_claims() {
    let world = World::new();
    for header in [
        json!({"alg": "RS256", "kid": "r"}),
        json!({"alg": "RS512", "kid": "r512"}),
        json!({"alg": "PS256", "kid": "p"}),
        json!({"alg": "ES256", "kid": "e"}),
    ] {
        let token = world.issuer.sign(&header, &claims(json!({})));
        let proven = world.prove(&token).await.unwrap_or_else(|untrue| panic!("{header}: {untrue}"));
        assert_eq!((proven.subject.as_str(), proven.audience.as_str()), ("alice", "app"));
    }
    assert_eq!(world.asked(), 2, "keys are kept");
    let tagged = world.issuer.token(json!({
        "aud": ["other", "app"],
        "https://aws.amazon.com/tags": {"principal_tags": {"team": ["a"]}, "transitive_tag_keys": ["team"]},
    }));
    let proven = world.prove(&tagged).await.unwrap();
    assert_eq!((proven.tags, proven.transitive), (vec![("team".to_owned(), "a".to_owned())], vec!["team".to_owned()]));
}

#[tokio::test]
async fn a_hostile_token_proves_nothing() {
    let world = World::new();
    let issuer = &world.issuer;
    let good = issuer.token(json!({}));
    let (signed, _) = good.rsplit_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    let forger = Issuer::new();
    let with = |header: Json| issuer.sign(&header, &claims(json!({})));
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    for (what, token) in [
        ("no algorithm", with(json!({"alg": "none", "kid": "r"}))),
        ("no algorithm, spelled otherwise", with(json!({"alg": "nOnE", "kid": "r"}))),
        ("a shared secret", with(json!({"alg": "HS256", "kid": "r"}))),
        ("a shared secret that is published", with(json!({"alg": "RS256", "kid": "s"}))),
        ("another algorithm than the key's", with(json!({"alg": "RS256", "kid": "e"}))),
        ("another algorithm than the key's", with(json!({"alg": "ES256", "kid": "r"}))),
        ("another hash than the key's", with(json!({"alg": "RS512", "kid": "r"}))),
        ("no key", with(json!({"alg": "RS256"}))),
        ("an unknown key", with(json!({"alg": "RS256", "kid": "x"}))),
        ("an extension", with(json!({"alg": "RS256", "kid": "r", "crit": ["exp"], "exp": 1}))),
        (
            "a key in the token",
            forger.sign(&json!({"alg": "RS256", "kid": "r", "jwk": forger.keys()["keys"][0]}), &claims(json!({}))),
        ),
        ("another's signature", forger.token(json!({}))),
        ("no signature", format!("{signed}.")),
        (
            "other claims",
            format!("{header}.{}.{}", encoded(&claims(json!({"sub": "bob"}))), good.rsplit('.').next().unwrap()),
        ),
        ("claims twice", format!("{header}.{}.AAAA", URL_SAFE_NO_PAD.encode(r#"{"sub":"a","sub":"b"}"#))),
        ("depth", format!("{header}.{}.AAAA", URL_SAFE_NO_PAD.encode(deep))),
        ("a fourth part", format!("{good}.AAAA")),
        ("padding", format!("{good}=")),
        ("nothing", String::new()),
        ("a megabyte", "a".repeat(1_000_000)),
        ("another issuer", issuer.token(json!({"iss": "https://other.example"}))),
        ("a plain issuer", issuer.token(json!({"iss": format!("http://{ISSUER}")}))),
        ("another audience", issuer.token(json!({"aud": "other"}))),
        ("another party", issuer.token(json!({"azp": "other"}))),
        ("no audience", issuer.token(json!({"aud": Json::Null}))),
        ("no subject", issuer.token(json!({"sub": ""}))),
        ("a subject that is none", issuer.token(json!({"sub": "a\r\nb"}))),
        ("the future", issuer.token(json!({"iat": NOW + 301}))),
        ("not yet", issuer.token(json!({"nbf": NOW + 301}))),
        ("no end", issuer.token(json!({"exp": Json::Null}))),
        ("an endless end", issuer.token(json!({"exp": "never"}))),
        (
            "two values of a tag",
            issuer.token(json!({"https://aws.amazon.com/tags": {"principal_tags": {"a": ["1", "2"]}}})),
        ),
    ] {
        let outcome = world.prove(&token).await;
        assert!(matches!(outcome, Err(Untrue::Invalid(_))), "{what}: {outcome:?}");
    }
    for exp in [NOW, NOW - 1, 0, -1] {
        let outcome = world.prove(&issuer.token(json!({"exp": exp}))).await;
        assert!(matches!(outcome, Err(Untrue::Expired(_))), "{exp}: {outcome:?}");
    }
}

#[tokio::test]
async fn unknown_keys_do_not_flood_the_issuer() {
    let world = World::new();
    world.prove(&world.issuer.token(json!({}))).await.unwrap();
    for at in 0..50 {
        let header = json!({"alg": "RS256", "kid": format!("x{at}")});
        assert!(world.prove(&world.issuer.sign(&header, &claims(json!({})))).await.is_err());
    }
    assert_eq!(world.asked(), 2, "it was looked at just now");
    world.clock.advance(Duration::from_secs(31));
    let header = json!({"alg": "RS256", "kid": "x"});
    assert!(world.prove(&world.issuer.sign(&header, &claims(json!({})))).await.is_err());
    assert_eq!(world.asked(), 4);
}

#[tokio::test]
async fn keys_are_renewed_and_outlive_a_silent_issuer_for_a_day() {
    let world = World::new();
    let token = world.issuer.token(json!({}));
    world.prove(&token).await.unwrap();
    world.clock.advance(Duration::from_hours(2));
    world.documents.found.lock().unwrap().clear();
    world.prove(&token).await.unwrap();
    assert_eq!(world.asked(), 3, "it was looked at, and did not answer");
    world.clock.advance(Duration::from_hours(23));
    let outcome = world.prove(&token).await;
    assert!(matches!(outcome, Err(Untrue::Unreachable(_))), "{outcome:?}");
    // New keys replace the old: a key that is withdrawn verifies nothing any more.
    world.clock.advance(Duration::from_secs(31));
    let other = Issuer::new();
    world
        .publish(&other, &json!({"issuer": format!("https://{ISSUER}"), "jwks_uri": format!("https://{ISSUER}/keys")}));
    world.prove(&other.token(json!({}))).await.unwrap();
    assert!(world.prove(&token).await.is_err());
}

#[tokio::test]
async fn keys_are_kept_for_those_who_know_the_server_alike() {
    let world = World::new();
    let token = world.issuer.token(json!({}));
    world.prove(&token).await.unwrap();
    world.documents.found.lock().unwrap().clear();
    world.prove(&token).await.unwrap();
    let other = OidcProvider { thumbprints: vec!["ab".repeat(20)], ..provider() };
    assert!(matches!(world.tokens.prove(&token, &other, now()).await, Err(Untrue::Unreachable(_))));
}

#[tokio::test]
async fn an_issuer_that_speaks_for_another_is_not_believed() {
    for discovery in [
        json!({"issuer": "https://other.example", "jwks_uri": format!("https://{ISSUER}/keys")}),
        json!({"issuer": format!("https://{ISSUER}"), "jwks_uri": format!("http://{ISSUER}/keys")}),
        json!({"issuer": format!("https://{ISSUER}"), "jwks_uri": "file:///etc/passwd"}),
        json!({"issuer": format!("https://{ISSUER}"), "jwks_uri": format!("https://{ISSUER}/none")}),
        json!({}),
        json!([]),
    ] {
        let world = World::new();
        world.publish(&world.issuer, &discovery);
        let outcome = world.prove(&world.issuer.token(json!({}))).await;
        assert!(matches!(outcome, Err(Untrue::Unreachable(_))), "{discovery}: {outcome:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}|[A-Za-z0-9_-]{0,80}(\\.[A-Za-z0-9_-]{0,80}){0,4}") {
        if let Ok(token) = Token::read(&text) {
            let _ = (token.issuer(), claims::judge(&token, &provider(), now()));
        }
    }

    #[test]
    fn any_claims_are_judged(key in "iss|sub|aud|azp|exp|nbf|iat|amr", number in any::<f64>(), text in "\\PC{0,40}") {
        for value in [json!(number), json!(text), json!([text, number]), json!({"a": text})] {
            let claims = claims(json!({ key.clone(): value }));
            let text = format!("{}.{}.AAAA", encoded(&json!({"alg": "RS256", "kid": "r"})), encoded(&claims));
            if let Ok(token) = Token::read(&text) {
                let _ = (token.issuer(), claims::judge(&token, &provider(), now()));
            }
        }
    }
}
