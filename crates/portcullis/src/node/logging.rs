//! The node's own log: what happened to the node, never what was in a request.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Prints events to standard error; `PORTCULLIS_LOG` chooses what, such as `info` or `edge=debug`.
pub(crate) fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("PORTCULLIS_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .try_init();
    // Only tests start two nodes in one process; they share the first one's log.
    drop(started);
}
