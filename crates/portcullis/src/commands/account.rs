//! `portcullis account`: makes and lists the accounts of the installation.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::Stop;
use crate::cli::{AccountArgs, AccountCommand, AccountCreateArgs, AnswerFormat, AskArgs};
use crate::client::Client;

pub(super) async fn run(args: AccountArgs) -> Result<ExitCode, Stop> {
    match args.command {
        AccountCommand::Create(args) => create(&args).await,
        AccountCommand::List(args) => list(&args).await,
    }
}

async fn create(args: &AccountCreateArgs) -> Result<ExitCode, Stop> {
    let client = Client::of(&args.node)?;
    let input = args.id.as_ref().map_or_else(|| json!({}), |id| json!({ "AccountId": id }));
    let made = client.portcullis("CreateAccount", &input).await?;
    // The answer waits for the node to serve the key, so it works as soon as it is printed.
    let key = json!({
        "accountId": made["AccountId"],
        "accessKeyId": made["AccessKeyId"],
        "secretAccessKey": made["SecretAccessKey"],
    });
    println!("{key:#}");
    Ok(ExitCode::SUCCESS)
}

async fn list(args: &AskArgs) -> Result<ExitCode, Stop> {
    let answer = Client::of(&args.node)?.portcullis("ListAccounts", &json!({})).await?;
    match args.format {
        AnswerFormat::Json => println!("{answer:#}"),
        AnswerFormat::Text => answer["Accounts"].as_array().into_iter().flatten().for_each(print),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(account: &Value) {
    let founding = if account["Founding"] == true { "  founding" } else { "" };
    println!("{}{founding}", account["AccountId"].as_str().unwrap_or_default());
}
