//! A web ACL, ready to judge, or closed.

use std::collections::HashSet;
use std::sync::Arc;

use base::Scope;

use crate::Name;

/// The web ACL of a stage: found in [`crate::Snapshot::web_acls`] for each request, so that a changed rule costs one
/// web ACL and no stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedAcl {
    /// Its account and name.
    pub name: Name,
    /// Its ARN, which ends in an id of its own: one that was made anew under the same name is another one.
    pub arn: Arc<str>,
}

/// A web ACL judges, or it is closed.
#[derive(Debug, Clone)]
pub enum WebAclUnit {
    /// It judges.
    Ready(Arc<WebAcl>),
    /// It did not compile: requests of its stages are answered 500.
    Broken {
        /// Its ARN.
        arn: Arc<str>,
        /// The finding's sentence.
        why: Arc<str>,
    },
}

impl WebAclUnit {
    /// Its ARN.
    pub fn arn(&self) -> &Arc<str> {
        match self {
            Self::Ready(acl) => &acl.arn,
            Self::Broken { arn, .. } => arn,
        }
    }
}

/// A web ACL with all that its rules name compiled in.
#[derive(Debug)]
pub struct WebAcl {
    /// Whose.
    pub scope: Scope,
    /// Its name.
    pub name: Arc<str>,
    /// Its ARN.
    pub arn: Arc<str>,
    /// The rules.
    pub judge: waf::WebAcl,
    /// The metric of what no rule decides.
    pub metric: Arc<str>,
    /// The metrics of rules, and of the default action, some of whose requests are kept for the owner to see.
    pub sampled: HashSet<Arc<str>>,
    /// Its log.
    pub logging: Option<WebAclLogging>,
    /// The stream that its records go to, named once.
    pub stream: Arc<str>,
}

/// What is logged of a web ACL's requests. <https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html>
#[derive(Debug)]
pub struct WebAclLogging {
    /// The log group's ARN.
    pub destination: Arc<str>,
    /// What is left out.
    pub redacted: Redacted,
    /// What is logged at all, the first that fits decides.
    pub filters: Box<[LoggingFilter]>,
    /// Whether what no filter fits is logged.
    pub keep_others: bool,
}

/// Fields that a log shows as `REDACTED`.
#[derive(Debug, Default)]
pub struct Redacted {
    /// The method.
    pub method: bool,
    /// The query.
    pub query: bool,
    /// The path.
    pub path: bool,
    /// Headers, in lower case.
    pub headers: Box<[Box<str>]>,
}

/// A filter of a log.
#[derive(Debug)]
pub struct LoggingFilter {
    /// Whether what fits is logged.
    pub keep: bool,
    /// Whether all conditions must hold, or one.
    pub all: bool,
    /// The conditions.
    pub conditions: Box<[LoggingCondition]>,
}

/// A condition of a filter.
#[derive(Debug, PartialEq, Eq)]
pub enum LoggingCondition {
    /// A rule took this action: AWS's word, such as `BLOCK`; `EXCLUDED_AS_COUNT` for rules that are excluded by name.
    Action(Box<str>),
    /// The request has this label.
    Label(Box<str>),
}
