//! Asks a running node through its own AWS APIs: signed with the root key, authorized and audited like any client.

use std::sync::Arc;

use base::clock::SystemClock;
use base::{AccountId, Clock, Secret};
use bytes::Bytes;
use egress::{Config, Egress, EgressError, Policy, Trust};
use http::Request;
use http_body_util::{BodyExt as _, Full, Limited};
use serde_json::{Value, json};
use sigv4::{PathRule, Received, Signer};

use crate::cli::NodeArgs;
use crate::data_dir::{Credentials, DataDir, DataDirError};
use crate::node::Node;

/// A client of one node.
#[derive(Debug)]
pub(crate) struct Client {
    egress: Egress,
    clock: Arc<dyn Clock>,
    endpoint: String,
    region: String,
    account: AccountId,
    access_key_id: String,
    secret: Secret<String>,
}

/// Why a node did not give what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error("`{0}` is not the URL of an admin address")]
    Url(String),
    #[error(
        "no node answers at {endpoint} ({source}); start one with `portcullis serve`, or name it with --endpoint URL"
    )]
    Away { endpoint: String, source: EgressError },
    #[error("the node's answer broke off")]
    Broken,
    #[error("the client cannot be set up: {0}")]
    Setup(egress::ConfigError),
    #[error("{message} ({code})")]
    Refused { status: u16, code: String, message: String },
}

/// More than any answer of ours holds.
const ANSWER_BYTES_MAX: usize = 64 << 20;
const TARGET: &str = "Portcullis_20261101";

impl Client {
    /// A client of the node that a data directory or `--endpoint` names.
    pub(crate) fn of(args: &NodeArgs) -> Result<Self, AskError> {
        let dir = DataDir::at(&args.dir.data_dir);
        let root = dir.root_key(&dir.master_key(args.master_key.as_deref())?)?;
        let known = dir.endpoints();
        let region = known.as_ref().map_or_else(|_| "us-east-1".to_owned(), |known| known.region.clone());
        let endpoint = match &args.endpoint {
            Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
            None => known?.admin,
        };
        Self::new(endpoint, region, root, &dir)
    }

    /// A client of this process's own node.
    pub(crate) fn of_node(node: &Node) -> Result<Self, AskError> {
        let (endpoints, root) = (node.endpoints(), node.root());
        let root = Credentials {
            account: root.account,
            access_key_id: root.access_key_id.clone(),
            secret: root.secret.clone(),
        };
        Self::new(endpoints.admin.clone(), endpoints.region.clone(), root, node.data_dir())
    }

    /// The account it calls from.
    pub(crate) fn account(&self) -> AccountId {
        self.account
    }

    fn new(endpoint: String, region: String, root: Credentials, dir: &DataDir) -> Result<Self, AskError> {
        let Credentials { account, access_key_id, secret } = root;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let authority = dir.ca().ok();
        let config = Config::new(Policy::default(), Vec::new(), authority.as_deref()).map_err(AskError::Setup)?;
        Ok(Self {
            egress: Egress::new(config, Arc::clone(&clock)),
            clock,
            endpoint,
            region,
            account,
            access_key_id,
            secret,
        })
    }

    /// Calls an operation of the service `portcullis`.
    pub(crate) async fn portcullis(&self, operation: &str, input: &Value) -> Result<Value, AskError> {
        let target = format!("{TARGET}.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        self.call("portcullis", "POST", "/", &headers, input.to_string().into_bytes()).await
    }

    /// Calls API Gateway with bytes.
    pub(crate) async fn rest(&self, method: &str, path: &str, body: Vec<u8>) -> Result<Value, AskError> {
        self.call("apigateway", method, path, &[], body).await
    }

    /// Calls API Gateway with JSON.
    pub(crate) async fn rest_json(&self, method: &str, path: &str, body: &Value) -> Result<Value, AskError> {
        let headers = [("content-type", "application/json")];
        self.call("apigateway", method, path, &headers, body.to_string().into_bytes()).await
    }

    /// Calls an operation of a service and reads its answer as JSON.
    pub(crate) async fn call(
        &self,
        service: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Value, AskError> {
        let (head, body) = self.answered(service, method, target, headers, body).await?;
        answer(&head, &body)
    }

    /// Calls an operation of a service; a refusal is an error, everything else is answered as it came.
    pub(crate) async fn raw(
        &self,
        service: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<(http::response::Parts, Bytes), AskError> {
        let (head, body) = self.answered(service, method, target, headers, body).await?;
        if head.status.is_success() {
            return Ok((head, body));
        }
        Err(answer(&head, &body).err().unwrap_or(AskError::Broken))
    }

    async fn answered(
        &self,
        service: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<(http::response::Parts, Bytes), AskError> {
        let bad_url = || AskError::Url(self.endpoint.clone());
        let (_, host) = self.endpoint.split_once("://").ok_or_else(bad_url)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut signed: Vec<(&str, &[u8])> = vec![("host", host.as_bytes())];
        signed.extend(headers.iter().map(|(name, value)| (*name, value.as_bytes())));
        let signer = Signer {
            access_key_id: &self.access_key_id,
            secret: &self.secret,
            session_token: None,
            region: &self.region,
            service,
            path: PathRule::Normalized,
        };
        let received = Received { method, path, query, headers: &signed };
        let added = signer.sign(&received, &body, self.clock.now());
        let mut request =
            Request::builder().method(method).uri(format!("{}{target}", self.endpoint)).header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in added {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|_| bad_url())?;
        let away = |source| AskError::Away { endpoint: self.endpoint.clone(), source };
        let response = self.egress.send(request, Trust::Verified).await.map_err(away)?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|_| AskError::Broken)?.to_bytes();
        Ok((head, body))
    }
}

fn answer(head: &http::response::Parts, body: &[u8]) -> Result<Value, AskError> {
    let value: Value = serde_json::from_slice(body).unwrap_or(json!({}));
    if head.status.is_success() {
        return Ok(value);
    }
    let code = head.headers.get("x-amzn-errortype").and_then(|code| code.to_str().ok()).map(str::to_owned);
    let code = code.or_else(|| value["__type"].as_str().map(str::to_owned)).unwrap_or_else(|| head.status.to_string());
    let message = value["message"].as_str().or(value["Message"].as_str()).unwrap_or("no message").to_owned();
    Err(AskError::Refused { status: head.status.as_u16(), code, message })
}
