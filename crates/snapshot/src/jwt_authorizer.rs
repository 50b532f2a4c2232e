//! An authorizer that checks tokens itself, without a function.

use std::sync::Arc;

use jwt::{AuthorizerUri, NoAuthorizerUri};

/// A native JWT authorizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtAuthorizer {
    /// Whose tokens it believes: the issuer's URL, `https` or, on the loopback, `http`.
    pub issuer: Arc<str>,
    /// Whom tokens may be made out to; at least one.
    pub audiences: Vec<Arc<str>>,
    /// The scopes of which a token must grant one, if there are any.
    pub scopes: Vec<Arc<str>>,
    /// The request header that holds the token.
    pub header: Arc<str>,
}

impl JwtAuthorizer {
    /// Whether a URI means a native JWT authorizer, whether or not it can be read.
    pub fn is_meant(uri: &str) -> bool {
        AuthorizerUri::is_meant(uri)
    }

    /// The authorizer of `jwt://ISSUER-HOST/PATH?audience=…&scope=…` that reads `header`.
    pub fn parse(uri: &str, header: &str) -> Result<Self, NoAuthorizerUri> {
        let AuthorizerUri { issuer, audiences, scopes } = AuthorizerUri::parse(uri)?;
        let shared = |texts: Vec<String>| texts.into_iter().map(Arc::from).collect();
        Ok(Self { issuer: issuer.into(), audiences: shared(audiences), scopes: shared(scopes), header: header.into() })
    }
}
