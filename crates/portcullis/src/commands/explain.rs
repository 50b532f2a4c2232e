//! `portcullis explain ID`: the decision record of a past request.

use std::process::ExitCode;

use serde_json::json;

use super::Stop;
use crate::cli::{AnswerFormat, ExplainArgs};
use crate::client::Client;

pub(super) async fn run(args: ExplainArgs) -> Result<ExitCode, Stop> {
    let client = Client::of(&args.ask.node)?;
    let answer = client.portcullis("ExplainRequest", &json!({ "RequestId": args.id })).await?;
    match args.ask.format {
        AnswerFormat::Text => println!("{}", answer["Text"].as_str().unwrap_or_default().trim_end()),
        AnswerFormat::Json => println!("{:#}", answer["Record"]),
    }
    Ok(ExitCode::SUCCESS)
}
