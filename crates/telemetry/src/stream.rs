//! What streams are named: access logs, execution logs, what functions print, trails.

use std::sync::Arc;

/// The stream of all trails of an account and region.
pub const TRAIL: &str = "trail";

/// What access logs' streams begin with.
pub const ACCESS: &str = "access/";

/// What execution logs' streams begin with.
pub const EXECUTION: &str = "execution/";

/// What the streams of functions' own logs begin with.
pub const FUNCTION: &str = "function/";

/// What the streams of web ACLs' logs begin with.
pub const WEB_ACL: &str = "waf/";

/// What API Gateway names the log groups of execution logs by, before the API's id.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>
pub const EXECUTION_LOG_GROUP: &str = "API-Gateway-Execution-Logs_";

/// The stream of a stage's access log; made once a stage, not once a request.
pub fn access(api: &str, stage: &str) -> Arc<str> {
    format!("{ACCESS}{api}/{stage}").into()
}

/// The stream of a stage's execution log; made once a stage, not once a request.
pub fn execution(api: &str, stage: &str) -> Arc<str> {
    format!("{EXECUTION}{api}/{stage}").into()
}

/// The stream of a web ACL's log.
pub fn web_acl(name: &str) -> Arc<str> {
    format!("{WEB_ACL}{name}").into()
}

/// The stream of what a function prints.
pub fn function(name: &str) -> Arc<str> {
    format!("{FUNCTION}{name}").into()
}
