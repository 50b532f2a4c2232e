//! `portcullis explain`: the decision record of a past request, or what would be decided about one that nobody sent.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::Stop;
use crate::cli::{AnswerFormat, ExplainArgs};
use crate::client::Client;

pub(super) async fn run(args: ExplainArgs) -> Result<ExitCode, Stop> {
    let client = Client::of(&args.ask.node)?;
    let (answer, unsaid) = match args.what.as_slice() {
        [id] if !args.supposes() => (client.portcullis("ExplainRequest", &json!({ "RequestId": id })).await?, None),
        [method, url] => (client.portcullis("SimulateRequest", &question(&args, method, url)?).await?, unsaid(&args)),
        _ => return Err(Stop::Usage("give the ID of a past request, or METHOD and URL of one to suppose".to_owned())),
    };
    match args.ask.format {
        AnswerFormat::Text => {
            println!("{}", answer["Text"].as_str().unwrap_or_default().trim_end());
            if let Some(unsaid) = unsaid {
                println!("{unsaid}");
            }
        }
        AnswerFormat::Json => println!("{:#}", answer["Record"]),
    }
    Ok(ExitCode::SUCCESS)
}

fn question(args: &ExplainArgs, method: &str, url: &str) -> Result<Value, Stop> {
    let headers: Vec<Value> = args.headers.iter().map(|line| header(line)).collect::<Result<_, _>>()?;
    let mut question = json!({ "HttpMethod": method, "Url": url, "Headers": headers });
    for (name, said) in [("CallerArn", &args.caller), ("SourceIp", &args.from)] {
        if let Some(said) = said {
            question[name] = json!(said);
        }
    }
    Ok(question)
}

fn header(line: &str) -> Result<Value, Stop> {
    let parts = line.split_once(':').filter(|(name, _)| !name.trim().is_empty());
    let (name, value) = parts.ok_or_else(|| Stop::Usage(format!("`{line}` is not a header such as 'Name: value'")))?;
    Ok(json!({ "Name": name.trim(), "Value": value.trim() }))
}

/// What the answer supposes because nothing was said.
fn unsaid(args: &ExplainArgs) -> Option<String> {
    let mut supposed = Vec::new();
    if args.caller.is_none() {
        supposed.push("nobody signs, because there is no --as ARN");
    }
    if args.from.is_none() {
        supposed.push("it comes from the node's own machine, 127.0.0.1, because there is no --from ADDRESS");
    }
    (!supposed.is_empty()).then(|| format!("Supposed: {}.", supposed.join("; ")))
}
