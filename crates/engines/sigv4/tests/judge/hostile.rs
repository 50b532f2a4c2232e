//! Arbitrary heads: no panic, nothing passes, and the time grows with the length only.

use std::time::{Duration, Instant};

use crate::support::{Request, expectation};
use proptest::prelude::*;
use sigv4::Claim;

/// Texts that resemble the parts of signatures, mixed with noise.
fn noise() -> impl Strategy<Value = String> {
    let words = [
        "AWS4-HMAC-SHA256 ",
        "AWS4-ECDSA-P256-SHA256 ",
        "AKIDEXAMPLE/20150830/service/aws4_request",
        "X-Amz-Region-Set=",
        "us-*,",
        "3044022012",
        "Credential=",
        "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request",
        ", ",
        "SignedHeaders=",
        "host;x-amz-date",
        "Signature=",
        "20150830T123600Z",
        "X-Amz-Algorithm=",
        "X-Amz-Credential=",
        "X-Amz-Signature=",
        "X-Amz-SignedHeaders=",
        "X-Amz-Date=",
        "X-Amz-Expires=",
        "&",
        "%",
        "%2",
        "%2F",
        "/",
        "..",
        "=",
        ";",
        "\n",
        "é",
        "\0",
    ];
    let word = prop_oneof![4 => prop::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => ".{0,8}"];
    prop::collection::vec(word, 0..16).prop_map(|words| words.concat())
}

fn header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let names = [
        "Authorization",
        "X-Amz-Date",
        "Date",
        "X-Amz-Security-Token",
        "Host",
        "x-amz-content-sha256",
        "X-Amz-Region-Set",
        "é",
        "",
    ];
    let value = prop_oneof![noise().prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..32)];
    (prop::sample::select(names.to_vec()).prop_map(str::to_owned), value)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_head_panics_or_passes(
        method in ".{0,4}", path in noise(), query in noise(), headers in prop::collection::vec(header(), 0..5),
    ) {
        let request = Request { method, path, query, headers, body: Vec::new() };
        let refusal = request.verify(&expectation()).expect_err("nobody knows this signature");
        // A message repeats at most the request itself, and that only in the canonical texts.
        prop_assert!(refusal.message().len() < 4096 + 16 * (request.path.len() + request.query.len()) + 4096);
        prop_assert!(refusal.reason().len() < 2048);
    }

    #[test]
    fn a_changed_byte_never_passes(position in 0usize..40, byte in any::<u8>()) {
        let mut request = Request::get("/a/b", "c=d").with("My-Header", "value").signed();
        let value = &mut request.headers[1].1;
        let position = position % value.len();
        prop_assume!(value[position] != byte && !(byte.is_ascii_whitespace() && position + 1 == value.len()));
        value[position] = byte;
        prop_assert!(request.verify(&expectation()).is_err());
    }
}

#[test]
fn time_grows_with_the_length_only() {
    let cost = |length: usize| {
        let names: Vec<String> = (0..length / 8).map(|number| format!("a{number}")).collect();
        let mut request = Request::get(&"/../a%".repeat(length / 6), &"a=b&".repeat(length / 4));
        for name in &names {
            request = request.with(name, "x   y");
        }
        let list = names.join(";");
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;{list}, \
             Signature={}",
            "0".repeat(64)
        );
        request = request.with("Authorization", &signature).with("Date", "20150830T123600Z");
        let start = Instant::now();
        assert!(request.verify(&expectation()).is_err());
        start.elapsed()
    };
    let small = (0..5).map(|_| cost(10_000)).min().unwrap_or_default();
    let large = (0..3).map(|_| cost(160_000)).min().unwrap_or_default();
    // Sixteen times the length; a square would cost 256 times. Sorting and a busy machine get generous room.
    assert!(large < small.max(Duration::from_micros(200)) * 96, "{small:?} became {large:?}");
}

#[test]
fn a_claim_does_not_print_its_secrets() {
    let request = Request::get("/", "").with("X-Amz-Security-Token", "the-token").signed();
    let claim = request.received(Claim::parse).expect("a good claim");
    let printed = format!("{claim:?}");
    assert!(!printed.contains("the-token") && printed.contains("***"), "{printed}");
}
