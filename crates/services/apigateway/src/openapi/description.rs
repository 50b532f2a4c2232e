//! What a document says of an API, in the rules' own terms.

use std::collections::{BTreeMap, BTreeSet};

use base::id::AuthorizerId;
use model::apigateway::{ApiKeySource, AuthorizationType, HttpMethod, MethodResponse};

use crate::rules;

/// An API as a document describes it.
#[derive(Debug, Default)]
pub(crate) struct Description {
    /// `info.title`.
    pub(crate) name: Option<String>,
    /// `info.description`.
    pub(crate) description: Option<String>,
    /// `info.version`.
    pub(crate) version: Option<String>,
    /// `x-amazon-apigateway-binary-media-types`.
    pub(crate) binary_media_types: Option<Vec<String>>,
    /// `x-amazon-apigateway-endpoint-configuration`.
    pub(crate) disable_execute_api_endpoint: Option<bool>,
    /// `x-amazon-apigateway-api-key-source`.
    pub(crate) api_key_source: Option<ApiKeySource>,
    /// `x-amazon-apigateway-policy`, as JSON.
    pub(crate) policy: Option<String>,
    /// What protects operations that say nothing themselves.
    pub(crate) protection: Protection,
    /// `components.schemas` or `definitions`, name to JSON.
    pub(crate) schemas: BTreeMap<String, String>,
    /// `basePath`, or the path of the first server; empty without one.
    pub(crate) base_path: String,
    /// The ids of the authorizers, by name, once they have any.
    pub(crate) authorizer_ids: BTreeMap<String, AuthorizerId>,
    /// Paths in the document's order.
    pub(crate) paths: Vec<Path>,
}

/// The document's own security: which schemes stand for AWS's signature, an authorizer or an API key, and what operations without a word of their own
/// ask for.
#[derive(Debug, Default)]
pub(crate) struct Protection {
    /// Schemes with `x-amazon-apigateway-authtype: awsSigv4`.
    pub(crate) signatures: BTreeSet<String>,
    /// Schemes with `x-amazon-apigateway-authorizer`.
    pub(crate) authorizers: BTreeMap<String, rules::authorizer::Fields>,
    /// Schemes that stand for an API key in `x-api-key`.
    pub(crate) api_keys: BTreeSet<String>,
    /// From the root's `security`.
    pub(crate) default: Asked,
    /// Whether the same operations ask for an API key.
    pub(crate) default_key: bool,
}

/// Who may call, as a document says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nobody in particular.
    #[default]
    Nobody,
    /// Whoever signs.
    Signature,
    /// Whom the authorizer of this name lets in.
    Authorizer(String),
}

impl Asked {
    /// The method's type.
    pub(crate) fn authorization(&self) -> AuthorizationType {
        match self {
            Self::Nobody => AuthorizationType::None,
            Self::Signature => AuthorizationType::AwsIam,
            Self::Authorizer(_) => AuthorizationType::Custom,
        }
    }
}

/// A path with its methods; one without methods is a resource all the same.
#[derive(Debug)]
pub(crate) struct Path {
    /// Such as `/pets/{id}`.
    pub(crate) path: String,
    /// Its methods.
    pub(crate) methods: Vec<(HttpMethod, Operation)>,
}

/// A method with everything that belongs to it.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The method itself; its authorizer has no id yet.
    pub(crate) method: rules::method::Fields,
    /// The name of its authorizer.
    pub(crate) authorizer: Option<String>,
    /// By status code.
    pub(crate) responses: BTreeMap<String, MethodResponse>,
    /// What answers.
    pub(crate) integration: Option<Integration>,
}

/// An integration with its responses by status code.
#[derive(Debug)]
pub(crate) struct Integration {
    /// The integration itself.
    pub(crate) fields: rules::integration::Fields,
    /// Status code to response.
    pub(crate) responses: BTreeMap<String, rules::integration_response::Fields>,
}
