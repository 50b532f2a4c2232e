//! The commands, one file each.

mod serve;
mod run;
mod credentials;
mod ca;
mod coverage;
mod logs;
mod doctor;
mod explain;
mod waf;
mod account;
mod function;
mod shapes;

use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::client::AskError;
use crate::data_dir::DataDirError;
use crate::node::StartError;
use crate::settings::SettingsError;

/// Why a command stopped; one line for people, with the next step.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error("{0}")]
    Start(#[from] StartError),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error("{0}")]
    Usage(String),
    #[error("cannot start the runtime: {0}")]
    Runtime(std::io::Error),
}

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Result<ExitCode, Stop> {
    match cli.command {
        Command::Serve(args) => serve::run(args),
        Command::Run(args) => run::run(args),
        Command::Credentials(args) => credentials::run(&args),
        Command::Ca(args) => ca::run(&args),
        Command::Coverage(args) => small_runtime()?.block_on(coverage::run(args)),
        Command::Logs(args) => small_runtime()?.block_on(logs::run(args)),
        Command::Doctor(args) => small_runtime()?.block_on(doctor::run(args)),
        Command::Explain(args) => small_runtime()?.block_on(explain::run(args)),
        Command::Waf(args) => small_runtime()?.block_on(waf::run(args)),
        Command::Function(args) => small_runtime()?.block_on(function::run(*args)),
        Command::Account(args) => small_runtime()?.block_on(account::run(args)),
        Command::Shapes => Ok(shapes::run()),
    }
}

/// One thread is enough to ask a node.
fn small_runtime() -> Result<tokio::runtime::Runtime, Stop> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Stop::Runtime)
}
