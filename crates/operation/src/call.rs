//! What an operation is given: who calls, when, and the transaction.

use std::sync::Arc;

use base::id::RequestId;
use base::seal::MasterKey;
use base::{AccountId, Region, Scope, Timestamp};
use policy::Keys;
use store_records::{Blobs, Counters, Events};
use store_resources::Resources;

use crate::{DataPlane, FirewallFacts, NodeStatus, Principal, Transaction, WebTokens};

/// One call of one operation.
#[derive(Debug)]
pub struct Call<'a> {
    /// Who calls, authenticated and authorized.
    pub principal: &'a Principal,
    /// The account and region it acts in; `global` for services without a region.
    pub scope: Scope,
    /// The call's own id.
    pub request_id: RequestId,
    /// When it arrived.
    pub now: Timestamp,
    /// What it reads and writes.
    pub tx: Transaction,
    /// The rest of the world.
    pub ports: &'a Ports,
    /// What policies may know of a request without a signature: for operations that take one and judge by themselves.
    pub keys: Keys,
    /// Whom an operation that takes no signature found its caller to be: the call's record names them, and joins the
    /// records of their account.
    pub proven: Option<Principal>,
}

/// What operations may reach besides their transaction.
#[derive(Debug, Clone)]
pub struct Ports {
    /// The audit records, for `LookupEvents`.
    pub resources: Arc<dyn Resources>,
    /// Logs and trails.
    pub events: Arc<dyn Events>,
    /// Function code.
    pub blobs: Arc<dyn Blobs>,
    /// What quotas have used.
    pub counters: Arc<dyn Counters>,
    /// The journey, for explanations and invocations.
    pub data_plane: Arc<dyn DataPlane>,
    /// What this node knows of itself.
    pub status: Arc<dyn NodeStatus>,
    /// Seals and opens secrets.
    pub master_key: Arc<MasterKey>,
    /// Tells what is true in the tokens of identity providers.
    pub web_tokens: Arc<dyn WebTokens>,
    /// Facts of this installation.
    pub installation: Installation,
}

/// Facts of this installation that answers name.
#[derive(Debug, Clone)]
pub struct Installation {
    /// The founding account: the one made at first start. Whatever concerns the whole installation is its business, and
    /// the calls of strangers join its records.
    pub account: AccountId,
    /// The one region it serves.
    pub region: Region,
    /// The DNS suffix behind `execute-api.{region}.`.
    pub zone: String,
    /// How often each account may call its APIs.
    pub throttle: AccountThrottle,
    /// What web ACLs may ask for here.
    pub firewall: FirewallFacts,
}

/// How often an account may call its APIs, all together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AccountThrottle {
    /// Requests a second.
    pub rate: f64,
    /// Requests at once.
    pub burst: u32,
}

impl Default for AccountThrottle {
    /// AWS's.
    fn default() -> Self {
        Self { rate: base::limits::ACCOUNT_RATE, burst: base::limits::ACCOUNT_BURST }
    }
}
