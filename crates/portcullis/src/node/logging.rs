//! The node's own log: what happened to the node, never what was in a request.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// What is printed unless `PORTCULLIS_LOG` says otherwise. Strangers can make rustls warn as often as they like.
const DEFAULT: &str = "info,sqlx=warn,rustls=error";

/// Prints events to standard error; `PORTCULLIS_LOG` chooses what, such as `info` or `edge=debug`.
pub(crate) fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("PORTCULLIS_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .try_init();
    // Only tests start two nodes in one process; they share the first one's log.
    drop(started);
}
