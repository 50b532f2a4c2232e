//! Tokens: what a native JWT authorizer costs a call, for a token that was seen before and for a new one.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
};
use base::Timestamp;
use base::clock::SystemClock;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use benches::report;
use bytes::Bytes;
use gateway::steps::authorize::native_jwt;
use gateway::tokens::Tokens;
use issuers::{Fetch, Issuers, Rules, Thumbprint};
use serde_json::{Value as Json, json};
use snapshot::JwtAuthorizer;

/// Turns that are timed; the median is quoted.
const TURNS: usize = 2_001;
const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://issuer.example/realms/pets";

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let keys = Keys::new()?;
    let mut table = "| token | seen before | new |\n|---|---|---|\n".to_owned();
    for (words, alg, more) in [
        ("RS256, 2,048 bits, 0.8 KB", "RS256", 0),
        ("RS256, 2,048 bits, 2 KB", "RS256", 900),
        ("RS256, 2,048 bits, 8 KB", "RS256", 5_400),
        ("PS256, 2,048 bits, 0.8 KB", "PS256", 0),
        ("ES256, 0.6 KB", "ES256", 0),
    ] {
        let world = World::new(&keys);
        let made: Vec<String> = (0..TURNS).map(|turn| keys.token(alg, turn, more)).collect::<Result<_, _>>()?;
        // The issuer's keys are read, as they are on any node that serves.
        world.bring(&keys.token(alg, TURNS, more)?).await;
        let new = world.time(made.iter()).await;
        let seen = world.time(std::iter::repeat_n(&made[TURNS / 2], TURNS)).await;
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| {words} | {seen:.2?} | {new:.2?} |");
    }
    let about = "From the request's headers to the claims of a proven token (reading, key, signature, issuer, audience, \
                 scope, times), with the keys at hand, on one thread.";
    report::section("tokens", "What a native JWT authorizer costs", &format!("{about}\n\n{table}"))
}

/// An issuer's keys, each named as its algorithm.
struct Keys {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
}

impl Keys {
    fn new() -> std::io::Result<Self> {
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).map_err(std::io::Error::other)?;
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(std::io::Error::other)?;
        Ok(Self { rsa, ec })
    }

    fn published(&self) -> Json {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let public = self.rsa.public_key();
        let n = text(public.modulus().big_endian_without_leading_zero());
        let e = text(public.exponent().big_endian_without_leading_zero());
        let point = self.ec.public_key().as_ref();
        json!({"keys": [
            {"kid": "RS256", "kty": "RSA", "alg": "RS256", "n": n, "e": e},
            {"kid": "PS256", "kty": "RSA", "alg": "PS256", "n": n, "e": e},
            {"kid": "ES256", "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..])},
        ]})
    }

    /// A usual access token, with a claim of `more` characters besides.
    fn token(&self, alg: &str, turn: usize, more: usize) -> std::io::Result<String> {
        let header = json!({"alg": alg, "typ": "JWT", "kid": alg});
        let claims = json!({
            "iss": ISSUER, "sub": "7c6b8b2e-92a3-4d6e-9f39-0a4c8f5d2b11", "aud": ["pets", "account"], "azp": "web",
            "exp": NOW + 300, "iat": NOW - 5, "nbf": NOW - 5, "jti": format!("3f0a5c1e-{turn}"), "typ": "Bearer",
            "scope": "openid profile read write", "roles": ["reader", "writer"], "email": "alice@example.com",
            "more": "m".repeat(more),
        });
        let text = |part: &Json| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", text(&header), text(&claims));
        let random = SystemRandom::new();
        let rsa = |encoding: &'static dyn RsaEncoding| {
            let mut made = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(encoding, &random, signed.as_bytes(), &mut made).map(|()| made)
        };
        let made = match alg {
            "RS256" => rsa(&RSA_PKCS1_SHA256),
            "PS256" => rsa(&RSA_PSS_SHA256),
            _ => self.ec.sign(&random, signed.as_bytes()).map(|made| made.as_ref().to_vec()),
        };
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(made.map_err(std::io::Error::other)?)))
    }
}

/// The issuer's documents, at hand.
#[derive(Debug)]
struct Documents(Json);

#[async_trait::async_trait]
impl Fetch for Documents {
    async fn get(&self, url: &str, _: &[Thumbprint]) -> Result<Bytes, String> {
        let discovery = json!({"issuer": ISSUER, "jwks_uri": format!("{ISSUER}/keys")});
        let found = if url.ends_with("/keys") { &self.0 } else { &discovery };
        Ok(found.to_string().into())
    }
}

struct World {
    tokens: Tokens,
    authorizer: JwtAuthorizer,
    now: Timestamp,
}

impl World {
    fn new(keys: &Keys) -> Self {
        let documents = Box::new(Documents(keys.published()));
        let issuers = Issuers::with(documents, Arc::new(SystemClock::new()), Rules::API_CALLS);
        let uri = "jwt://issuer.example/realms/pets?audience=pets&scope=write";
        let authorizer = JwtAuthorizer::parse(uri, "Authorization").expect("a sound URI");
        let now = Timestamp::from_second(NOW).unwrap_or(Timestamp::UNIX_EPOCH);
        Self { tokens: Tokens::with(issuers), authorizer, now }
    }

    fn head(token: &str) -> edge::Head {
        let text = format!("GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nAuthorization: Bearer {token}\r\n\r\n");
        edge::Head::read(&Bytes::from(text), &edge::Limits::default()).expect("a sound head")
    }

    async fn bring(&self, token: &str) {
        self.prove(&Self::head(token)).await;
    }

    async fn prove(&self, head: &edge::Head) {
        let proven = native_jwt::prove(&head.received, &self.authorizer, &self.tokens, self.now).await;
        assert!(black_box(proven).is_ok(), "what was signed is proven");
    }

    /// The median time of one token.
    async fn time(&self, tokens: impl Iterator<Item = &String>) -> Duration {
        let mut times = Vec::with_capacity(TURNS);
        for token in tokens {
            let head = Self::head(token);
            let start = Instant::now();
            self.prove(&head).await;
            times.push(start.elapsed());
        }
        times.sort_unstable();
        times[times.len() / 2]
    }
}
