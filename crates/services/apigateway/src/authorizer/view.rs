//! An authorizer as it is answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html>

use model::apigateway as stored;

use super::jwt::JwtConfiguration;
use crate::choices::AuthorizerType;

/// An authorizer on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Authorizer")]
pub(crate) struct AuthorizerView {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) r#type: Option<AuthorizerType>,
    #[shape(default, rename = "providerARNs")]
    pub(crate) provider_arns: Vec<String>,
    pub(crate) auth_type: Option<String>,
    pub(crate) authorizer_uri: Option<String>,
    pub(crate) authorizer_credentials: Option<String>,
    pub(crate) identity_source: Option<String>,
    pub(crate) identity_validation_expression: Option<String>,
    pub(crate) authorizer_result_ttl_in_seconds: Option<i32>,
    pub(crate) jwt_configuration: Option<JwtConfiguration>,
}

impl AuthorizerView {
    /// An authorizer as AWS answers it.
    pub(crate) fn of(authorizer: &stored::Authorizer) -> Self {
        Self {
            id: Some(authorizer.id.to_string()),
            name: Some(authorizer.name.clone()),
            r#type: Some(match authorizer.kind {
                stored::AuthorizerType::Token => AuthorizerType::Token,
                stored::AuthorizerType::Request => AuthorizerType::Request,
            }),
            provider_arns: Vec::new(),
            // AWS answers `custom` where nothing was said.
            auth_type: Some(authorizer.auth_type.clone().unwrap_or_else(|| "custom".to_owned())),
            authorizer_uri: Some(authorizer.uri.clone()),
            authorizer_credentials: authorizer.credentials.clone(),
            identity_source: authorizer.identity_source.clone(),
            identity_validation_expression: authorizer.identity_validation_expression.clone(),
            authorizer_result_ttl_in_seconds: Some(authorizer.ttl_s),
            jwt_configuration: None,
        }
    }
}
