//! An association: a stage whose requests a web ACL judges.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html>

use base::id::{RestApiId, StageName};
use serde::{Deserialize, Serialize};

use crate::Record;

/// The stages of a web ACL, one record each. That a stage has a web ACL stands in the stage itself
/// ([`Stage::web_acl_arn`](crate::apigateway::Stage)); this is the way back.
// INVARIANT: a stage that names a web ACL has this record, and no other stage has one; whoever changes or removes one of
// the two does the same to the other in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// The web ACL's id.
    pub web_acl_id: String,
    /// The stage's API.
    pub rest_api_id: RestApiId,
    /// The stage.
    pub stage: StageName,
}

impl Record for Association {
    const TABLE: &'static str = "wafv2.association";

    fn id(&self) -> String {
        format!("{}{}/{}", Self::prefix(&self.web_acl_id), self.rest_api_id, self.stage)
    }
}

impl Association {
    /// The prefix that lists a web ACL's stages.
    pub fn prefix(web_acl_id: &str) -> String {
        format!("{web_acl_id}/")
    }

    /// The record of a stage that names a web ACL by its ARN, which ends in the web ACL's id.
    pub fn of(web_acl_arn: &str, rest_api_id: &RestApiId, stage: &StageName) -> Self {
        let web_acl_id = web_acl_arn.rsplit('/').next().unwrap_or_default().to_owned();
        Self { web_acl_id, rest_api_id: rest_api_id.clone(), stage: stage.clone() }
    }
}
