//! A REST API and its stages, ready to serve.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Scope;
use base::id::{DeploymentId, RestApiId, StageName};

use crate::{AttachedAcl, Bucket, LogFormat, NamedPolicy, Routes};

/// A REST API: its owner and its stages.
#[derive(Debug, Clone)]
pub struct Api {
    /// Its id.
    pub id: RestApiId,
    /// Who owns it and where.
    pub scope: Scope,
    /// By name; at most ten or so, hence cloned whole when one changes.
    pub stages: BTreeMap<StageName, StageUnit>,
}

/// A stage is served whole, or it is closed.
#[derive(Debug, Clone)]
pub enum StageUnit {
    /// Served.
    Ready(Arc<Stage>),
    /// It did not compile: every request is answered 500, and the owner is told why.
    Broken {
        /// The finding's sentence.
        why: Arc<str>,
    },
}

/// A stage with its deployment compiled in.
#[derive(Debug)]
pub struct Stage {
    /// The API.
    pub api_id: RestApiId,
    /// Who owns it and where.
    pub scope: Scope,
    /// Its name.
    pub name: StageName,
    /// What it serves.
    pub deployment_id: DeploymentId,
    /// The API answers at its custom domains only, so not here.
    pub default_endpoint_disabled: bool,
    /// `EDGE` or `REGIONAL`, for `$context.endpointType`.
    pub endpoint_type: &'static str,
    /// Where the API keys of its requests are read from.
    pub api_key_source: ApiKeySource,
    /// What its account has left of the throttle that all its APIs share.
    pub account: Arc<Bucket>,
    /// What the ARNs of its calls begin with: [`Stage::arn_of`].
    pub arn: Arc<str>,
    /// The API's resource policy, as it was deployed.
    pub resource_policy: Option<Arc<NamedPolicy>>,
    /// The web ACL that judges its requests.
    pub web_acl: Option<AttachedAcl>,
    /// Where requests go.
    pub routes: Routes,
    /// Media types whose bodies functions get, and answer, as base64.
    pub binary_media_types: Box<[Arc<str>]>,
    /// `$stageVariables`.
    pub variables: BTreeMap<String, String>,
    /// One line a request.
    pub access_log: Option<AccessLog>,
    /// The record streams of this stage, named once.
    pub access_stream: Arc<str>,
    /// The stream of its execution log.
    pub execution_stream: Arc<str>,
}

impl Stage {
    /// `arn:aws:execute-api:{region}:{account}:{api}/{stage}/`: verb and path follow, for policies to judge.
    pub fn arn_of(scope: &Scope, api: &RestApiId, stage: &StageName) -> Arc<str> {
        format!("arn:aws:execute-api:{}:{}:{api}/{stage}/", scope.region, scope.account).into()
    }
}

/// Where API keys are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKeySource {
    /// From `x-api-key`.
    Header,
    /// From what a Lambda authorizer answers as `usageIdentifierKey`.
    Authorizer,
}

/// A stage's access log.
#[derive(Debug)]
pub struct AccessLog {
    /// The log group's ARN.
    pub destination_arn: Arc<str>,
    /// The line.
    pub format: LogFormat,
}
