//! What it costs to find values in requests and to transform them: `cargo run --release -p waf --example inputs`.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use waf::field::{Extracted, FieldToMatch};
use waf::transform::{Buffers, Chain, TextTransformation};
use waf::{Body, Header, Invalid, Request};

/// Turns that are timed; the fastest is shown, which other work on the machine disturbs least.
const TURNS: usize = 501;

/// What 64 KiB of makes a transformation work hardest.
const HOSTILE: [&str; 40] = [
    "%",
    "%4",
    "%41",
    "%u",
    "%u004",
    "%u0041",
    "+",
    "&",
    "&#",
    "&#1",
    "&#x",
    "&lt;",
    "&diacriticaltilde;",
    "&aaaaaaaaaaaaaaaa;",
    "\\",
    "\\u",
    "\\u{",
    "\\u{1",
    "\\ud83d\\ude00",
    "\\x",
    "\\1",
    "\\ \n",
    "/",
    "/*",
    "/**/",
    "*",
    "*/",
    "--",
    "#",
    "../",
    "a/../",
    "/./",
    "a/b/c/../../../",
    " ",
    "\u{a0}",
    "a ",
    "0x",
    "0x41",
    "é",
    "\0",
];

fn main() -> Result<(), Invalid> {
    transformations();
    fields()
}

fn transformations() {
    let prose = "The quick brown fox jumps over the lazy dog, again and again; nothing in it needs to be undone. ";
    let url = "/shop/items/1234?sort=price&dir=asc&q=red+shoes%20and%20hats&page=2&ref=https%3A%2F%2Fexample.com%2F";
    let dense = "%3Cscript%3E+&lt;&#x41;\\u0041\\x41/**/../a/./b//c--# ^\"'  \t\0é0x4142";
    let texts = [prose, url, dense].map(|text| text.bytes().cycle().take(16 * 1024).collect::<Vec<u8>>());
    println!("{:<22}{:>12}{:>12}{:>12}{:>12}  of", "ns per KiB", "prose", "queries", "encodings", "slowest");
    for transformation in TextTransformation::ALL {
        let chain = Chain::of(&[transformation]);
        let mut buffers = Buffers::default();
        let times = texts.each_ref().map(|text| {
            time(TURNS, || {
                black_box(chain.apply(black_box(text), &mut buffers));
            })
            .as_nanos()
                / 16
        });
        let slowest = HOSTILE.iter().map(|piece| {
            let text: Vec<u8> = piece.bytes().cycle().take(64 * 1024).collect();
            let spent = time(50, || {
                black_box(chain.apply(black_box(&text), &mut buffers));
            });
            (spent.as_nanos() / 64, *piece)
        });
        let (slow, piece) = slowest.max().unwrap_or_default();
        let [prose, queries, encodings] = times;
        println!("{:<22}{prose:>12}{queries:>12}{encodings:>12}{slow:>12}  {piece:?}", transformation.name());
    }
}

fn fields() -> Result<(), Invalid> {
    let item = r#"{"id":123456,"name":"Red shoes","tags":["new","sale"],"price":{"amount":49.9,"currency":"EUR"},"text":"A comfortable shoe, size 42."},"#;
    let escaped = r#"{"\u0061b":"\u003cscript\u003e \n \"quoted\""},"#;
    let all = json!({ "JsonBody": { "MatchPattern": { "All": {} }, "MatchScope": "ALL" } });
    let many: Vec<String> = (0..199).map(|number| format!("/{number}/price/amount{number}")).collect();
    let paths = json!({ "JsonBody": { "MatchPattern": { "IncludedPaths": many }, "MatchScope": "ALL" } });
    let bodies = [
        ("2 KiB of items", list(item, 2048)),
        ("64 KiB of items", list(item, 65_536)),
        ("64 KiB of escapes", list(escaped, 65_536)),
        ("64 KiB of zeros", list("0,", 65_536)),
        ("64 KiB of names", list("{\"a\":1},", 65_536)),
        ("64 KiB of quotes", list("\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\",", 65_536)),
    ];
    println!("\n{:<34}{:>12}{:>12}{:>12}", "JSON bodies", "us", "ns per KiB", "values");
    for (name, body) in &bodies {
        for (field, words) in [(&all, ""), (&paths, ", 199 paths")] {
            row(&format!("{name}{words}"), field, &request(b"", &[], body), body.len())?;
        }
    }
    let headers = [
        ("Host", "api.example.com"),
        (
            "User-Agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
        ),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
        ("Accept-Language", "en-US,en;q=0.9,de;q=0.8"),
        ("Accept-Encoding", "gzip, deflate, br"),
        (
            "Cookie",
            "session=0123456789abcdef0123456789abcdef; theme=dark; consent=yes; _ga=GA1.2.1234567890.1234567890",
        ),
        ("Referer", "https://www.example.com/shop"),
        ("Sec-Fetch-Mode", "navigate"),
    ]
    .map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
    let query = b"sort=price&dir=asc&q=red+shoes%20and%20hats&page=2&ref=https%3A%2F%2Fexample.com%2F";
    let request = request(query, &headers, b"");
    println!("\n{:<34}{:>12}{:>12}{:>12}", "fields of a browser's GET", "us", "", "values");
    let everything = |kind: &str| json!({ kind: { "MatchPattern": { "All": {} }, "MatchScope": "ALL", "OversizeHandling": "MATCH" } });
    for (name, field) in [
        ("AllQueryArguments", json!({ "AllQueryArguments": {} })),
        ("SingleQueryArgument", json!({ "SingleQueryArgument": { "Name": "page" } })),
        ("SingleHeader", json!({ "SingleHeader": { "Name": "user-agent" } })),
        ("Headers", everything("Headers")),
        ("Cookies", everything("Cookies")),
        ("HeaderOrder", json!({ "HeaderOrder": { "OversizeHandling": "MATCH" } })),
    ] {
        row(name, &field, &request, 0)?;
    }
    Ok(())
}

fn row(name: &str, field: &Value, request: &Request<'_>, bytes: usize) -> Result<(), Invalid> {
    let field = FieldToMatch::parse(field, None)?.field;
    let mut extracted = Extracted::default();
    let spent = time(TURNS, || field.extract(black_box(request), black_box(&mut extracted)));
    let kib = if bytes == 0 { String::new() } else { (spent.as_nanos() * 1024 / bytes as u128).to_string() };
    println!("{name:<34}{:>12.2}{kib:>12}{:>12}", spent.as_secs_f64() * 1e6, extracted.len());
    Ok(())
}

/// A list of an item as often as it fits.
fn list(item: &str, bytes: usize) -> Vec<u8> {
    let mut body = vec![b'['];
    while body.len() + item.len() + 1 < bytes {
        body.extend_from_slice(item.as_bytes());
    }
    body.extend_from_slice(b"0]");
    body
}

fn request<'a>(query: &'a [u8], headers: &'a [Header<'a>], body: &'a [u8]) -> Request<'a> {
    Request {
        method: b"GET",
        path: b"/shop/items",
        query,
        version: "HTTP/1.1",
        headers,
        body: Body { prefix: body, truncated: false },
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
        host: "api.example.com",
    }
}

/// The time of the fastest turn.
fn time(turns: usize, mut turn: impl FnMut()) -> Duration {
    let once = |_| {
        let start = Instant::now();
        turn();
        start.elapsed()
    };
    (0..turns).map(once).min().unwrap_or_default()
}
