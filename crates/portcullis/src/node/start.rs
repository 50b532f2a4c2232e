//! The start of a node, in order: directory, key, stores, account, authority, snapshot, journey, calls, listeners.

use std::sync::Arc;

use base::{Clock, Scope};
use edge::{BindError, CertificateError};
use operation::Failure;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Node;
use super::certificates::found_authority;
use super::firewall::ProvidedError;
use super::listeners::Listeners;
use super::planes::{Planes, egress_config};
use super::stores::Stores;
use crate::data_dir::{Credentials, DataDir, DataDirError};
use crate::settings::Settings;

/// Why a node did not start; one line, with the next step.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error("{}", base::with_causes(.0.as_ref()))]
    Store(Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Found(#[from] control::bootstrap::FoundError),
    #[error("{}", base::with_causes(.0))]
    Failed(#[from] Failure),
    #[error("{}", base::with_causes(.0))]
    Resources(#[from] store_resources::Fault),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error("there is no certificate for the local zone; look at the log above")]
    NoCertificate,
    #[error(transparent)]
    Unroutable(#[from] control::Unroutable),
    #[error(transparent)]
    Egress(egress::PolicyError),
    #[error(transparent)]
    UpstreamRoots(#[from] egress::ConfigError),
    #[error(transparent)]
    Firewall(#[from] ProvidedError),
    #[error("cannot read {path}: {source}")]
    UpstreamCa { path: String, source: std::io::Error },
}

/// Starts everything, and answers once it serves.
pub(super) async fn start(settings: Settings, clock: Arc<dyn Clock>) -> Result<Node, StartError> {
    let data_dir = DataDir::at(&settings.data_dir);
    data_dir.create()?;
    data_dir.remove_endpoints();
    let master_key = Arc::new(data_dir.master_key_or_new(settings.master_key.as_deref())?);
    // The addresses are bound first: a port in use is told before anything is made.
    let listeners = Listeners::bind(&settings)?;
    let stores = Stores::open(&settings.store, &data_dir, Arc::clone(&clock)).await?;
    let scope = Scope { account: settings.account, region: settings.region.clone() };
    let now = clock.now();
    let root = control::found(stores.resources.as_ref(), &master_key, &scope, now).await?;
    let authority = found_authority(stores.resources.as_ref(), &master_key, &scope, &settings.zone, now).await?;
    data_dir.write_root_key(&master_key, &root)?;
    data_dir.write_ca(authority.certificate_pem())?;
    let egress = egress_config(&settings, &listeners)?;
    let planes = Planes::build(&settings, &scope, &stores, &master_key, &clock, egress)?;
    let endpoints = listeners.endpoints(&settings);
    let mut node = Node {
        data_dir,
        endpoints,
        root: Credentials { account: root.account, access_key_id: root.id.to_string(), secret: root.secret },
        stores,
        sink: planes.sink.clone(),
        key_uses: planes.key_uses.clone(),
        functions: planes.functions.clone(),
        events: planes.events.clone(),
        metering: Arc::clone(&planes.metering),
        membership: planes.membership.clone(),
        patience: settings.drain,
        shutdown: CancellationToken::new(),
        listeners: JoinSet::new(),
        background: JoinSet::new(),
    };
    planes.serve(listeners, &settings, &clock, &mut node).await?;
    node.data_dir.write_endpoints(&node.endpoints)?;
    Ok(node)
}
