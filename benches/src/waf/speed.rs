//! What judging costs: CPU time a request, as the kernel counts it for this thread.

use std::fmt::Write as _;
use std::hint::black_box;

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use waf::testing::NOWHERE;
use waf::{Action, WebAcl};

use super::acl::{self, BODY_BYTES_MAX, GROUPS, THREE};
use super::wire::Wire;

/// Batches that are timed; the median batch is quoted.
const BATCHES: usize = 101;

/// CPU time that this thread has had, in nanoseconds.
pub(super) fn spent_ns() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Microseconds of CPU time a judgement: the median of batches.
pub fn cost_us(acl: &WebAcl, wire: &Wire) -> f64 {
    let heads = wire.heads();
    let request = wire.view(&heads, BODY_BYTES_MAX);
    let world = NOWHERE;
    let turn = || acl.judge(black_box(&request), &world);
    let judgement = turn();
    assert!(judgement.action == Action::Allow, "a request that is timed must be let through: {judgement:?}");
    median_us(&|| {
        black_box(turn());
    })
}

/// Microseconds of CPU time a turn: the median of batches.
pub(super) fn median_us(turn: &dyn Fn()) -> f64 {
    let once = spent_ns();
    turn();
    let estimate = (spent_ns() - once).max(1);
    let turns = (400_000 / estimate).clamp(1, 200);
    let mut batches = Vec::with_capacity(BATCHES);
    for _ in 0..BATCHES {
        let before = spent_ns();
        for _ in 0..turns {
            turn();
        }
        batches.push((spent_ns() - before) as f64 / turns as f64 / 1000.0);
    }
    batches.sort_by(f64::total_cmp);
    batches[BATCHES / 2]
}

/// What a browser asks for.
pub fn browser_get() -> Wire {
    let cookies = "_ga=GA1.2.1234567890.1718000000; session=dGhpcyBpcyBhIHNlc3Npb24; theme=dark; consent=analytics";
    Wire::get("/catalog/shoes", "page=2&sort=price&utm_source=newsletter&q=red+shoes").with("Cookie", cookies)
}

/// About 2 KiB of JSON.
pub fn order_post() -> Wire {
    let item = |at: usize| {
        json!({"sku": format!("A-{at}"), "title": "Red shoe, size 42", "quantity": at, "price": 19.99,
            "note": "Please wrap it as a gift & send it to O'Brien"})
    };
    let items: Vec<Value> = (0..15).map(item).collect();
    let order = json!({"customer": {"name": "Ada Lovelace", "mail": "ada@example.com"}, "items": items});
    Wire::post("/api/orders", "application/json", order.to_string()).with("Cookie", "session=dGhpcyBpcyBhIHNlc3Npb24")
}

/// The cost of the two requests under several web ACLs.
pub fn requests() -> String {
    let (get, post) = (browser_get(), order_post());
    let size = post.body.len();
    let mut text = format!("| web ACL | GET of a browser | POST of {size} bytes of JSON |\n|---|---|---|\n");
    let nothing = acl::of_rules(std::iter::empty());
    let mut row = |name: &str, acl: &WebAcl| {
        let _ = writeln!(text, "| {name} | {:.2} µs | {:.2} µs |", cost_us(acl, &get), cost_us(acl, &post));
    };
    row("no rule", &nothing);
    row("Common, SQLi, KnownBadInputs", &acl::of_groups(&THREE));
    row("all nine groups", &acl::of_groups(&GROUPS));
    for group in GROUPS {
        row(group, &acl::of_groups(&[group]));
    }
    text
}

/// How the cost grows with the body and with the number of rules.
pub fn scaling() -> String {
    let acl = acl::of_groups(&THREE);
    let words = "It is a long text of the kind that people write, with a few words in it: tables, orders & more. ";
    let mut text = "| body | JSON | µs a KiB | text | µs a KiB |\n|---|---|---|---|---|\n".to_owned();
    // Bodies beyond 8 KiB are refused by a rule of the Common group, which is left out for them.
    let unlimited = acl::of_groups_for_long_bodies(&THREE);
    for kib in [1_usize, 2, 4, 8, 16, 32, 63] {
        let bytes = kib * 1000;
        let acl = if kib <= 8 { &acl } else { &unlimited };
        let list: Vec<&str> = std::iter::repeat_n(words, bytes / (words.len() + 3)).collect();
        let json = cost_us(acl, &Wire::post("/", "application/json", json!(list).to_string()));
        let plain = cost_us(acl, &Wire::post("/", "text/plain", words.repeat(bytes / words.len())));
        let each = |cost: f64| cost / kib as f64;
        let _ = writeln!(text, "| {kib} KB | {json:.1} µs | {:.2} | {plain:.1} µs | {:.2} |", each(json), each(plain));
    }
    text.push_str("\n| rules of one's own beside none | GET | POST |\n|---|---|---|\n");
    for count in [10, 100, 1000] {
        let acl = acl::of_rules((0..count).map(own_rule));
        let _ = writeln!(
            text,
            "| {count} | {:.2} µs | {:.2} µs |",
            cost_us(&acl, &browser_get()),
            cost_us(&acl, &order_post())
        );
    }
    text
}

/// One of many rules: half look into headers, half into the body.
fn own_rule(at: usize) -> Value {
    let field = if at.is_multiple_of(2) {
        json!({"Headers": {"MatchPattern": {"All": {}}, "MatchScope": "VALUE", "OversizeHandling": "CONTINUE"}})
    } else {
        json!({"Body": {"OversizeHandling": "CONTINUE"}})
    };
    json!({"RegexMatchStatement": {"RegexString": format!("attack{at:04}\\s+[a-z]{{3,9}}=\\d+"), "FieldToMatch": field,
        "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE_UNI"}, {"Priority": 1, "Type": "LOWERCASE"}]}})
}
