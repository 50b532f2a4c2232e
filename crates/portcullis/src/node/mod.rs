//! A node: both planes over one store, put together here and nowhere else.

mod start;
mod listeners;
mod planes;
mod functions;
mod services;
mod stores;
mod metering;
mod firewall;
mod certificates;
mod tls;
mod status;
mod logging;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ::functions::Functions;
use base::Clock;
use control::KeyUseWriter;
use gateway::EventQueue;
use gateway::metering::Metering;
use telemetry::Sink;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(crate) use logging::log_to_stderr;
pub(crate) use services::services;
pub(crate) use start::StartError;

use crate::data_dir::{Credentials, DataDir, Endpoints};
use crate::settings::Settings;
use metering::Membership;
use stores::Stores;

/// A running node.
pub(crate) struct Node {
    data_dir: DataDir,
    endpoints: Endpoints,
    root: Credentials,
    stores: Stores,
    sink: Sink,
    key_uses: KeyUseWriter,
    functions: Functions,
    events: EventQueue,
    metering: Arc<Metering>,
    membership: Membership,
    /// How long what runs when the node is stopped may go on.
    patience: Duration,
    shutdown: CancellationToken,
    /// The listeners; they end once they have drained.
    listeners: JoinSet<edge::Drained>,
    /// Publisher, jobs, telemetry: they end with the node.
    background: JoinSet<()>,
}

/// How long the store may take to note how events ended.
const SETTLING: Duration = Duration::from_secs(5);

impl Node {
    /// Starts a node and answers once it serves.
    pub(crate) async fn start(settings: Settings) -> Result<Self, StartError> {
        let clock: Arc<dyn Clock> = Arc::new(base::clock::SystemClock::new());
        start::start(settings, clock).await
    }

    /// Where it answers.
    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Its data directory.
    pub(crate) fn data_dir(&self) -> &DataDir {
        &self.data_dir
    }

    /// Its first account's root key.
    pub(crate) fn root(&self) -> &Credentials {
        &self.root
    }

    /// Stops accepting, lets running requests finish, writes what is left, closes the stores.
    pub(crate) async fn drain(mut self) -> ExitCode {
        tracing::info!("draining");
        self.data_dir.remove_endpoints();
        self.events.end();
        self.shutdown.cancel();
        let mut whole = true;
        while let Some(drained) = self.listeners.join_next().await {
            whole &= drained.is_ok_and(|drained| drained.cut_off == 0);
        }
        self.functions.drain(self.patience).await;
        // Nothing runs any more: what is left is to note how events ended, and which are another's.
        self.events.drain(SETTLING).await;
        if let Err(fault) = self.sink.flush().await {
            tracing::error!(error = %fault, "the last log lines could not be stored");
        }
        self.metering.quotas.settle(None).await;
        self.key_uses.finish().await;
        self.background.shutdown().await;
        self.membership.leave().await;
        self.stores.close().await;
        tracing::info!("stopped");
        if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// The runtime of the control plane and of everything that is not API traffic.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("portcullis").build()
}

/// Waits for SIGTERM or Ctrl-C.
pub(crate) async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                // A handler that cannot be set leaves SIGTERM.
                Ok(()) = tokio::signal::ctrl_c() => {}
            }
        }
        Err(fault) => tracing::error!(error = %fault, "cannot listen for SIGTERM"),
    }
}
