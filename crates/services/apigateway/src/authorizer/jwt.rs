//! Configurations of authorizers of type `JWT` on the wire: each is refused until the data plane proves by them.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html>

/// The issuers a caller asks to trust.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct JwtConfigurationInput {
    issuers: Vec<JwtIssuerInput>,
    default_algorithms: Vec<JwtSigningAlgorithm>,
}

/// An issuer a caller asks to trust.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct JwtIssuerInput {
    issuer: String,
    audiences: Vec<String>,
    additional_claims: Option<Vec<JwtAdditionalClaim>>,
}

/// The issuers that are trusted.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct JwtConfiguration {
    issuers: Option<Vec<JwtIssuer>>,
    default_algorithms: Option<Vec<JwtSigningAlgorithm>>,
}

/// An issuer that is trusted.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct JwtIssuer {
    issuer: Option<String>,
    audiences: Option<Vec<String>>,
    additional_claims: Option<Vec<JwtAdditionalClaim>>,
    jwks_uri: Option<String>,
}

/// A claim that a token must make.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct JwtAdditionalClaim {
    claim_name: String,
    format: JwtClaimFormat,
    required: Option<bool>,
    expected_values: Option<Vec<String>>,
}

/// What a claim looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum JwtClaimFormat {
    #[shape("SINGLE_STRING")]
    SingleString,
}

/// How a token may be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum JwtSigningAlgorithm {
    #[shape("RS256")]
    Rs256,
    #[shape("RS384")]
    Rs384,
    #[shape("RS512")]
    Rs512,
    #[shape("ES256")]
    Es256,
    #[shape("ES384")]
    Es384,
    #[shape("ES512")]
    Es512,
}
