//! Documents and names that attackers send, and what is answered: kept as a golden file, in AWS's words.

use operation::testing::World;
use serde_json::{Value as Json, json};

use crate::testing::{DOCUMENT, policy, world};

const GOLDEN: &str = include_str!("../tests/golden/documents.txt");

/// Every operation that takes a document of an identity, with all but the document.
fn operations(arn: &str) -> [(&'static str, Json); 5] {
    [
        ("CreatePolicy", json!({"PolicyName": "new"})),
        ("CreatePolicyVersion", json!({"PolicyArn": arn})),
        ("PutUserPolicy", json!({"UserName": "bob", "PolicyName": "p"})),
        ("PutGroupPolicy", json!({"GroupName": "staff", "PolicyName": "p"})),
        ("PutRolePolicy", json!({"RoleName": "ops", "PolicyName": "p"})),
    ]
}

fn statement(body: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{body}}}]}}"#)
}

fn on(resource: &str) -> String {
    statement(&format!(r#""Action":"execute-api:Invoke","Resource":"{resource}""#))
}

fn with(condition: &str) -> String {
    statement(&format!(r#""Action":"*","Resource":"*","Condition":{condition}"#))
}

fn deep(open: &str, close: &str) -> String {
    open.repeat(1000) + "1" + &close.repeat(1000)
}

fn identity_documents() -> Vec<(&'static str, String)> {
    let many: Vec<_> = (0..7_000).map(|number| format!(r#""x:Action{number}""#)).collect();
    vec![
        ("any account in a resource", on("arn:aws:execute-api:*:*:*")),
        ("part of an account in a resource", on("arn:aws:execute-api:eu-west-1:12345678901*:a/*")),
        ("a Cyrillic o in an action", statement(r#""Action":"execute-api:Inv\u043eke","Resource":"*""#)),
        ("the same letter as itself", statement("\"Action\":\"execute-api:Inv\u{43e}ke\",\"Resource\":\"*\"")),
        ("an accent in an action", statement("\"Action\":\"execute-api:Invok\u{e9}\",\"Resource\":\"*\"")),
        ("a full-width star", statement("\"Action\":\"\u{ff0a}\",\"Resource\":\"*\"")),
        ("100 KB of actions", statement(&format!(r#""Action":[{}],"Resource":"*""#, many.join(",")))),
        ("100 KB of white space", " ".repeat(100_000) + DOCUMENT),
        ("more than 128 KB", " ".repeat(131_073) + DOCUMENT),
        ("lists 1,000 deep", format!(r#"{{"Version":"2012-10-17","Statement":{}}}"#, deep("[", "]"))),
        ("objects 1,000 deep", with(&deep(r#"{"a":"#, "}"))),
        ("nothing", String::new()),
        ("no JSON", "allow all".to_owned()),
        ("a byte order mark", format!("\u{feff}{DOCUMENT}")),
        ("a zero byte", format!("{DOCUMENT}\0")),
        ("two documents", format!("{DOCUMENT}{DOCUMENT}")),
        ("an effect twice", DOCUMENT.replace(r#""Effect""#, r#""Effect":"Deny","Effect""#)),
        ("an effect in small letters", DOCUMENT.replace("Allow", "allow")),
        ("a principal", statement(r#""Principal":"*","Action":"*","Resource":"*""#)),
        ("no version", DOCUMENT.replace(r#""Version":"2012-10-17","#, "")),
        ("the old version", DOCUMENT.replace("2012", "2008")),
        ("no resource", statement(r#""Action":"*""#)),
        ("a key of AWS's that is never filled in", with(r#"{"StringNotEquals":{"aws:NeverHeardOf":"x"}}"#)),
        ("the same where it closes", with(r#"{"StringEquals":{"aws:NeverHeardOf":"x"}}"#)),
        (
            "a key of API Gateway's that is never filled in",
            with(r#"{"Null":{"apigateway:Request/EndpointType":"true"}}"#),
        ),
        ("a key that is truly absent", with(r#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}"#)),
    ]
}

fn trusting(principal: &str) -> String {
    statement(&format!(r#""Principal":{principal},"Action":"sts:AssumeRole""#))
}

fn trust_documents() -> Vec<(&'static str, String)> {
    vec![
        ("anybody", trusting(r#""*""#)),
        ("the root of any account", trusting(r#"{"AWS":"arn:aws:iam::*:root"}"#)),
        ("part of an account", trusting(r#"{"AWS":"12345678901*"}"#)),
        ("any user", trusting(r#"{"AWS":"arn:aws:iam::123456789012:user/*"}"#)),
        ("a Cyrillic o in a name", trusting(r#"{"AWS":"arn:aws:iam::123456789012:user/b\u043eb"}"#)),
        ("Arabic digits in an account", trusting(r#"{"AWS":"\u0661\u0662\u0663456789012"}"#)),
        ("100 KB of principals", trusting(&format!(r#"{{"AWS":[{}"*"]}}"#, r#""123456789012","#.repeat(7_000)))),
        ("objects 1,000 deep", trusting(&deep(r#"{"AWS":"#, "}"))),
        ("lists 900 deep", trusting(&format!("{}1{}", "[".repeat(900), "]".repeat(900)))),
    ]
}

fn names() -> [(&'static str, String); 5] {
    [
        ("a Cyrillic o", "b\u{43e}b".to_owned()),
        ("a letter without width", "bob\u{200b}".to_owned()),
        ("a slash", "a/b".to_owned()),
        ("nothing", String::new()),
        ("129 letters", "x".repeat(129)),
    ]
}

async fn told(world: &World, operation: &str, input: Json) -> String {
    match world.call(operation, input).await {
        Ok(_) => "accepted".to_owned(),
        Err((code, message)) => format!("{code}: {message}"),
    }
}

#[tokio::test]
async fn hostile_documents_are_answered_as_the_golden_file_says() {
    let mut lines = Vec::new();
    for (case, document) in identity_documents() {
        let world = world().await;
        let arn = policy(&world, "old").await;
        let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
        for (operation, mut input) in operations(&arn) {
            input["PolicyDocument"] = json!(document);
            let answer = told(&world, operation, input).await;
            match answers.iter_mut().find(|(known, _)| *known == answer) {
                Some((_, operations)) => operations.push(operation),
                None => answers.push((answer, vec![operation])),
            }
        }
        lines.push(case.to_owned());
        lines.extend(answers.iter().map(|(answer, operations)| format!("  {}\n    {answer}", operations.join(" "))));
    }
    let world = world().await;
    for (case, document) in trust_documents() {
        let input = json!({"RoleName": "new", "AssumeRolePolicyDocument": document});
        let answer = told(&world, "CreateRole", input).await;
        lines.push(format!("{case}\n  CreateRole\n    {answer}"));
        let _ = world.call("DeleteRole", json!({"RoleName": "new"})).await;
    }
    for (case, name) in names() {
        let input = json!({"PolicyName": name, "PolicyDocument": DOCUMENT});
        let answer = told(&world, "CreatePolicy", input).await;
        lines.push(format!("a policy's name with {case}\n  CreatePolicy\n    {answer}"));
    }
    let answers = lines.join("\n") + "\n";
    assert!(answers == GOLDEN, "tests/golden/documents.txt says otherwise; this was answered:\n{answers}");
}
