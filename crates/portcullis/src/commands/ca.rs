//! `portcullis ca`: the local root certificate in PEM.

use std::process::ExitCode;

use super::Stop;
use crate::cli::DirArgs;
use crate::data_dir::DataDir;

pub(super) fn run(args: &DirArgs) -> Result<ExitCode, Stop> {
    print!("{}", DataDir::at(&args.data_dir).ca()?);
    Ok(ExitCode::SUCCESS)
}
