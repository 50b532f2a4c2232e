//! Signatures: what proving a signed call of 1 KiB costs with a warm key, under SigV4 and SigV4A, in header and query.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use base::{Secret, Timestamp};
use benches::report;
use sigv4::{Claim, Expectation, KeyCache, KeyPair, MultiRegionSigner, PathRule, Payload, Received, Signer};

/// Batches that are timed; the median batch is quoted.
const BATCHES: usize = 501;
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const REGION: &str = "us-east-1";
const SERVICE: &str = "execute-api";

fn main() -> std::io::Result<()> {
    let secret = Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned());
    // A secret of any kind gives a pair but for one in four thousand million.
    let pair = KeyPair::derive(KEY, &secret).map_err(std::io::Error::other)?;
    let token = Secret::new("A".repeat(400));
    let mut table = "| call | median | slowest tenth |\n|---|---|---|\n".to_owned();
    for (token, words) in [(None, ""), (Some(&token), ", with a token of 400 bytes")] {
        for call in [Call::header(&secret, token), Call::query(&secret, token)] {
            call.row(&mut table, "SigV4", words, &secret, 50);
        }
        for call in [Call::header_for_regions(&pair, token), Call::query_for_regions(&pair, token)] {
            call.row(&mut table, "SigV4A", words, &secret, 10);
        }
    }
    let call = Call::header(&secret, None);
    row(&mut table, "SigV4, a cold key", &time(20, || call.prove(&KeyCache::new(16), &secret)));
    let call = Call::header_for_regions(&pair, None);
    row(&mut table, "SigV4A, a cold key", &time(5, || call.prove(&KeyCache::new(16), &secret)));
    let about = "Reading the claim, finding its key, the canonical request, the hash of a body of 1 KiB and the proof, for \
                 a POST with nine header fields and a query of two parameters, on one thread.";
    report::section("signatures", "What proving a signature costs", &format!("{about}\n\n{table}"))
}

fn row(table: &mut String, what: &str, times: &[Duration]) {
    let (median, slow) = (times[times.len() / 2], times[times.len() * 9 / 10]);
    // Writing to a string cannot fail.
    let _ = writeln!(table, "| {what} | {median:.2?} | {slow:.2?} |");
}

/// The time of one turn, as each batch of `turns` shows it, sorted.
fn time(turns: u32, mut turn: impl FnMut()) -> Vec<Duration> {
    for _ in 0..turns {
        turn();
    }
    let mut times: Vec<Duration> = (0..BATCHES)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..turns {
                turn();
            }
            start.elapsed() / turns
        })
        .collect();
    times.sort_unstable();
    times
}

/// A signed call as it was received.
struct Call {
    form: &'static str,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    fn header(secret: &Secret<String>, token: Option<&Secret<String>>) -> Self {
        Self::signed("in the header", |received, body| (None, signer(secret, token).sign(received, body, now())))
    }

    fn query(secret: &Secret<String>, token: Option<&Secret<String>>) -> Self {
        Self::signed("in the query", |received, body| {
            (Some(signer(secret, token).presign(received, body, now(), 60)), Vec::new())
        })
    }

    fn header_for_regions(pair: &KeyPair, token: Option<&Secret<String>>) -> Self {
        Self::signed("in the header", |received, body| {
            (None, signer_for_regions(pair, token).sign(received, body, now()).expect("the pair signs"))
        })
    }

    fn query_for_regions(pair: &KeyPair, token: Option<&Secret<String>>) -> Self {
        Self::signed("in the query", |received, body| {
            let query = signer_for_regions(pair, token).presign(received, body, now(), 60).expect("the pair signs");
            (Some(query), Vec::new())
        })
    }

    /// A usual call, signed by `sign`, which answers another query or more header fields.
    fn signed(
        form: &'static str,
        sign: impl FnOnce(&Received<'_>, &[u8]) -> (Option<String>, Vec<(&'static str, String)>),
    ) -> Self {
        let headers = [
            ("host", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"),
            ("content-type", "application/json"),
            ("content-length", "1024"),
            ("accept", "*/*"),
            ("accept-encoding", "gzip, deflate"),
            ("user-agent", "Boto3/1.44.8 md/Botocore#1.44.8 ua/2.0 os/linux lang/python#3.11"),
            ("x-request-source", "orders"),
        ];
        let mut call = Self {
            form,
            query: "limit=25&status=open".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            body: vec![b'a'; 1024],
        };
        let (query, added) = call.received(|received| sign(received, &call.body));
        call.query = query.unwrap_or(call.query);
        call.headers.extend(added.into_iter().map(|(name, value)| (name.to_owned(), value)));
        call
    }

    fn received<T>(&self, look: impl FnOnce(&Received<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        look(&Received { method: "POST", path: "/prod/orders/2026/items", query: &self.query, headers: &headers })
    }

    fn row(&self, table: &mut String, algorithm: &str, words: &str, secret: &Secret<String>, turns: u32) {
        let cache = KeyCache::new(1024);
        let times = time(turns, || self.prove(&cache, secret));
        row(table, &format!("{algorithm} {}{words}", self.form), &times);
    }

    fn prove(&self, cache: &KeyCache, secret: &Secret<String>) {
        let regions = [REGION];
        let expectation = Expectation::invoke(&regions, now());
        let proven = self.received(|received| {
            let claim = Claim::parse(received)?;
            claim.check(received, &expectation)?;
            let Ok(key) = cache.signing_key(&claim, || Ok::<_, Infallible>(secret.clone()));
            claim.verify(received, Payload::Bytes(&self.body), &key, &expectation)
        });
        assert!(black_box(proven).is_ok(), "what was signed is proven");
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_440_938_160).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn signer<'a>(secret: &'a Secret<String>, token: Option<&'a Secret<String>>) -> Signer<'a> {
    Signer {
        access_key_id: KEY,
        secret,
        session_token: token,
        region: REGION,
        service: SERVICE,
        path: PathRule::Normalized,
    }
}

fn signer_for_regions<'a>(pair: &'a KeyPair, token: Option<&'a Secret<String>>) -> MultiRegionSigner<'a> {
    MultiRegionSigner {
        access_key_id: KEY,
        pair,
        session_token: token,
        region_set: "us-east-1,eu-*",
        service: SERVICE,
        path: PathRule::Normalized,
    }
}
