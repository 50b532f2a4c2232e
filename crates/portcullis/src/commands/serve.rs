//! `portcullis serve`: a node until SIGTERM, then the drain.

use std::process::ExitCode;

use super::Stop;
use crate::cli::ServeArgs;
use crate::data_dir::DataDir;
use crate::node::{self, Node};
use crate::settings::Settings;

pub(super) fn run(args: ServeArgs) -> Result<ExitCode, Stop> {
    let settings = Settings::read(args.options)?;
    node::log_to_stderr();
    let runtime = node::runtime().map_err(Stop::Runtime)?;
    runtime.block_on(async {
        let data_dir = DataDir::at(&settings.data_dir);
        let node = Node::start(settings).await?;
        let endpoints = node.endpoints();
        println!("AWS APIs  {}\nAPIs      {}", endpoints.admin, endpoints.gateway);
        println!("root key  portcullis credentials --data-dir {}", data_dir.path().display());
        node::stop_signal().await;
        Ok(node.drain().await)
    })
}
