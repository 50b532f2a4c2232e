//! Measures what judging costs: `cargo run --release -p waf --example judge`.
//!
//! A browser's GET and a JSON POST of 2 KiB, under web ACLs of a few rules and of many; then bodies that are made to be
//! slow. Prints nanoseconds a request, the best of several runs.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use waf::document::{self, IpSet, IpVersion};
use waf::testing::{NOWHERE, World};
use waf::{Body, Header, Request, WebAcl};

fn main() {
    let browser = browser();
    let post_body = json_body();
    let post = Sent { method: "POST", path: "/orders", query: "", headers: browser.headers.clone(), body: post_body };
    println!("rules     compile ms  KiB  GET ns  POST 2 KiB ns");
    for (name, rules) in [
        ("none", vec![]),
        ("typical 12", typical()),
        ("managed", managed()),
        ("bytes 50", bytes_rules(50)),
        ("bytes 500", bytes_rules(500)),
        ("mixed 100", mixed(100)),
        ("mixed 1000", mixed(1_000)),
    ] {
        let begun = Instant::now();
        let acl = compiled(&rules);
        let compiling = begun.elapsed().as_millis();
        let (get, post) = (measured(&acl, &browser), measured(&acl, &post));
        println!("{name:12} {compiling:6} {:8} {get:8.0} {post:8.0}", acl.memory_bytes() / 1024);
    }
    println!("64 KiB bodies, `typical 12`, `managed` and `mixed 1000`, microseconds");
    for (name, text) in slow() {
        let sent = Sent { method: "POST", path: "/", query: "", headers: browser.headers.clone(), body: text };
        let spent = [typical(), managed(), mixed(1_000)].map(|rules| measured(&compiled(&rules), &sent) / 1_000.0);
        println!("{name:12} {:8.0} {:8.0} {:8.0}", spent[0], spent[1], spent[2]);
    }
}

/// Every IP set is this one.
fn world() -> World {
    let addresses: Vec<String> =
        (0..5_000).map(|number| format!("10.{}.{}.0/24", number / 250, number % 250)).collect();
    World { ip_set: IpSet::parse(&addresses, IpVersion::V4).ok().map(Arc::new), ..NOWHERE }
}

struct Sent {
    method: &'static str,
    path: &'static str,
    query: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
}

fn browser() -> Sent {
    Sent {
        method: "GET",
        path: "/shop/products/wooden-chairs/42",
        query: "color=light%20brown&sort=price&page=3&utm_source=newsletter&session=8f14e45fceea167a",
        headers: vec![
            ("Host", "shop.example.com"),
            (
                "User-Agent",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
            ),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
            ("Accept-Language", "en-GB,en;q=0.9,de;q=0.8"),
            ("Accept-Encoding", "gzip, deflate, br, zstd"),
            ("Referer", "https://shop.example.com/shop/products?color=light%20brown"),
            ("Cookie", "session=8f14e45fceea167a5a36dedd4bea2543; cart=3; consent=yes; theme=dark"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Site", "same-origin"),
            ("Upgrade-Insecure-Requests", "1"),
            ("Connection", "keep-alive"),
        ],
        body: String::new(),
    }
}

fn json_body() -> String {
    let item = |number: usize| {
        json!({
            "sku": format!("chair-{number}"),
            "title": "A chair of oak, oiled by hand",
            "price": 129.5 + number as f64,
            "tags": ["wood", "living room"],
            "note": "Please leave it with the neighbours if nobody is at home.",
        })
    };
    let items: Vec<Value> = (0..13).map(item).collect();
    json!({ "customer": "Maria O'Neill", "items": items }).to_string()
}

fn rule(place: usize, statement: &Value) -> Value {
    json!({
        "Name": format!("rule-{place}"),
        "Priority": place,
        "Statement": statement,
        "Action": { "Block": {} },
        "VisibilityConfig": { "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "rule" },
    })
}

fn steps(names: &[&str]) -> Value {
    names.iter().enumerate().map(|(priority, name)| json!({ "Priority": priority, "Type": name })).collect()
}

fn regex(field: &Value, source: &str, names: &[&str]) -> Value {
    json!({ "RegexMatchStatement": { "FieldToMatch": field, "TextTransformations": steps(names), "RegexString": source } })
}

fn fields() -> [Value; 5] {
    [
        json!({ "UriPath": {} }),
        json!({ "AllQueryArguments": {} }),
        json!({ "Body": { "OversizeHandling": "CONTINUE" } }),
        json!({ "Cookies": { "MatchPattern": { "All": {} }, "MatchScope": "VALUE", "OversizeHandling": "CONTINUE" } }),
        json!({ "Headers": { "MatchPattern": { "All": {} }, "MatchScope": "VALUE", "OversizeHandling": "CONTINUE" } }),
    ]
}

fn typical() -> Vec<Value> {
    let [path, arguments, body, cookies, headers] = fields();
    let inspect = |kind: &str, field: &Value| json!({ kind: { "FieldToMatch": field, "TextTransformations": steps(&["URL_DECODE", "LOWERCASE"]) } });
    let statements = [
        json!({ "IPSetReferenceStatement": { "ARN": "arn:aws:wafv2:us-east-1:000000000000:regional/ipset/a/b" } }),
        json!({ "RateBasedStatement": { "Limit": 1000, "AggregateKeyType": "IP" } }),
        json!({ "SizeConstraintStatement": {
            "FieldToMatch": arguments, "TextTransformations": steps(&["NONE"]), "ComparisonOperator": "GT", "Size": 2048,
        } }),
        regex(&path, r"(?i)\.(?:php|asp|bak|ini)$", &["URL_DECODE"]),
        regex(&headers, r"\$\{jndi:", &["URL_DECODE", "LOWERCASE"]),
        regex(&body, r"(?i)(?:/etc/passwd|boot\.ini|/proc/self)", &["URL_DECODE"]),
        regex(&arguments, r"^https?://[0-9.]+", &["URL_DECODE"]),
        inspect("SqliMatchStatement", &arguments),
        inspect("SqliMatchStatement", &body),
        inspect("XssMatchStatement", &arguments),
        inspect("XssMatchStatement", &cookies),
        inspect("XssMatchStatement", &body),
    ];
    statements.iter().enumerate().map(|(place, statement)| rule(place, statement)).collect()
}

/// Three managed groups that most web ACLs use, so that nothing ends the evaluation early: they count.
fn managed() -> Vec<Value> {
    let names = ["CommonRuleSet", "SQLiRuleSet", "KnownBadInputsRuleSet"];
    let rule = |(place, name): (usize, &&str)| {
        json!({
            "Name": name,
            "Priority": place,
            "Statement": { "ManagedRuleGroupStatement": { "VendorName": "AWS", "Name": format!("AWSManagedRules{name}") } },
            "OverrideAction": { "Count": {} },
            "VisibilityConfig": { "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": name },
        })
    };
    names.iter().enumerate().map(rule).collect()
}

fn bytes_rules(count: usize) -> Vec<Value> {
    use base64::Engine as _;
    let fields = fields();
    let statement = |number: usize| {
        json!({ "ByteMatchStatement": {
            "SearchString": base64::engine::general_purpose::STANDARD.encode(format!("attack-{number}-")),
            "FieldToMatch": fields[number % fields.len()],
            "TextTransformations": steps(&["URL_DECODE", "LOWERCASE"]),
            "PositionalConstraint": "CONTAINS",
        } })
    };
    (0..count).map(|number| rule(number, &statement(number))).collect()
}

fn mixed(count: usize) -> Vec<Value> {
    let fields = fields();
    let chains = [&["NONE"][..], &["URL_DECODE"], &["URL_DECODE", "LOWERCASE"], &["HTML_ENTITY_DECODE"]];
    let statement = |number: usize| {
        let field = &fields[number % fields.len()];
        let chain = chains[number / 5 % chains.len()];
        let source = match number % 4 {
            0 => format!(r"(?i)\bunion{number}\s+select\b"),
            1 => format!(r"/etc/(?:passwd|shadow){number}"),
            2 => format!(r"<script{number}[^>]*>"),
            _ => format!(r"(?:exec|system|passthru){number}\s*\("),
        };
        regex(field, &source, chain)
    };
    (0..count).map(|number| rule(number, &statement(number))).collect()
}

fn slow() -> Vec<(&'static str, String)> {
    let repeated = |text: &str| text.repeat(64 * 1024 / text.len());
    vec![
        ("letters", repeated("a")),
        ("percent", repeated("%61")),
        ("quotes", repeated("'\"")),
        ("or", repeated("1 or ")),
        ("tags", repeated("<a b=")),
        ("near", repeated("union7 selec <script2 /etc/passwd ")),
        ("words", repeated("the quick brown fox jumps over the lazy dog ")),
    ]
}

fn compiled(rules: &[Value]) -> WebAcl {
    let acl = json!({ "Name": "measured", "LabelNamespace": "awswaf:000000000000:webacl:measured:", "DefaultAction": { "Allow": {} }, "Rules": rules });
    let document = document::WebAcl::parse(&acl).expect("the rules are written here");
    waf::compile(&document, "measured", &world()).expect("the rules are written here")
}

fn measured(acl: &WebAcl, sent: &Sent) -> f64 {
    let headers: Vec<Header<'_>> =
        sent.headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect();
    let request = Request {
        method: sent.method.as_bytes(),
        path: sent.path.as_bytes(),
        query: sent.query.as_bytes(),
        version: "HTTP/1.1",
        headers: &headers,
        body: Body { prefix: sent.body.as_bytes(), truncated: false },
        client: IpAddr::from([192, 0, 2, 7]),
        host: "shop.example.com",
    };
    let world = world();
    // Short runs, many of them: the best one was not interrupted by anybody.
    let rounds = if sent.body.len() > 10_000 { 1 } else { 50 };
    let run = |_| {
        let begun = Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(acl.judge(std::hint::black_box(&request), &world));
        }
        begun.elapsed().as_nanos() as f64 / f64::from(rounds)
    };
    (0..400).map(run).fold(f64::INFINITY, f64::min)
}
