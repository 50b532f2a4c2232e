//! A logging configuration: which requests of a web ACL are logged, and what the log leaves out.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Record;

/// The logging of one web ACL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoggingConfiguration {
    /// The web ACL's name: there is one configuration for each.
    pub web_acl: String,
    /// The web ACL's ARN.
    pub web_acl_arn: String,
    /// Where the records go: the ARN of a log group whose name begins with `aws-waf-logs-`.
    pub destination: String,
    /// AWS's own JSON of `RedactedFields`: a list of fields to match.
    pub redacted_fields: Vec<Value>,
    /// AWS's own JSON of `LoggingFilter`.
    pub filter: Option<Value>,
}

impl Record for LoggingConfiguration {
    const TABLE: &'static str = "wafv2.logging_configuration";

    fn id(&self) -> String {
        self.web_acl.clone()
    }
}
