//! Who judges callers of an API. <https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html>

use base::id::{AuthorizerId, RestApiId};
use serde::{Deserialize, Serialize};

use crate::Record;

/// An authorizer. It takes effect with the next deployment, as everything else of an API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorizer {
    /// The API it belongs to.
    pub rest_api_id: RestApiId,
    /// Unique in the API.
    pub id: AuthorizerId,
    /// Unique in the API too.
    pub name: String,
    /// What it is told of a request.
    pub kind: AuthorizerType,
    /// A word for OpenAPI documents, such as `oauth2`.
    pub auth_type: Option<String>,
    /// The invocation of a function, with `${stageVariables.NAME}`; or `jwt://…`.
    pub uri: String,
    /// The role it is invoked with; without one the function's own policy decides.
    pub credentials: Option<String>,
    /// Where the identity stands in a request.
    pub identity_source: Option<String>,
    /// What a token must match.
    pub identity_validation_expression: Option<String>,
    /// How long an answer counts, in seconds; 0 asks anew each time.
    pub ttl_s: i32,
}

/// What an authorizer is told of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AuthorizerType {
    /// A token.
    Token,
    /// All of it but its body.
    Request,
}

impl AuthorizerType {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "TOKEN",
            Self::Request => "REQUEST",
        }
    }
}

impl Record for Authorizer {
    const TABLE: &'static str = "apigateway.authorizer";

    fn id(&self) -> String {
        Self::id_of(&self.rest_api_id, &self.id)
    }
}

impl Authorizer {
    /// The record's id for an authorizer of an API.
    pub fn id_of(api: &RestApiId, authorizer: &AuthorizerId) -> String {
        format!("{api}/{authorizer}")
    }

    /// The prefix that lists an API's authorizers.
    pub fn prefix(api: &RestApiId) -> String {
        format!("{api}/")
    }
}
