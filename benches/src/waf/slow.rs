//! Inputs that are made to be slow: 64 KB each, and what the slowest of them costs.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use waf::WebAcl;

use super::acl::{self, BODY_BYTES_MAX, GROUPS, Nowhere};
use super::attacks;
use super::random::Random;
use super::wire::Wire;

const BYTES: usize = 64 * 1024;

/// Texts that are repeated until they fill a body.
const REPEATED: [&str; 54] = [
    "a",
    "'",
    "\"",
    "`",
    "(",
    ")",
    "[",
    "{",
    "<",
    ">",
    "/",
    "\\",
    "%",
    "%2",
    "%25",
    "%u",
    "&",
    "&#",
    "&#x",
    "&lt;",
    "+",
    "-",
    "--",
    "#",
    "/*",
    "*/",
    "/**/",
    "../",
    "..\\",
    "${",
    "${${",
    "${::-",
    "select ",
    "union ",
    "union all ",
    "or 1",
    "and '",
    " or ",
    "'or ",
    "0x",
    "concat(",
    "<script",
    "<a on",
    "<!--",
    "onx=",
    "javascript:",
    "=",
    ";",
    "|",
    "; c",
    "$(",
    "echo ",
    "http://1",
    "\u{0}",
];

/// A table of the slowest inputs.
pub fn slowest() -> String {
    let acl = acl::of_groups_for_long_bodies(&GROUPS);
    let mut costs: Vec<(Duration, String)> = Vec::new();
    for (name, body, media_type) in bodies() {
        let wire = Wire::post("/", media_type, body);
        costs.push((least(&acl, &wire), name));
    }
    costs.sort_by(|one, other| other.cmp(one));
    let count = costs.len();
    let mut text = format!(
        "{count} bodies of 64 KB under all nine groups; each the best of five, so that what the machine does besides is left \
         out. The slowest:\n\n| body | time |\n|---|---|\n"
    );
    for (cost, name) in costs.iter().take(10) {
        let _ = writeln!(
            text,
            "| `{}` | {:.2} ms |",
            name.escape_default().to_string().replace('|', "¦").replace('`', "´"),
            cost.as_secs_f64() * 1e3
        );
    }
    text
}

fn least(acl: &WebAcl, wire: &Wire) -> Duration {
    let heads = wire.heads();
    let request = wire.view(&heads, BODY_BYTES_MAX);
    let time = |_| {
        let start = Instant::now();
        std::hint::black_box(acl.judge(&request, &Nowhere));
        start.elapsed()
    };
    (0..5).map(time).min().unwrap_or_default()
}

fn bodies() -> Vec<(String, Vec<u8>, &'static str)> {
    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";
    let fill = |text: &str| text.repeat(BYTES / text.len());
    let mut bodies = Vec::new();
    for text in REPEATED {
        bodies.push((text.to_owned(), fill(text).into_bytes(), FORM));
        let value = serde_json::Value::from(text.repeat((BYTES - 16) / text.len() / 2)).to_string();
        bodies.push((format!("JSON {text}"), format!("{{\"a\":{value}}}").into_bytes(), JSON));
        let many =
            format!("[{}1]", format!("{},", serde_json::Value::from(text)).repeat((BYTES - 8) / (text.len() + 9)));
        bodies.push((format!("JSON list of {text}"), many.into_bytes(), JSON));
    }
    bodies.push(("JSON nested".to_owned(), fill("[").into_bytes(), JSON));
    bodies.push(("JSON objects nested".to_owned(), fill("{\"a\":").into_bytes(), JSON));
    bodies.push((
        "JSON escapes".to_owned(),
        format!("\"{}\"", fill("\\u0027").split_at(BYTES - 70).0).into_bytes(),
        JSON,
    ));
    bodies.push(("JSON numbers".to_owned(), format!("[{}1]", "1,".repeat(BYTES / 2 - 2)).into_bytes(), JSON));
    bodies.push(("arguments".to_owned(), fill("a=b&").into_bytes(), FORM));
    // Two texts that rules look for, in every combination with each other.
    let mut random = Random::new(5);
    for _ in 0..200 {
        let pair = format!("{}{}", random.pick(&REPEATED), random.pick(&REPEATED));
        bodies.push((pair.clone(), fill(&pair).into_bytes(), FORM));
    }
    // Parts of real attacks, shuffled: they reach deep into the rules.
    let samples = attacks::all();
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let mut text = String::new();
        while text.len() < BYTES {
            let payload = &samples[random.below(samples.len())].payload;
            let cut = random.below(payload.chars().count() + 1);
            text.extend(payload.chars().take(cut));
        }
        bodies.push((format!("parts of attacks {seed}"), text.into_bytes(), "text/plain"));
    }
    bodies
}
