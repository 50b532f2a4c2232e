//! What would be decided about requests that nobody sent, beside what is decided about those that somebody sends.

use gateway::Explainer;
use operation::data_plane::DataPlane as _;
use operation::{Explanation, WhatIf};
use proptest::prelude::*;
use serde_json::Value;

use crate::authorize::{FOREIGN, invoke, people, resource, send_as, signed_site, with_policy};
use crate::support::upstream::Upstream;
use crate::support::{API, HOST, OWNER, Plan, mock, plan, proxy, scope};

fn question(line: &str) -> WhatIf {
    let (method, target) = line.split_once(' ').expect("VERB TARGET");
    WhatIf {
        scope: scope(OWNER),
        caller: None,
        source_ip: "203.0.113.7".parse().expect("an address"),
        method: method.to_owned(),
        url: format!("https://{HOST}:8443{target}"),
        headers: Vec::new(),
    }
}

fn asked_as(name: &str, line: &str) -> WhatIf {
    WhatIf { caller: Some(format!("arn:aws:iam::{OWNER}:user/{name}")), ..question(line) }
}

async fn ask(explainer: &Explainer, question: WhatIf) -> Explanation {
    explainer.what_if(question).await.expect("a question that can be asked")
}

fn step<'v>(answer: &'v Explanation, name: &str) -> &'v Value {
    let steps = answer.data["steps"].as_array().expect("steps");
    steps.iter().find(|step| step["step"] == name).unwrap_or_else(|| panic!("no {name} in {}", answer.text))
}

#[tokio::test]
async fn it_is_decided_as_the_same_request_would_be() {
    let plans = || {
        let allow = invoke("Allow", r#""*""#, "");
        let here = r#","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#;
        [
            signed_site(),
            Plan { resource_policy: Some(with_policy(&allow)), ..signed_site() },
            Plan {
                resource_policy: Some(with_policy(&format!("{allow},{}", invoke("Deny", r#""*""#, here)))),
                ..signed_site()
            },
            Plan {
                resource_policy: Some(with_policy(&invoke("Allow", &format!(r#"{{"AWS":"{FOREIGN}"}}"#), here))),
                ..signed_site()
            },
        ]
    };
    for (number, (plan, same)) in plans().into_iter().zip(plans()).enumerate() {
        let (site, explainer) = (plan.start(), same.explainer());
        for (account, name) in [(OWNER, "alice"), (OWNER, "bob"), (OWNER, "carol"), (OWNER, "dave"), (FOREIGN, "frank")]
        {
            for line in
                ["GET /prod/pets", "GET /prod/pets/pets", "POST /prod/pets/%70ets", "GET /prod/none", "GET /other/pets"]
            {
                let status = send_as(&site, name, line, "").await.status.as_u16();
                let caller = Some(format!("arn:aws:iam::{account}:user/{name}"));
                let source_ip = "192.0.2.7".parse().expect("an address");
                let answer = ask(&explainer, WhatIf { caller, source_ip, ..question(line) }).await;
                let supposed = answer.data["steps"].as_array().and_then(|steps| steps.last()).expect("steps");
                assert_eq!(answer.data["allowed"], status == 200, "{number} {name} {line}: {status} {}", answer.text);
                if status != 200 {
                    assert!(supposed["sentence"].to_string().contains(&status.to_string()), "{line} {}", answer.text);
                }
            }
        }
    }
}

#[tokio::test]
async fn an_allowed_request_names_its_statement_and_those_that_did_not_apply() {
    let deny = invoke("Deny", r#""*""#, r#","Condition":{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}"#);
    let explainer = Plan { resource_policy: Some(with_policy(&deny)), ..signed_site() }.explainer();
    let answer = ask(&explainer, asked_as("alice", "GET /prod/pets")).await;
    let lines: Vec<&str> = answer.text.lines().collect();
    assert_eq!(
        lines[0],
        format!(
            "if `arn:aws:iam::{OWNER}:user/alice` sent GET https://{HOST}:8443/prod/pets from 203.0.113.7, it would be allowed, at revision 7"
        )
    );
    for (line, (name, words)) in lines[1..].iter().zip([
        ("  locate", "its stage `prod`"),
        ("  network", "public"),
        ("  firewall", "no web ACL"),
        ("  route", "`GET /pets`"),
        ("  authorize", "is allowed by statement `All` of identity-based policy `inline`"),
        ("   ", "statement 1 of resource-based policy `resource policy` would deny, but its condition `IpAddress`"),
        ("  meter", "asks for no API key"),
        ("   ", "throttle of the account"),
    ]) {
        assert!(line.starts_with(name) && line.contains(words), "{line}");
    }
    assert_eq!((lines.len(), &answer.data["allowed"]), (9, &Value::Bool(true)));
    assert_eq!(answer.data["decision"]["others"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_refused_request_says_what_would_have_allowed_it() {
    let explainer = signed_site().explainer();
    let answer = ask(&explainer, asked_as("carol", "GET /prod/pets")).await;
    let authorize = step(&answer, "authorize")["sentence"].as_str().expect("words");
    assert!(
        authorize.contains("denied, because no identity-based policy allows it; what would have allowed it:"),
        "{authorize}"
    );
    assert!(answer.text.contains("would allow, but its resources do not include this one"), "{}", answer.text);
    assert!(answer.text.contains(&resource("GET/pets")), "the caller's own words, masked: {}", answer.text);
}

#[tokio::test]
async fn without_a_caller_nobody_signs() {
    let explainer = signed_site().explainer();
    let answer = ask(&explainer, question("GET /prod/pets")).await;
    assert_eq!(answer.data["allowed"], false);
    assert!(answer.text.contains("whoever signs is asked about with --as ARN"), "{}", answer.text);
    assert!(step(&answer, "answer")["sentence"].as_str().is_some_and(|words| words.starts_with("403")));
    let explainer = Plan { people, ..plan(vec![("GET", "/pets", mock("pets"))]) }.explainer();
    assert_eq!(ask(&explainer, question("GET /prod/pets")).await.data["allowed"], true);
    let named = ask(&explainer, asked_as("alice", "GET /prod/pets")).await;
    assert!(named.text.contains("policies see an anonymous caller"), "{}", named.text);
}

#[tokio::test]
async fn address_scheme_and_headers_are_what_policies_see() {
    let only = |condition: &str| invoke("Allow", r#""*""#, &format!(r#","Condition":{condition}"#));
    for (condition, change, allowed) in [
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, "", true),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, "::ffff:203.0.113.9", true),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, "203.0.114.9", false),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, "", true),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, "http", false),
        (r#"{"StringEquals":{"aws:UserAgent":"pets/1"}}"#, "", false),
        (r#"{"StringEquals":{"aws:UserAgent":"pets/1"}}"#, "user-agent", true),
    ] {
        let open = plan(vec![("GET", "/pets", mock("pets"))]);
        let explainer = Plan { resource_policy: Some(with_policy(&only(condition))), ..open }.explainer();
        let mut asked = question("GET /prod/pets");
        match change {
            "" => {}
            "http" => asked.url = asked.url.replace("https", "http"),
            "user-agent" => asked.headers.push(("USER-AGENT".to_owned(), "pets/1".to_owned())),
            address => asked.source_ip = address.parse().expect("an address"),
        }
        assert_eq!(ask(&explainer, asked).await.data["allowed"], allowed, "{condition} {change}");
    }
}

#[tokio::test]
async fn the_api_of_another_account_does_not_exist() {
    let explainer = signed_site().explainer();
    let foreign = WhatIf { scope: scope(FOREIGN), ..question("GET /prod/pets") };
    let answer =
        ask(&explainer, WhatIf { url: foreign.url.to_uppercase().replace("HTTPS", "https"), ..foreign.clone() }).await;
    let missing = ask(&explainer, WhatIf { url: foreign.url.replace(API, "zzzzzzzzzz"), ..foreign.clone() }).await;
    for answer in [answer, missing, ask(&explainer, foreign).await] {
        let why = step(&answer, "locate")["sentence"].as_str().expect("words").to_owned();
        assert!(why.to_lowercase().starts_with("there is no api"), "{why}");
        assert_eq!(answer.data["steps"].as_array().map(Vec::len), Some(2), "{}", answer.text);
    }
}

#[tokio::test]
async fn nothing_is_called_and_nothing_recorded() {
    let upstream = Upstream::ok().await;
    let routes = || plan(vec![("GET", "/pets", proxy(&upstream.authority(), "/"))]);
    let (site, explainer) = (routes().start(), routes().explainer());
    assert_eq!(ask(&explainer, question("GET /prod/pets")).await.data["allowed"], true);
    site.get("/prod/pets").await;
    assert_eq!(site.records.trails().await.len(), 1, "only the real request left one");
    assert_eq!(upstream.seen().len(), 1, "only the real request reached the backend");
}

#[tokio::test]
async fn what_cannot_be_asked_is_said_in_words() {
    let explainer = signed_site().explainer();
    let sound = question("GET /prod/pets");
    for (asked, words) in [
        (WhatIf { url: "pets".to_owned(), ..sound.clone() }, "is not a URL"),
        (WhatIf { url: "ftp://a/".to_owned(), ..sound.clone() }, "is not a URL"),
        (WhatIf { url: "https:///x".to_owned(), ..sound.clone() }, "is not a URL"),
        (WhatIf { method: "GET / HTTP/1.1\r\nX: y\r\n".to_owned(), ..sound.clone() }, "line end"),
        (WhatIf { url: format!("{}\r\nX: y", sound.url), ..sound.clone() }, "line end"),
        (WhatIf { headers: vec![("X".to_owned(), "y\nZ: 1".to_owned())], ..sound.clone() }, "line end"),
        (WhatIf { caller: Some("alice".to_owned()), ..sound.clone() }, "is not the ARN"),
        (WhatIf { caller: Some(format!("arn:aws:iam::{OWNER}:user/nobody")), ..sound }, "there is no"),
    ] {
        let refused = explainer.what_if(asked).await.expect_err(words);
        assert!(refused.contains(words) && refused.len() < 400, "{refused}");
    }
}

#[tokio::test]
async fn what_the_edge_refuses_is_refused_here() {
    let explainer = signed_site().explainer();
    for (line, header) in
        [("GET /prod/a b", ""), ("GET /prod/\u{e9}", ""), ("GET /prod/pets", "Host"), ("G(T /prod", "")]
    {
        let mut asked = question(line);
        if !header.is_empty() {
            asked.headers.push((header.to_owned(), "other".to_owned()));
        }
        let answer = ask(&explainer, asked).await;
        assert!(answer.text.contains("! locate"), "{}", answer.text);
    }
}

proptest! {
    #[test]
    fn no_question_makes_it_panic(method in ".{0,8}", url in "(https?://)?.{0,60}", name in ".{0,9}", value in ".{0,9}", arn in ".{0,40}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let explainer = signed_site().explainer();
            let headers = vec![(name.clone(), value.clone())];
            let host = WhatIf { method: method.clone(), headers, ..question("GET /prod/pets") };
            let _ = explainer.what_if(WhatIf { url: url.clone(), caller: Some(arn.clone()), ..host.clone() }).await;
            let _ = explainer.what_if(WhatIf { url: format!("https://{HOST}/{url}"), ..host }).await;
        });
    }
}
