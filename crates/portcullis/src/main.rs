//! The command line: `portcullis serve`, `run`, and the commands that ask a running node.

mod cli;
mod settings;
mod data_dir;
mod node;
mod client;
mod commands;

use std::process::ExitCode;

use clap::Parser;

/// An allocator that keeps its pace under many threads and gives memory back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // What puts up a function's walls is this program again, under a name of its own.
    if let Some(code) = functions::helper_main() {
        return code;
    }
    // Two providers could be linked; this says once which one TLS and signatures use.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(code) => code,
        Err(stop) => {
            eprintln!("portcullis: {stop}");
            ExitCode::FAILURE
        }
    }
}
