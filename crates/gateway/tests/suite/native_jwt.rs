//! The native JWT authorizer over real sockets: true tokens, forged ones, and issuers that misbehave.

use std::sync::Arc;
use std::time::Duration;

use base::clock::ManualClock;
use base::{Clock, Timestamp};
use bytes::Bytes;
use gateway::reason::{Authorize, Reason, Token};
use gateway::refused::{Refusal, Refused, ResponseType};
use gateway::steps::authorize::native_jwt::{self, Bearer};
use gateway::tokens::Tokens;
use serde_json::{Value as Json, json};
use snapshot::JwtAuthorizer;

use crate::support::issuer::{DISCOVERY, Issuer, SigningKey, Told};
use crate::support::tokens;

const NOW: i64 = 1_800_000_000;

/// A node's checker of tokens, and its clock.
struct World {
    issuer: Issuer,
    tokens: Arc<Tokens>,
    clock: Arc<ManualClock>,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_second(NOW).expect("a time")));
        let shared: Arc<dyn Clock> = clock.clone();
        Self { issuer: Issuer::start().await, tokens: tokens(&shared), clock }
    }

    /// Asks with a head that holds these lines.
    async fn ask(&self, lines: &[u8], authorizer: &JwtAuthorizer) -> Result<Bearer, Refused> {
        let head = [b"GET / HTTP/1.1\r\nHost: a\r\n", lines, b"\r\n"].concat();
        let head = edge::testing::parse(&Bytes::from(head), &edge::Limits::default()).expect("a sound head").head;
        native_jwt::prove(&head.received, authorizer, &self.tokens, self.clock.now()).await
    }

    async fn bring(&self, token: &str, query: &str) -> Result<Bearer, Refused> {
        self.ask(format!("Authorization: Bearer {token}\r\n").as_bytes(), &self.issuer.authorizer(query)).await
    }

    fn token(&self, with: &Json) -> String {
        self.issuer.token(NOW, with)
    }
}

fn kind(refused: &Refused) -> (ResponseType, u16, Option<&str>) {
    let Refusal::Gateway(response) = &refused.refusal else { panic!("{refused:?}") };
    (response.kind, response.status.as_u16(), response.message.as_deref())
}

/// Asserts that it is answered 401, and tells why.
fn unauthorized(outcome: Result<Bearer, Refused>) -> String {
    let refused = outcome.expect_err("it is refused");
    assert_eq!(kind(&refused), (ResponseType::Unauthorized, 401, Some("Unauthorized")), "{refused:?}");
    match refused.reason {
        Reason::Authorize(Authorize::Token(Token::Refused { why, .. })) => why.to_string(),
        Reason::Authorize(Authorize::Token(other)) => format!("{other:?}"),
        other => panic!("{other:?}"),
    }
}

/// Asserts that it is answered 500, and tells why.
fn undecidable(outcome: Result<Bearer, Refused>) -> String {
    let refused = outcome.expect_err("it is refused");
    assert_eq!(kind(&refused), (ResponseType::AuthorizerConfigurationError, 500, None), "{refused:?}");
    let Reason::Authorize(Authorize::Token(Token::Keys { why, .. })) = refused.reason else { panic!("{refused:?}") };
    why.to_string()
}

#[tokio::test]
async fn a_true_token_passes_with_its_claims_and_is_known_again() {
    let world = World::new().await;
    let token = world.token(&json!({"scope": "read", "admin": true, "groups": ["a"]}));
    let authorizer = world.issuer.authorizer("audience=other&audience=app&scope=write&scope=read");
    let mut seen = Vec::new();
    for line in [
        format!("Authorization: Bearer {token}"),
        format!("authorization: {token}"),
        format!("AUTHORIZATION: bearer  {token}"),
    ] {
        let bearer = world.ask(format!("{line}\r\n").as_bytes(), &authorizer).await.expect("it passes");
        assert_eq!(bearer.principal_id(), Some("alice"));
        let claim = |name| bearer.claim(name).map(std::borrow::Cow::into_owned);
        assert_eq!(claim("admin").as_deref(), Some("true"));
        assert_eq!(claim("groups").as_deref(), Some(r#"["a"]"#));
        assert_eq!(claim("exp"), Some((NOW + 300).to_string()));
        assert_eq!((claim("nobody"), bearer.claims().count()), (None, 8));
        let Token::Proven { seen: before, .. } = bearer.reason() else { panic!("{bearer:?}") };
        seen.push(*before);
    }
    assert_eq!(seen, [false, true, true]);
    assert_eq!(world.issuer.asked(), [DISCOVERY, "/keys"]);
}

#[tokio::test]
async fn a_request_without_one_token_is_unauthorized_and_asks_nobody() {
    let world = World::new().await;
    let (token, authorizer) = (world.token(&json!({})), world.issuer.authorizer("audience=app"));
    for (lines, why) in [
        (String::new(), "Missing"),
        ("Authorization:\r\n".to_owned(), "Missing"),
        ("Authorization: Bearer\r\n".to_owned(), "Missing"),
        (format!("X-Authorization: {token}\r\n"), "Missing"),
        (format!("Authorization: {token}\r\nAuthorization: {token}\r\n"), "Twice"),
        (format!("Authorization:\r\nauthorization: {token}\r\n"), "Twice"),
        (format!("Authorization: Basic {token}\r\n"), "base64url"),
        (format!("Authorization: {token}, {token}\r\n"), "three parts"),
    ] {
        let said = unauthorized(world.ask(lines.as_bytes(), &authorizer).await);
        assert!(said.contains(why), "{lines}: {said}");
    }
    unauthorized(world.ask(b"Authorization: Bearer \xff\xfe.a.b\r\n", &authorizer).await);
    assert!(world.issuer.asked().is_empty());
}

#[tokio::test]
async fn a_forged_token_is_unauthorized_for_every_reason_there_is() {
    let world = World::new().await;
    let (key, forger) = (&world.issuer.key, SigningKey::new());
    let claims = world.issuer.claims(NOW, &json!({}));
    let good = world.token(&json!({}));
    let signed = good.rsplit_once('.').expect("a signature").0;
    let header = |with: Json| {
        let mut header = json!({"alg": "RS256", "kid": "a"});
        header.as_object_mut().expect("an object").extend(with.as_object().expect("members").clone());
        header
    };
    let other = forger.published("a");
    for (what, token, why) in [
        ("alg none", key.sign(&header(json!({"alg": "none"})), &claims), "not signed"),
        ("no signature", format!("{signed}."), "signature"),
        ("HS256 with the public key", key.sign(&header(json!({"alg": "HS256"})), &claims), "shared secret"),
        ("another's signature", forger.sign(&header(json!({})), &claims), "signature"),
        ("jwk", forger.sign(&header(json!({"jwk": other})), &claims), "signature"),
        ("jku", forger.sign(&header(json!({"jku": "http://127.0.0.1:1/keys"})), &claims), "signature"),
        ("x5u", forger.sign(&header(json!({"x5u": "http://127.0.0.1:1/x"})), &claims), "signature"),
        ("crit", key.sign(&header(json!({"crit": ["exp"]})), &claims), "extension"),
        ("no kid", key.sign(&json!({"alg": "RS256"}), &claims), "no key"),
        ("an unknown kid", key.sign(&header(json!({"kid": "z"})), &claims), "no key of this id"),
        ("another algorithm than the key's", key.sign(&header(json!({"alg": "PS256"})), &claims), "PS256"),
        ("another issuer", world.token(&json!({"iss": "https://other.example"})), "issuer"),
        ("another audience", world.token(&json!({"aud": ["x", "y"]})), "somebody else"),
        ("its end", world.token(&json!({"exp": NOW})), "expired"),
        ("its beginning", world.token(&json!({"nbf": NOW + 61})), "nbf"),
        ("made tomorrow", world.token(&json!({"iat": NOW + 61})), "iat"),
        ("no end", world.token(&json!({"exp": Json::Null})), "exp"),
        ("a huge number", world.token(&json!({"exp": u64::MAX})), "exp"),
        ("too long", world.token(&json!({"x": "a".repeat(6_000)})), "at most 8192"),
        ("not a token", "hello".to_owned(), "three parts"),
    ] {
        let said = unauthorized(world.bring(&token, "audience=app").await);
        assert!(said.contains(why), "{what}: {said}");
    }
    assert_eq!(world.issuer.asked().len(), 2, "{:?}", world.issuer.asked());
}

#[tokio::test]
async fn a_true_token_that_grants_too_little_is_forbidden_and_a_forged_one_unauthorized() {
    let world = World::new().await;
    let token = world.token(&json!({"scope": "read"}));
    for _ in 0..2 {
        let refused = world.bring(&token, "audience=app&scope=write").await.expect_err("it is refused");
        assert_eq!((kind(&refused).0, kind(&refused).1), (ResponseType::AccessDenied, 403));
        let Reason::Authorize(Authorize::Token(Token::Scope { scopes, .. })) = refused.reason else { panic!() };
        assert_eq!(&*scopes, "write");
    }
    assert!(world.bring(&token, "audience=app&scope=read").await.is_ok());
    let header = json!({"alg": "RS256", "kid": "a"});
    let forged = SigningKey::new().sign(&header, &world.issuer.claims(NOW, &json!({"scope": "read"})));
    unauthorized(world.bring(&forged, "audience=app&scope=write").await);
}

#[tokio::test]
async fn a_token_that_was_seen_is_judged_anew_by_each_authorizer_and_at_each_time() {
    let world = World::new().await;
    let token = world.token(&json!({}));
    assert!(world.bring(&token, "audience=app").await.is_ok());
    unauthorized(world.bring(&token, "audience=other").await);
    let stranger = Issuer::start().await;
    let line = format!("Authorization: {token}\r\n");
    unauthorized(world.ask(line.as_bytes(), &stranger.authorizer("audience=app")).await);
    world.clock.advance(Duration::from_secs(299));
    assert!(world.bring(&token, "audience=app").await.is_ok());
    world.clock.advance(Duration::from_secs(1));
    assert!(unauthorized(world.bring(&token, "audience=app").await).contains("expired"));
}

#[tokio::test]
async fn a_withdrawn_key_takes_the_tokens_it_proved_along() {
    let world = World::new().await;
    let long = world.token(&json!({"exp": NOW + 1_000_000}));
    assert!(world.bring(&long, "audience=app").await.is_ok());
    let new = SigningKey::new();
    let renewed =
        new.sign(&json!({"alg": "RS256", "kid": "b"}), &world.issuer.claims(NOW, &json!({"exp": NOW + 1_000_000})));
    unauthorized(world.bring(&renewed, "audience=app").await);
    // Both keys for a while, as issuers rotate.
    world.issuer.publish(&[world.issuer.key.published("a"), new.published("b")]);
    world.clock.advance(Duration::from_secs(10));
    assert!(world.bring(&renewed, "audience=app").await.is_ok());
    let Ok(bearer) = world.bring(&long, "audience=app").await else { panic!("its key stays") };
    assert!(matches!(bearer.reason(), Token::Proven { seen: true, .. }));
    // The old name for a new key, then for none.
    world.issuer.publish(&[new.published("a")]);
    world.clock.advance(Duration::from_hours(2));
    assert!(unauthorized(world.bring(&long, "audience=app").await).contains("signature"));
    unauthorized(world.bring(&renewed, "audience=app").await);
}

#[tokio::test]
async fn a_flood_of_unknown_keys_is_no_flood_on_the_issuer() {
    let world = World::new().await;
    let good = world.token(&json!({}));
    assert!(world.bring(&good, "audience=app").await.is_ok());
    world.clock.advance(Duration::from_secs(10));
    for at in 0..300 {
        let header = json!({"alg": "RS256", "kid": format!("x{at}")});
        unauthorized(
            world.bring(&world.issuer.key.sign(&header, &world.issuer.claims(NOW, &json!({}))), "audience=app").await,
        );
    }
    assert_eq!(world.issuer.asked().len(), 4, "one look more");
    assert!(world.bring(&good, "audience=app").await.is_ok());
}

#[tokio::test]
async fn an_issuer_that_misbehaves_lets_nobody_in() {
    let elsewhere = Issuer::start().await;
    let raw = |status: &str, more: &str| Told::Raw(format!("HTTP/1.1 {status}\r\n{more}Connection: close\r\n\r\n"));
    let huge = "x".repeat(150_001);
    for (path, told, why) in [
        (
            DISCOVERY,
            raw("302 Found", &format!("Location: {}{DISCOVERY}\r\nContent-Length: 0\r\n", elsewhere.url)),
            "302",
        ),
        (
            "/keys",
            raw("307 Temporary Redirect", &format!("Location: {}/keys\r\nContent-Length: 0\r\n", elsewhere.url)),
            "307",
        ),
        ("/keys", raw("500 Internal Server Error", "Content-Length: 0\r\n"), "500"),
        ("/keys", Told::Document(huge.clone()), "length limit"),
        ("/keys", Told::Raw(format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{huge}")), "length limit"),
        (DISCOVERY, Told::Document(huge), "length limit"),
        ("/keys", Told::Document("<html>".to_owned()), "key set"),
        (DISCOVERY, Told::Document(elsewhere.discovery(&format!("{}/keys", elsewhere.url))), "another issuer"),
        ("/keys", Told::Raw("SSH-2.0-x\r\n".to_owned()), ""),
    ] {
        let world = World::new().await;
        world.issuer.tell(path, told);
        let said = undecidable(world.bring(&world.token(&json!({})), "audience=app").await);
        assert!(said.contains(why), "{why}: {said}");
    }
    assert!(elsewhere.asked().is_empty(), "no redirect is followed");
}

#[tokio::test]
async fn an_issuer_that_leads_elsewhere_is_not_followed() {
    for uri in [
        "http://169.254.169.254/keys",
        "https://169.254.169.254/keys",
        "http://10.0.0.1/keys",
        "file:///keys",
        "https://[fe80::1]/keys",
    ] {
        let world = World::new().await;
        world.issuer.tell(DISCOVERY, Told::Document(world.issuer.discovery(uri)));
        undecidable(world.bring(&world.token(&json!({})), "audience=app").await);
    }
    // The issuer itself, as an owner could set it.
    let world = World::new().await;
    let authorizer = JwtAuthorizer::parse("jwt://169.254.169.254/latest?audience=app", "Authorization").expect("a URI");
    let token = world.token(&json!({"iss": "https://169.254.169.254/latest"}));
    let line = format!("Authorization: {token}\r\n");
    let said = undecidable(world.ask(line.as_bytes(), &authorizer).await);
    assert!(said.contains("link-local"), "{said}");
}

#[tokio::test]
async fn a_silent_issuer_holds_a_request_for_a_second_and_a_half() {
    let world = World::new().await;
    world.issuer.tell("/keys", Told::Silence);
    let token = world.token(&json!({}));
    let asking = world.bring(&token, "audience=app");
    let turning = async {
        while world.issuer.asked().len() < 2 {
            tokio::task::yield_now().await;
        }
        // The document may take that long from when it was asked for, which is a moment ago.
        for _ in 0..4 {
            world.clock.advance(Duration::from_millis(500));
            tokio::task::yield_now().await;
        }
    };
    let (outcome, ()) = futures_util::future::join(asking, turning).await;
    assert!(undecidable(outcome).contains("1.5s"));
    // It is not asked again at once, and nobody waits.
    undecidable(world.bring(&token, "audience=app").await);
    assert_eq!(world.issuer.asked().len(), 2);
}

#[tokio::test]
async fn tokens_are_proven_while_their_issuer_is_away_as_long_as_its_keys_may_be_kept() {
    let world = World::new().await;
    let with = json!({"exp": NOW + 1_000_000});
    assert!(world.bring(&world.token(&with), "audience=app").await.is_ok());
    world.issuer.tell(DISCOVERY, Told::Raw(String::new()));
    world.clock.advance(Duration::from_secs(2 * 3_600 - 1));
    assert!(world.bring(&world.token(&json!({"exp": NOW + 1_000_000, "jti": "new"})), "audience=app").await.is_ok());
    world.clock.advance(Duration::from_secs(11));
    undecidable(world.bring(&world.token(&with), "audience=app").await);
}
