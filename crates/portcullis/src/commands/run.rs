//! `portcullis run`: imports documents, deploys, serves, prints the routes, and deploys again when a file changes.

mod import;
mod print;
mod watch;

use std::process::ExitCode;

use super::Stop;
use crate::cli::RunArgs;
use crate::client::Client;
use crate::node::{self, Node};
use crate::settings::Settings;

pub(super) fn run(args: RunArgs) -> Result<ExitCode, Stop> {
    let variables = args.variables.iter().map(|text| variable(text)).collect::<Result<Vec<_>, _>>()?;
    let settings = Settings::read(args.options)?;
    node::log_to_stderr();
    let runtime = node::runtime().map_err(Stop::Runtime)?;
    runtime.block_on(async {
        let node = Node::start(settings).await?;
        let client = Client::of_node(&node)?;
        let plan = import::Plan { client, stage: args.stage, variables, endpoints: node.endpoints().clone() };
        for file in &args.files {
            match plan.deploy(file).await {
                Ok(deployed) => print::deployed(&deployed, &node),
                Err(fault) => {
                    // The first deployment has nothing to fall back to.
                    node.drain().await;
                    return Err(Stop::Usage(format!("{}: {fault}", file.display())));
                }
            }
        }
        println!("\nwatching for changes; Ctrl-C stops");
        tokio::select! {
            () = node::stop_signal() => {}
            fault = watch::follow(&args.files, &plan, &node) => eprintln!("portcullis: not watching any more: {fault}"),
        }
        Ok(node.drain().await)
    })
}

fn variable(text: &str) -> Result<(String, String), Stop> {
    let wrong = || Stop::Usage(format!("`{text}` is not a stage variable; write --variable NAME=VALUE"));
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    if name.is_empty() {
        return Err(wrong());
    }
    Ok((name.to_owned(), value.to_owned()))
}
