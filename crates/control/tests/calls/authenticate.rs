//! Who calls: each way to get a signature wrong, in each protocol, beside one that is right.

use base::{Clock as _, Secret, Timestamp};
use bytes::Bytes;
use http::HeaderValue;
use model::iam::AccessKey;
use sigv4::Refusal;

use crate::support::{Answer, Ask, JSON, Key, ONE, World, scope};

/// One call of each protocol: rest-json, json and query.
fn one_of_each() -> [Ask; 3] {
    [Ask::list(), Ask::lookup(), Ask::identity()]
}

/// AWS's codes for a kind of refusal: of the JSON protocols, and of the query protocol with its status.
type Codes = (&'static str, &'static str, u16);

const INCOMPLETE: Codes = ("IncompleteSignatureException", "IncompleteSignature", 400);
const MISMATCH: Codes = ("InvalidSignatureException", "SignatureDoesNotMatch", 403);
const UNKNOWN_KEY: Codes = ("UnrecognizedClientException", "InvalidClientTokenId", 403);
const MISSING: Codes = ("MissingAuthenticationTokenException", "MissingAuthenticationToken", 403);

const INVALID_TOKEN: &str = "The security token included in the request is invalid.";
const NOT_THE_SIGNATURE: &str = "The request signature we calculated does not match the signature you provided. Check \
                                 your AWS Secret Access Key and signing method. Consult the service documentation for \
                                 details.";

fn assert_refused(case: &str, answer: &Answer, codes: Codes, begins: &str) {
    let (code, status) = match answer.header("content-type") {
        Some("text/xml") => (codes.1, codes.2),
        // Services that speak JSON 1.1 answer 400 to whatever the caller did wrong.
        Some(JSON) => (codes.0, 400),
        _ => (codes.0, 403),
    };
    let (given, message) = answer.error();
    assert_eq!((answer.status, given.as_str()), (status, code), "{case}: {message}");
    assert!(message.starts_with(begins), "{case}: {message}");
}

/// Refuses `make`'s variant of each call, and records each refusal as nobody's.
async fn check(case: &str, codes: Codes, begins: &str, make: impl Fn(&World, Ask) -> Ask) {
    let world = World::new().await;
    for ask in one_of_each() {
        assert_eq!(world.call(ask.clone()).await.status, 200, "{case}: the call itself is good");
        let answer = world.send(&make(&world, ask)).await;
        assert_refused(case, &answer, codes, begins);
        let record = world.records().await.pop().unwrap();
        assert_eq!(record["userIdentity"]["type"], "Unknown", "{case}");
        assert_eq!(record["errorCode"], answer.code(), "{case}");
    }
}

fn now(world: &World) -> Timestamp {
    world.clock.now()
}

fn seconds(world: &World, later: i64) -> Timestamp {
    Timestamp::from_second(now(world).as_second() + later).unwrap()
}

/// Signs, then replaces a part of the header.
fn with_authorization(world: &World, ask: Ask, edit: impl Fn(&str) -> String) -> Ask {
    let signed = ask.signed(&world.root, now(world));
    let edited = edit(signed.header("authorization"));
    signed.with("authorization", &edited)
}

#[tokio::test]
async fn a_call_without_a_signature_is_refused() {
    check("unsigned", MISSING, "Missing Authentication Token", |_, ask| ask).await;
}

#[tokio::test]
async fn a_header_that_is_no_signature_is_refused() {
    let pair = "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded \
                with Base64): '";
    check("bearer", INCOMPLETE, pair, |_, ask| ask.with("authorization", "Bearer abc")).await;
    check("empty", INCOMPLETE, "Authorization header cannot be empty: ''.", |_, ask| ask.with("authorization", ""))
        .await;
    let missing = "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' \
                   parameter. Authorization header requires 'SignedHeaders' parameter. ";
    check("bare", INCOMPLETE, missing, |_, ask| ask.with("authorization", "AWS4-HMAC-SHA256").with("x-amz-date", "x"))
        .await;
    check("another algorithm", INCOMPLETE, "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'", |world, ask| {
        with_authorization(world, ask, |header| header.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"))
    })
    .await;
    let five = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '";
    check("a short scope", INCOMPLETE, five, |world, ask| {
        with_authorization(world, ask, |header| header.replace("/aws4_request", ""))
    })
    .await;
    check("no date", INCOMPLETE, "Authorization header requires existence of either a 'X-Amz-Date'", |world, ask| {
        ask.signed(&world.root, now(world)).without("x-amz-date")
    })
    .await;
    check("a broken date", INCOMPLETE, "Date must be in ISO-8601 'basic format'. Got 'yesterday'.", |world, ask| {
        ask.signed(&world.root, now(world)).with("x-amz-date", "yesterday")
    })
    .await;
}

#[tokio::test]
async fn a_part_that_stands_twice_is_refused() {
    check("two headers", INCOMPLETE, "'Authorization' must not be given more than once.", |world, ask| {
        let signed = ask.signed(&world.root, now(world));
        let again = signed.header("authorization").to_owned();
        signed.and("authorization", &again)
    })
    .await;
    check("two signatures", INCOMPLETE, "'Signature' must not be given more than once.", |world, ask| {
        with_authorization(world, ask, |header| format!("{header}, Signature=00"))
    })
    .await;
    check(
        "header and query",
        INCOMPLETE,
        "A request must be signed either in its Authorization header",
        |world, ask| ask.presigned(&world.root, now(world), 60).signed(&world.root, now(world)),
    )
    .await;
}

#[tokio::test]
async fn a_signature_by_another_secret_does_not_fit() {
    check("wrong secret", MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
        let key = Key { id: world.root.id.clone(), secret: Secret::new("x".repeat(40)) };
        ask.signed(&key, now(world))
    })
    .await;
    check("wrong secret, presigned", MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
        let key = Key { id: world.root.id.clone(), secret: Secret::new("x".repeat(40)) };
        ask.presigned(&key, now(world), 60)
    })
    .await;
    check("a signature of other digits", MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
        with_authorization(world, ask, |header| {
            let (before, digits) = header.split_once("Signature=").unwrap();
            let first = if digits.starts_with('0') { '1' } else { '0' };
            format!("{before}Signature={first}{}", &digits[1..])
        })
    })
    .await;
}

#[tokio::test]
async fn a_key_that_nobody_has_is_refused() {
    check("unknown key", UNKNOWN_KEY, INVALID_TOKEN, |world, ask| {
        let key = Key { id: "AKIANOBODY".to_owned(), secret: world.root.secret.clone() };
        ask.signed(&key, now(world))
    })
    .await;
}

#[tokio::test]
async fn a_session_token_is_refused_while_none_was_handed_out() {
    check("token", UNKNOWN_KEY, INVALID_TOKEN, |world, ask| {
        ask.with("x-amz-security-token", "a-token").signed(&world.root, now(world))
    })
    .await;
    check("unsigned token", UNKNOWN_KEY, INVALID_TOKEN, |world, ask| {
        ask.signed(&world.root, now(world)).with("x-amz-security-token", "a-token")
    })
    .await;
    check("presigned token", UNKNOWN_KEY, INVALID_TOKEN, |world, mut ask| {
        let more = if ask.query.is_empty() { "" } else { "&" };
        ask.query = format!("{}{more}X-Amz-Security-Token=a-token", ask.query);
        ask.presigned(&world.root, now(world), 60)
    })
    .await;
}

#[tokio::test]
async fn an_inactive_key_signs_nothing_until_it_is_active_again() {
    let world = World::new().await;
    for active in [false, true] {
        let global = scope(ONE).global();
        let mut tx = operation::Transaction::begin(world.store.as_ref(), operation::Kind::Write).await.unwrap();
        let key = tx.get::<AccessKey>(&global, &world.root.id).await.unwrap().unwrap();
        tx.put(&global, &AccessKey { active, ..key }).unwrap();
        store_resources::Resources::commit(world.store.as_ref(), tx.into_batch()).await.unwrap();
        world.serve_newest().await;
        for ask in one_of_each() {
            let answer = world.call(ask).await;
            if active {
                assert_eq!(answer.status, 200, "{}", answer.text());
            } else {
                assert_refused("inactive", &answer, UNKNOWN_KEY, INVALID_TOKEN);
            }
        }
    }
}

#[tokio::test]
async fn a_clock_may_be_five_minutes_wrong_and_no_more() {
    let world = World::new().await;
    for ask in one_of_each() {
        for later in [-300, 0, 300] {
            let answer = world.send(&ask.clone().signed(&world.root, seconds(&world, later))).await;
            assert_eq!(answer.status, 200, "{later}: {}", answer.text());
        }
        let early = world.send(&ask.clone().signed(&world.root, seconds(&world, 301))).await;
        let message = "Signature not yet current: 20270115T120501Z is still later than 20270115T120500Z \
                       (20270115T120000Z + 5 min.)";
        assert_refused("early", &early, MISMATCH, message);
        let late = world.send(&ask.signed(&world.root, seconds(&world, -301))).await;
        let message = "Signature expired: 20270115T115459Z is now earlier than 20270115T115500Z \
                       (20270115T120000Z - 5 min.)";
        assert_refused("late", &late, MISMATCH, message);
    }
}

#[tokio::test]
async fn a_signed_call_is_no_more_once_its_five_minutes_are_over() {
    let world = World::new().await;
    let signed = one_of_each().map(|ask| ask.signed(&world.root, now(&world)));
    world.clock.advance(std::time::Duration::from_mins(5));
    for ask in &signed {
        assert_eq!(world.send(ask).await.status, 200);
    }
    world.clock.advance(std::time::Duration::from_secs(1));
    for ask in &signed {
        assert_refused("replayed", &world.send(ask).await, MISMATCH, "Signature expired: ");
    }
}

#[tokio::test]
async fn a_presigned_call_lives_as_long_as_it_says() {
    let world = World::new().await;
    let signed = one_of_each().map(|ask| ask.presigned(&world.root, now(&world), 3_600));
    world.clock.advance(std::time::Duration::from_hours(1));
    for ask in &signed {
        let answer = world.send(ask).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    world.clock.advance(std::time::Duration::from_secs(1));
    for ask in &signed {
        let message = "Signature expired: 20270115T120000Z is now earlier than 20270115T120001Z \
                       (20270115T130001Z - 60 min.)";
        assert_refused("expired", &world.send(ask).await, MISMATCH, message);
    }
}

#[tokio::test]
async fn a_presigned_call_lives_a_second_to_seven_days() {
    for expires_s in [0, 604_801] {
        let begins = format!("X-Amz-Expires must be a number of seconds between 1 and 604800, got '{expires_s}'");
        check("its life", INCOMPLETE, &begins, |world, ask| ask.presigned(&world.root, now(world), expires_s)).await;
    }
}

#[tokio::test]
async fn a_signature_for_another_region_does_not_fit_but_services_without_one_take_us_east_1() {
    let world = World::new().await;
    for ask in [Ask::list(), Ask::lookup()] {
        let answer = world.call(ask.in_region("us-east-1")).await;
        let message = "Credential should be scoped to a valid region, not 'us-east-1'. ";
        assert_refused("region", &answer, MISMATCH, message);
    }
    let identity = world.call(Ask::identity().in_region("us-east-1")).await;
    assert_eq!((identity.status, identity.element("Account").as_str()), (200, ONE));
    let elsewhere = world.call(Ask::identity().in_region("us-west-2")).await;
    assert_refused("region", &elsewhere, MISMATCH, "Credential should be scoped to a valid region, not 'us-west-2'. ");
}

#[tokio::test]
async fn a_scope_with_another_day_or_terminator_does_not_fit() {
    let another_day = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
                       '20270114' != '20270115', from '20270115T120000Z'.";
    check("another day", MISMATCH, another_day, |world, ask| {
        with_authorization(world, ask, |header| header.replace("/20270115/", "/20270114/"))
    })
    .await;
    let terminator = "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ";
    check("terminator", MISMATCH, terminator, |world, ask| {
        with_authorization(world, ask, |header| header.replace("aws4_request", "aws5_request"))
    })
    .await;
}

#[tokio::test]
async fn a_signed_call_cannot_be_changed() {
    check("query", MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
        let mut ask = ask.signed(&world.root, now(world));
        ask.query = "limit=1".to_owned();
        ask
    })
    .await;
    check("body", MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
        let mut ask = ask.signed(&world.root, now(world));
        ask.body = Bytes::from([ask.body.as_ref(), b" "].concat());
        ask
    })
    .await;
    check("host", MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
        ask.signed(&world.root, now(world)).with("host", "elsewhere:4566")
    })
    .await;
    check("signed header", MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
        ask.signed(&world.root, now(world)).with("user-agent", "another")
    })
    .await;
    check("a signed header twice", MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
        ask.signed(&world.root, now(world)).and("user-agent", "another")
    })
    .await;
    check("presigned query", MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
        let mut ask = ask.presigned(&world.root, now(world), 60);
        ask.query = ask.query.replace("X-Amz-Expires=60", "X-Amz-Expires=61");
        ask
    })
    .await;
    let world = World::new().await;
    let id = world.make_api("pets").await;
    let mut ask = Ask::rest("GET", &format!("/restapis/{id}"), "").signed(&world.root, now(&world));
    assert_eq!(world.send(&ask).await.status, 200);
    ask.path = format!("/restapis/{id}/resources");
    assert_refused("path", &world.send(&ask).await, MISMATCH, NOT_THE_SIGNATURE);
    let mut ask = Ask::rest("GET", &format!("/restapis/{id}"), "").signed(&world.root, now(&world));
    ask.method = http::Method::DELETE;
    assert_refused("method", &world.send(&ask).await, MISMATCH, NOT_THE_SIGNATURE);
}

#[tokio::test]
async fn headers_that_must_be_signed_are() {
    check("no host", MISMATCH, "'Host' or ':authority' must be a 'SignedHeader'", |world, ask| {
        ask.without("host").signed(&world.root, now(world)).with("host", "127.0.0.1:4566")
    })
    .await;
    check("an unsigned header of Amazon's", MISMATCH, "'x-amz-user-agent' must be a 'SignedHeader'", |world, ask| {
        ask.signed(&world.root, now(world)).with("x-amz-user-agent", "another")
    })
    .await;
    // The one that matters: a signed call to one operation becomes another's.
    let world = World::new().await;
    let ask = Ask::lookup().without("x-amz-target").signed(&world.root, now(&world));
    let target = "CloudTrail_20131101.LookupEvents";
    let answer = world.send(&ask.with("x-amz-target", target)).await;
    assert_refused("target", &answer, MISMATCH, "'x-amz-target' must be a 'SignedHeader'");
}

#[tokio::test]
async fn a_payload_must_be_signed() {
    for form in ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"] {
        check(form, MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
            ask.with("x-amz-content-sha256", form).signed(&world.root, now(world))
        })
        .await;
    }
    check("twice", MISMATCH, NOT_THE_SIGNATURE, |world, ask| {
        ask.with("x-amz-content-sha256", "a").and("x-amz-content-sha256", "b").signed(&world.root, now(world))
    })
    .await;
}

#[tokio::test]
async fn the_words_of_a_mismatch_show_what_was_computed_to_the_caller_and_not_to_the_record() {
    let world = World::new().await;
    let key = Key { id: world.root.id.clone(), secret: Secret::new("x".repeat(40)) };
    let ask = Ask::list().with("cookie", "session=hidden-cookie").signed(&key, now(&world));
    let (_, message) = world.send(&ask).await.error();
    assert!(message.contains("The Canonical String for this request should have been\n'GET\n/restapis\n"), "{message}");
    assert!(message.contains("cookie:session=hidden-cookie"), "{message}");
    let record = world.records().await.pop().unwrap();
    let reason = Refusal::Mismatch(sigv4::Mismatch::Signature {
        canonical_request: String::new(),
        string_to_sign: String::new(),
    });
    assert_eq!(record["errorMessage"], reason.reason());
    assert!(!record.to_string().contains("hidden-cookie"), "{record}");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused_in_a_signature() {
    let world = World::new().await;
    let mut ask = Ask::list();
    ask.headers.insert("authorization", HeaderValue::from_bytes(b"AWS4-HMAC-SHA256 \xff").unwrap());
    assert_refused("no text", &world.send(&ask).await, INCOMPLETE, "'Authorization' must be text in UTF-8.");
}
