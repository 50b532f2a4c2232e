//! `portcullis waf`: what web ACLs do, what one would do, and how to let a request through.

mod requests;
mod table;

use std::io::Read as _;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::Stop;
use crate::cli::{AnswerFormat, WafArgs, WafCommand, WafExcludeArgs, WafTestArgs, WafTopArgs};
use crate::client::Client;

/// What a node takes in one call.
const REQUESTS_MAX: usize = 100;
const BYTES_MAX: usize = 3 << 20;
/// What is read at all.
const INPUT_BYTES_MAX: u64 = 1 << 30;

pub(super) async fn run(args: WafArgs) -> Result<ExitCode, Stop> {
    match args.command {
        WafCommand::Top(args) => top(&args).await?,
        WafCommand::Test(args) => test(&args).await?,
        WafCommand::Exclude(args) => exclude(&args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn top(args: &WafTopArgs) -> Result<(), Stop> {
    let client = Client::of(&args.ask.node)?;
    let acls = traffic(&client, args.acl.as_deref()).await?;
    match args.ask.format {
        AnswerFormat::Json => println!("{acls:#}"),
        AnswerFormat::Text => print!("{}", table::of(&acls)),
    }
    Ok(())
}

/// What the web ACLs did; naming one that there is not is a mistake.
async fn traffic(client: &Client, acl: Option<&str>) -> Result<Value, Stop> {
    let input = acl.map_or_else(|| json!({}), |acl| json!({ "WebAcl": acl }));
    let acls = client.portcullis("DescribeWebAclTraffic", &input).await?["WebAcls"].take();
    match acl {
        Some(acl) if acls.as_array().is_none_or(Vec::is_empty) => Err(Stop::Usage(format!(
            "there is no web ACL `{acl}` that judges; `portcullis doctor` tells which are broken"
        ))),
        Some(_) | None => Ok(acls),
    }
}

async fn test(args: &WafTestArgs) -> Result<(), Stop> {
    let unreadable = |fault| Stop::Usage(format!("cannot read the requests: {fault}"));
    let mut input = Vec::new();
    std::io::stdin().lock().take(INPUT_BYTES_MAX).read_to_end(&mut input).map_err(unreadable)?;
    let requests = requests::split(&input).map_err(Stop::Usage)?;
    if requests.is_empty() {
        return Err(Stop::Usage("there is no request on the standard input".to_owned()));
    }
    let client = Client::of(&args.ask.node)?;
    let acl = traffic(&client, Some(&args.acl)).await?[0]["Arn"].take();
    let mut results = Vec::new();
    for batch in batches(&requests) {
        let batch: Vec<String> = batch.iter().map(|raw| BASE64.encode(raw)).collect();
        let mut question = json!({ "WebAcl": acl, "Requests": batch });
        if let Some(from) = &args.from {
            question["SourceIp"] = json!(from);
        }
        let answer = client.portcullis("TestWebAcl", &question).await?["Results"].take();
        results.extend(answer.as_array().cloned().unwrap_or_default());
    }
    match args.ask.format {
        AnswerFormat::Json => println!("{:#}", json!(results)),
        AnswerFormat::Text => results.iter().for_each(|result| println!("{}", line(result))),
    }
    Ok(())
}

/// Parts that a node takes in one call each.
fn batches(requests: &[Vec<u8>]) -> Vec<&[Vec<u8>]> {
    let (mut batches, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (at, request) in requests.iter().enumerate() {
        if at > start && (at - start == REQUESTS_MAX || bytes + request.len() > BYTES_MAX) {
            batches.push(&requests[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += request.len();
    }
    batches.push(&requests[start..]);
    batches
}

/// `BLOCK      common/NoUserAgent_HEADER  GET /path`
fn line(result: &Value) -> String {
    let text = |name: &str| result[name].as_str().unwrap_or_default();
    let rule = match result["GroupRule"].as_str() {
        Some(group_rule) => format!("{group_rule}/{}", text("Rule")),
        None => text("Rule").to_owned(),
    };
    match text("Action") {
        "REFUSED" => format!("{:9}  {}", "REFUSED", text("Text")),
        action => format!("{action:9}  {rule}  {}", text("Request")),
    }
}

async fn exclude(args: &WafExcludeArgs) -> Result<(), Stop> {
    let client = Client::of(&args.ask.node)?;
    let answer = client.portcullis("SuggestExclusion", &json!({ "RequestId": args.request })).await?;
    if args.ask.format == AnswerFormat::Json {
        println!("{answer:#}");
        return Ok(());
    }
    let text = |name: &str| answer[name].as_str().unwrap_or_default();
    let rule = match answer["GroupRule"].as_str() {
        Some(group_rule) => format!("`{}` of `{group_rule}`", text("Rule")),
        None => format!("`{}`", text("Rule")),
    };
    println!("web ACL `{}` stopped it by {rule}", text("WebAcl"));
    let parts = [
        ("MoveRules", "give these rules these priorities"),
        ("ChangeRule", "give this rule these members"),
        ("AddRule", "add this rule"),
    ];
    for (member, what) in parts {
        if let Some(rule) = answer["Exclusion"].get(member) {
            println!("\n{what}:\n{rule:#}");
        }
    }
    println!("\nthis opens: {}\n{}", text("Opens"), text("Verification"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_would_refuse_is_asked_in_parts() {
        let of = |lengths: &[usize]| lengths.iter().map(|length| vec![0; *length]).collect::<Vec<_>>();
        for (lengths, parts) in [
            (vec![1; 100], vec![100]),
            (vec![1; 201], vec![100, 100, 1]),
            (vec![BYTES_MAX, 1, BYTES_MAX], vec![1, 1, 1]),
            (vec![BYTES_MAX + 1], vec![1]),
        ] {
            let requests = of(&lengths);
            let found: Vec<usize> = batches(&requests).iter().map(|batch| batch.len()).collect();
            assert_eq!(found, parts, "{lengths:?}");
        }
    }

    #[test]
    fn a_line_tells_the_action_and_the_rule() {
        let result = |group: Option<&str>, action: &str| json!({ "Action": action, "Rule": "r", "GroupRule": group, "Request": "GET /", "Text": "no" });
        assert_eq!(line(&result(None, "ALLOW")), "ALLOW      r  GET /");
        assert_eq!(line(&result(Some("g"), "CHALLENGE")), "CHALLENGE  g/r  GET /");
        assert_eq!(line(&result(None, "REFUSED")), "REFUSED    no");
    }
}
