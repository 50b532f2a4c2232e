//! A stage: a deployment under a name, with live settings. <https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html>

use std::collections::BTreeMap;

use base::Timestamp;
use base::id::{DeploymentId, RestApiId, StageName};
use serde::{Deserialize, Serialize};

use crate::Record;

/// A named place where a deployment is served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// The API it belongs to.
    pub rest_api_id: RestApiId,
    /// The first segment of its URLs.
    pub name: StageName,
    /// What it serves.
    pub deployment_id: DeploymentId,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// `${stageVariables.NAME}`.
    pub variables: BTreeMap<String, String>,
    /// One line a request.
    pub access_log: Option<AccessLogSettings>,
    /// `*/*` or `~1pets~1{id}/GET` in AWS's own key form (`/` in the path written `~1`), to its settings.
    pub method_settings: BTreeMap<String, MethodSetting>,
    /// How often the answers of its authorizers were thrown away.
    #[serde(default)]
    pub authorizers_flushed: u64,
    /// The ARN of the web ACL that judges its requests.
    #[serde(default)]
    pub web_acl_arn: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// Where a stage's access log goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessLogSettings {
    /// A log group's ARN; kept with each line.
    pub destination_arn: String,
    /// One line with `$context` variables.
    pub format: String,
}

/// What is logged of a method's execution, and how often it may be called. Caching and metrics join with their capabilities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct MethodSetting {
    /// How much is logged.
    pub logging_level: LoggingLevel,
    /// Whether headers and bodies are logged too.
    pub data_trace_enabled: bool,
    /// What may be sent at once; -1 sets no limit of its own, and neither does what was never set.
    #[serde(default)]
    pub throttling_burst_limit: Option<i32>,
    /// Requests a second; -1 likewise.
    #[serde(default)]
    pub throttling_rate_limit: Option<f64>,
}

/// How much of an execution is logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LoggingLevel {
    /// Nothing.
    #[default]
    Off,
    /// Failures.
    Error,
    /// Everything.
    Info,
}

impl LoggingLevel {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            LoggingLevel::Off => "OFF",
            LoggingLevel::Error => "ERROR",
            LoggingLevel::Info => "INFO",
        }
    }
}

impl Record for Stage {
    const TABLE: &'static str = "apigateway.stage";

    fn id(&self) -> String {
        Self::id_of(&self.rest_api_id, &self.name)
    }
}

impl Stage {
    /// The record's id for a stage of an API.
    pub fn id_of(api: &RestApiId, stage: &StageName) -> String {
        format!("{api}/{stage}")
    }

    /// The prefix that lists an API's stages.
    pub fn prefix(api: &RestApiId) -> String {
        format!("{api}/")
    }
}
