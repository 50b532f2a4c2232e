//! An issuer on the loopback that publishes keys, signs, and misbehaves when told to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};
use snapshot::JwtAuthorizer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";

/// What is answered at a path.
#[derive(Clone)]
pub(crate) enum Told {
    /// A document.
    Document(String),
    /// These bytes, whatever they are.
    Raw(String),
    /// Nothing, while the connection stays.
    Silence,
}

#[derive(Default)]
struct State {
    told: HashMap<String, Told>,
    asked: Vec<String>,
}

pub(crate) struct Issuer {
    pub(crate) url: String,
    pub(crate) key: SigningKey,
    state: Arc<Mutex<State>>,
}

pub(crate) struct SigningKey(KeyPair);

impl SigningKey {
    pub(crate) fn new() -> Self {
        Self(KeyPair::generate(KeySize::Rsa2048).expect("a key"))
    }

    pub(crate) fn published(&self, kid: &str) -> Json {
        let public = self.0.public_key();
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (n, e) = (public.modulus(), public.exponent());
        json!({
            "kid": kid, "kty": "RSA", "alg": "RS256", "use": "sig",
            "n": text(n.big_endian_without_leading_zero()), "e": text(e.big_endian_without_leading_zero()),
        })
    }

    pub(crate) fn sign(&self, header: &Json, claims: &Json) -> String {
        let text = |part: &Json| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", text(header), text(claims));
        let mut made = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut made).expect("the key signs");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(made))
    }
}

impl Issuer {
    /// An issuer whose one key is `a`.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        let issuer = Self { url, key: SigningKey::new(), state };
        issuer.tell(DISCOVERY, Told::Document(issuer.discovery(&format!("{}/keys", issuer.url))));
        issuer.publish(&[issuer.key.published("a")]);
        issuer
    }

    pub(crate) fn discovery(&self, jwks_uri: &str) -> String {
        json!({"issuer": self.url, "jwks_uri": jwks_uri}).to_string()
    }

    pub(crate) fn tell(&self, path: &str, told: Told) {
        self.state.lock().expect("nobody panics").told.insert(path.to_owned(), told);
    }

    pub(crate) fn publish(&self, keys: &[Json]) {
        self.tell("/keys", Told::Document(json!({"keys": keys}).to_string()));
    }

    /// What it was asked for, so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state.lock().expect("nobody panics").asked.clone()
    }

    pub(crate) fn authorizer(&self, query: &str) -> JwtAuthorizer {
        let uri = format!("jwt+{}?{query}", self.url);
        JwtAuthorizer::parse(&uri, "Authorization").expect("a sound URI")
    }

    pub(crate) fn claims(&self, now: i64, with: &Json) -> Json {
        let mut claims = json!({"iss": self.url, "aud": "app", "sub": "alice", "exp": now + 300, "iat": now});
        claims.as_object_mut().expect("an object").extend(with.as_object().expect("members").clone());
        claims
    }

    pub(crate) fn token(&self, now: i64, with: &Json) -> String {
        self.key.sign(&json!({"alg": "RS256", "kid": "a"}), &self.claims(now, with))
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let told = {
        let mut state = state.lock().expect("nobody panics");
        state.asked.push(path.clone());
        state.told.get(&path).cloned()
    };
    let answer = match told {
        Some(Told::Document(text)) => {
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}", text.len())
        }
        Some(Told::Raw(text)) => text,
        Some(Told::Silence) => return std::future::pending().await,
        None => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
    };
    // Whoever has heard enough goes.
    let _ = stream.write_all(answer.as_bytes()).await;
}
