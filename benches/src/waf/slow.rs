//! Inputs that are made to be slow: 64 KB each, and what the slowest of them cost.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use waf::WebAcl;
use waf::testing::NOWHERE;

use super::acl::{self, BODY_BYTES_MAX, GROUPS};
use super::attacks;
use super::random::Random;
use super::speed;
use super::wire::Wire;

const BYTES: usize = 64 * 1024;

/// Texts that are repeated until they fill a body: what transformations undo, what rules look for, and what begins or ends a
/// token of SQL, HTML or a shell.
const REPEATED: [&str; 113] = [
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
    "\u{0}", // Tokens of SQL that fold for ever, in each place where a value can stand.
    "\\%",
    "\\\\'",
    "select.",
    "int.",
    "union`",
    "--x\n",
    "#'",
    "#\n",
    "a=",
    "'||",
    "or'",
    "like'",
    "1,",
    "1+",
    "in (",
    "{a ",
    "@'",
    "x'",
    "q'(",
    "$a$",
    "-'\"",
    "'+\"",
    "/*'*/",
    "/*!",
    "-- \n'",
    "'--\n\"#\n", // Escapes of JSON, HTML, CSS and JavaScript.
    "\\u0027",
    "\\x3c",
    "\\3c ",
    "&#106;",
    "&tab;",
    "%00",
    "%c0%ae",
    "%252e", // Openers of other languages.
    "<![CDATA[",
    "<?php ",
    "<%",
    "{{",
    "#{",
    "T(",
    "{ls,",
    "cmd /c ",
    "powershell ",
    "wget -",
    "cat /etc/",
    "eval(",
    "$_",
    "class.",
    "rO0AB",
    "jndi:",
    "__proto__",
    "\r\n--b\r\n",
    "é",
    // Words at the beginning of a value, and behind them not what must follow.
    "group_concat here",
    "java.io.file, java",
    "chef-client\nis here",
    "strrev(a) or b()",
    "console.info(a) b",
    "cat /etc/passwd \n",
];

/// Found by a search for what takes longest: a bit of everything, as many short values.
const MIXTURES: [&str; 3] = [
    "an!lfromcharc|cexecat od.class.system(es&l or t;h' aving 1|ca%t select','u'nion aele.php?c$__select.proto__on(../fr<omch0arcodet passwdx||i|cat frame -\tld href='",
    "an!lfr${--b\r\n::-omcharc|cexec%$a$00at o__proto__dsystem(es&l or t;a%t seAlect''u'nion ele----b\r\nc$__proto__((select ../fr<omchZ0arcodeh::aving 1[t .0-- \n'x||iframor 1e - href=..\\'",
    "an!lsiframe&lt;|ca&#s..\\el#'ect.-- \n' -ld union selectA href=constructor'",
];

/// Tables of the slowest inputs: under all nine groups, and under rules that read the whole body for injections at HIGH.
pub fn slowest() -> String {
    let bodies = bodies();
    let mut text = format!(
        "{} bodies of 64 KB; CPU time of the judging thread, each the best of five. The slowest under all \
         nine groups:\n\n",
        bodies.len()
    );
    text.push_str(&table(&acl::of_groups_for_long_bodies(&GROUPS), &bodies));
    text.push_str("\nUnder rules of one's own that ask for SQL injection at sensitivity HIGH and for scripts:\n\n");
    text.push_str(&table(&acl::of_rules(detectors().into_iter()), &bodies));
    text
}

fn detectors() -> [Value; 2] {
    let inspected = |mut members: Value| {
        members["FieldToMatch"] = json!({"Body": {"OversizeHandling": "CONTINUE"}});
        members["TextTransformations"] = json!([{"Priority": 0, "Type": "URL_DECODE"}]);
        members
    };
    [
        json!({"SqliMatchStatement": inspected(json!({"SensitivityLevel": "HIGH"}))}),
        json!({"XssMatchStatement": inspected(json!({}))}),
    ]
}

/// What a body is called, what it holds, and its type.
type Body = (String, Vec<u8>, &'static str);

fn table(acl: &WebAcl, bodies: &[Body]) -> String {
    let mut costs: Vec<(Duration, &str)> = Vec::new();
    for (name, body, media_type) in bodies {
        let wire = Wire::post("/", media_type, body.clone());
        costs.push((least(acl, &wire), name));
    }
    costs.sort_by(|one, other| other.cmp(one));
    let mut text = "| body | time |\n|---|---|\n".to_owned();
    for (cost, name) in costs.iter().take(10) {
        let name: String = name.chars().take(60).collect();
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
    let world = NOWHERE;
    let time = |_| {
        let start = speed::spent_ns();
        std::hint::black_box(acl.judge(&request, &world));
        Duration::from_nanos(u64::try_from(speed::spent_ns() - start).unwrap_or(0))
    };
    (0..5).map(time).min().unwrap_or_default()
}

fn bodies() -> Vec<Body> {
    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";
    const PARTS: &str = "multipart/form-data; boundary=b";
    let fill = |text: &str| text.repeat(BYTES / text.len());
    let mut bodies = Vec::new();
    for text in REPEATED.into_iter().chain(MIXTURES) {
        let field = format!("a={text}&");
        bodies.push((format!("fields of {text}"), field.repeat(BYTES / field.len()).into_bytes(), FORM));
        let part = format!("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{text}\r\n");
        bodies.push((format!("parts of {text}"), part.repeat(BYTES / part.len()).into_bytes(), PARTS));
        bodies.push((format!("XML {text}"), format!("<a>{}", fill(text)).into_bytes(), "text/xml"));
        bodies.push((text.to_owned(), fill(text).into_bytes(), FORM));
        let value = serde_json::Value::from(text.repeat((BYTES - 16) / text.len() / 2)).to_string();
        bodies.push((format!("JSON {text}"), format!("{{\"a\":{value}}}").into_bytes(), JSON));
        let entry = format!("{},", serde_json::Value::from(text));
        let many = format!("[{}1]", entry.repeat((BYTES - 8) / entry.len()));
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
    for _ in 0..300 {
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
