//! The process that puts a cell up, by itself: what tests and examples give as [`functions::Settings::helper`].

use std::process::ExitCode;

fn main() -> ExitCode {
    functions::helper_main().unwrap_or_else(|| {
        eprintln!("functions-cell is started by a node, not by hand");
        ExitCode::FAILURE
    })
}
