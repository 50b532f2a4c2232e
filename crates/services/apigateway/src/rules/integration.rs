//! What an integration may be. <https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html>

use std::collections::BTreeMap;

use base::Scope;
use base::limits::{INTEGRATION_TIMEOUT_MS_MAX, INTEGRATION_TIMEOUT_MS_MIN};
use model::apigateway::{Integration, IntegrationType as Stored, PassthroughBehavior};
use snapshot::FunctionInvoker;

use super::{credentials, mapping, template, uri};
use crate::choices::{ConnectionType, ContentHandlingStrategy, IntegrationType, ResponseTransferMode};
use crate::error::Error;

/// An integration as it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fields {
    /// How the backend is spoken to.
    pub(crate) kind: IntegrationType,
    /// The verb sent to the backend.
    pub(crate) http_method: Option<String>,
    /// Where the backend is.
    pub(crate) uri: Option<String>,
    /// The way to it.
    pub(crate) connection_type: Option<ConnectionType>,
    /// The VPC link.
    pub(crate) connection_id: Option<String>,
    /// The role it is called with.
    pub(crate) credentials: Option<String>,
    /// `integration.request.{place}.{name}` to its source.
    pub(crate) request_parameters: BTreeMap<String, String>,
    /// Media type to template.
    pub(crate) request_templates: BTreeMap<String, String>,
    /// What happens to a body no template fits.
    pub(crate) passthrough_behavior: Option<String>,
    /// The resource's id unless set.
    pub(crate) cache_namespace: Option<String>,
    /// What tells cached answers apart.
    pub(crate) cache_key_parameters: Vec<String>,
    /// How request bodies are converted.
    pub(crate) content_handling: Option<ContentHandlingStrategy>,
    /// How long the backend may take.
    pub(crate) timeout_ms: Option<i32>,
    /// Whether its certificate is taken unchecked.
    pub(crate) tls_insecure_skip_verification: Option<bool>,
    /// How answers are passed on.
    pub(crate) response_transfer_mode: Option<ResponseTransferMode>,
    /// The load balancer behind a VPC link.
    pub(crate) integration_target: Option<String>,
}

impl Fields {
    /// Nothing but a kind.
    pub(crate) fn new(kind: IntegrationType) -> Self {
        Self {
            kind,
            http_method: None,
            uri: None,
            connection_type: None,
            connection_id: None,
            credentials: None,
            request_parameters: BTreeMap::new(),
            request_templates: BTreeMap::new(),
            passthrough_behavior: None,
            cache_namespace: None,
            cache_key_parameters: Vec::new(),
            content_handling: None,
            timeout_ms: None,
            tls_insecure_skip_verification: None,
            response_transfer_mode: None,
            integration_target: None,
        }
    }

    /// A stored integration as it would be asked for.
    pub(crate) fn of(integration: &Integration) -> Self {
        let kind = match integration.kind {
            Stored::Http => IntegrationType::Http,
            Stored::HttpProxy => IntegrationType::HttpProxy,
            Stored::Mock => IntegrationType::Mock,
            Stored::Aws => IntegrationType::Aws,
            Stored::AwsProxy => IntegrationType::AwsProxy,
        };
        Self {
            credentials: integration.credentials.clone(),
            http_method: integration.http_method.clone(),
            uri: integration.uri.clone(),
            request_parameters: integration.request_parameters.clone(),
            request_templates: integration.request_templates.clone(),
            passthrough_behavior: Some(integration.passthrough_behavior.as_str().to_owned()),
            cache_namespace: Some(integration.cache_namespace.clone()),
            timeout_ms: Some(integration.timeout_ms),
            tls_insecure_skip_verification: integration.tls_insecure_skip_verification,
            ..Self::new(kind)
        }
    }
}

/// The longest cache namespace; AWS gives no limit, a resource's id is what it usually is.
const CACHE_NAMESPACE_CHARS_MAX: usize = 1024;

/// Checks an integration of a method that declares `parameters`, on the resource `resource_id`. It has no responses yet.
pub(crate) fn build(
    fields: Fields,
    parameters: &BTreeMap<String, bool>,
    resource_id: &str,
    scope: &Scope,
) -> Result<Integration, Error> {
    refuse_later(&fields)?;
    let (kind, http_method, uri) = backend(&fields, scope)?;
    let credentials = function_credentials(kind, fields.credentials, scope)?;
    mapping::check_request(&fields.request_parameters, parameters)?;
    template::check(&fields.request_templates)?;
    let cache_namespace = fields.cache_namespace.filter(|name| !name.is_empty());
    if cache_namespace.as_deref().is_some_and(|name| name.chars().count() > CACHE_NAMESPACE_CHARS_MAX) {
        return Err(Error::bad_request("Invalid cache namespace specified"));
    }
    Ok(Integration {
        kind,
        http_method,
        credentials,
        uri,
        request_parameters: fields.request_parameters,
        request_templates: fields.request_templates,
        passthrough_behavior: passthrough_behavior(fields.passthrough_behavior.as_deref())?,
        timeout_ms: timeout(fields.timeout_ms)?,
        cache_namespace: cache_namespace.unwrap_or_else(|| resource_id.to_owned()),
        tls_insecure_skip_verification: fields.tls_insecure_skip_verification,
        responses: BTreeMap::new(),
    })
}

fn backend(fields: &Fields, scope: &Scope) -> Result<(Stored, Option<String>, Option<String>), Error> {
    let kind = match fields.kind {
        IntegrationType::Mock => {
            // AWS keeps a verb and a URI of a mock and uses neither.
            let verb = fields.http_method.clone().filter(|verb| !verb.is_empty());
            return Ok((Stored::Mock, verb, fields.uri.clone().filter(|uri| !uri.is_empty())));
        }
        IntegrationType::Http => Stored::Http,
        IntegrationType::HttpProxy => Stored::HttpProxy,
        IntegrationType::Aws => Stored::Aws,
        IntegrationType::AwsProxy => Stored::AwsProxy,
    };
    let verb = fields.http_method.as_deref().unwrap_or_default();
    if verb.is_empty() {
        return Err(Error::bad_request("Enumeration value for HttpMethod must be non-empty"));
    }
    super::method::verb(verb)?;
    let uri = fields.uri.clone().unwrap_or_default();
    match kind {
        Stored::Http | Stored::HttpProxy | Stored::Mock => uri::check(&uri)?,
        Stored::Aws | Stored::AwsProxy => uri::check_function(&uri, scope)?,
    }
    Ok((kind, Some(verb.to_owned()), Some(uri)))
}

// SECURITY: what would change who is called, with which rights, or what is cached, is refused until it is done.
fn refuse_later(fields: &Fields) -> Result<(), Error> {
    let is_set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    if fields.connection_type == Some(ConnectionType::VpcLink) {
        return Err(Error::not_enforced("connectionType `VPC_LINK`"));
    }
    if is_set(&fields.connection_id) {
        return Err(Error::not_enforced("connectionId"));
    }
    if !fields.cache_key_parameters.is_empty() {
        return Err(Error::not_enforced("cacheKeyParameters"));
    }
    if fields.content_handling.is_some() {
        return Err(Error::not_enforced("contentHandling"));
    }
    if fields.response_transfer_mode == Some(ResponseTransferMode::Stream) {
        return Err(Error::not_enforced("responseTransferMode `STREAM`"));
    }
    if is_set(&fields.integration_target) {
        return Err(Error::not_enforced("integrationTarget"));
    }
    Ok(())
}

/// The role that a function is invoked with, or the caller's own permissions. Nothing else is called with any.
fn function_credentials(kind: Stored, text: Option<String>, scope: &Scope) -> Result<Option<String>, Error> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    match kind {
        Stored::Http | Stored::HttpProxy | Stored::Mock => {
            Err(Error::not_enforced(format!("credentials of an integration of type `{}`", kind.as_str())))
        }
        Stored::Aws | Stored::AwsProxy if text == FunctionInvoker::CALLER => Ok(Some(text)),
        Stored::Aws | Stored::AwsProxy => credentials::role(Some(text), scope),
    }
}

fn passthrough_behavior(text: Option<&str>) -> Result<PassthroughBehavior, Error> {
    match text {
        None | Some("" | "WHEN_NO_MATCH") => Ok(PassthroughBehavior::WhenNoMatch),
        Some("WHEN_NO_TEMPLATES") => Ok(PassthroughBehavior::WhenNoTemplates),
        Some("NEVER") => Ok(PassthroughBehavior::Never),
        Some(_) => Err(Error::bad_request(
            "Invalid passthroughBehavior specified. Valid options are WHEN_NO_MATCH,WHEN_NO_TEMPLATES,NEVER",
        )),
    }
}

fn timeout(timeout_ms: Option<i32>) -> Result<i32, Error> {
    let timeout_ms = timeout_ms.unwrap_or(INTEGRATION_TIMEOUT_MS_MAX);
    if (INTEGRATION_TIMEOUT_MS_MIN..=INTEGRATION_TIMEOUT_MS_MAX).contains(&timeout_ms) {
        return Ok(timeout_ms);
    }
    Err(Error::bad_request(format!(
        "Timeout should be between {INTEGRATION_TIMEOUT_MS_MIN} ms and {INTEGRATION_TIMEOUT_MS_MAX} ms"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http() -> Fields {
        Fields {
            http_method: Some("GET".to_owned()),
            uri: Some("http://upstream.example/pets".to_owned()),
            ..Fields::new(IntegrationType::HttpProxy)
        }
    }

    fn scope() -> Scope {
        Scope {
            account: base::AccountId::parse("123456789012").expect("digits"),
            region: base::Region::parse("us-east-1").expect("a region"),
        }
    }

    fn function(kind: IntegrationType, uri: &str) -> Fields {
        Fields { http_method: Some("POST".to_owned()), uri: Some(uri.to_owned()), ..Fields::new(kind) }
    }

    const URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:pets/invocations";

    #[test]
    fn a_function_is_named_by_its_invocation_and_perhaps_a_role() {
        let proxy = || function(IntegrationType::AwsProxy, URI);
        let made_of = |credentials: &str| made(Fields { credentials: Some(credentials.to_owned()), ..proxy() });
        let role = "arn:aws:iam::123456789012:role/invoke";
        assert_eq!(made_of(role).map(|one| one.credentials), Ok(Some(role.to_owned())));
        assert!(made_of("arn:aws:iam::*:user/*").is_ok());
        for (credentials, message) in [
            ("arn:aws:iam::999999999999:role/invoke", "another account"),
            ("arn:aws:iam::123456789012:user/bob", "not the ARN of an IAM role"),
        ] {
            assert!(made_of(credentials).expect_err(credentials).contains(message));
        }
        for uri in
            ["", "http://upstream.example", &URI.replace("us-east-1", "eu-west-1"), &URI.replace("/invocations", "")]
        {
            assert!(made(function(IntegrationType::Aws, uri)).is_err(), "{uri}");
        }
        let named = URI.replace("function:pets", "function:${stageVariables.pets}:${stageVariables.alias}");
        let integration = made(function(IntegrationType::Aws, &named)).expect("variables may name a function");
        assert_eq!(made(Fields::of(&integration)), Ok(integration));
    }

    fn made(fields: Fields) -> Result<Integration, String> {
        build(fields, &BTreeMap::new(), "res123", &scope()).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_are_those_of_aws() {
        let integration = made(http()).expect("it is good");
        assert_eq!(integration.passthrough_behavior, PassthroughBehavior::WhenNoMatch);
        assert_eq!((integration.timeout_ms, integration.cache_namespace.as_str()), (29_000, "res123"));
        assert_eq!(made(Fields::of(&integration)), Ok(integration));
        let mock = made(Fields::new(IntegrationType::Mock)).expect("a mock needs nothing");
        assert_eq!((mock.kind, mock.uri, mock.http_method), (Stored::Mock, None, None));
    }

    #[test]
    fn an_http_backend_needs_a_verb_and_a_uri() {
        for (fields, message) in [
            (Fields { http_method: None, ..http() }, "Enumeration value for HttpMethod must be non-empty"),
            (
                Fields { http_method: Some("FETCH".to_owned()), ..http() },
                "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
            ),
            (Fields { uri: None, ..http() }, "Invalid HTTP endpoint specified for URI"),
            (Fields { uri: Some("ftp://x".to_owned()), ..http() }, "Invalid HTTP endpoint specified for URI"),
            (Fields { timeout_ms: Some(49), ..http() }, "Timeout should be between 50 ms and 29000 ms"),
            (Fields { timeout_ms: Some(29_001), ..http() }, "Timeout should be between 50 ms and 29000 ms"),
        ] {
            assert_eq!(made(fields), Err(message.to_owned()));
        }
        assert!(made(Fields { passthrough_behavior: Some("ALWAYS".to_owned()), ..http() }).is_err());
    }

    #[test]
    fn what_is_not_enforced_is_refused_and_its_default_is_not() {
        let some = |text: &str| Some(text.to_owned());
        for fields in [
            function(IntegrationType::Aws, "arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue"),
            function(IntegrationType::AwsProxy, "arn:aws:apigateway:us-east-1:dynamodb:action/PutItem"),
            Fields { connection_type: Some(ConnectionType::VpcLink), ..http() },
            Fields { connection_id: some("abc"), ..http() },
            Fields { credentials: some("arn:aws:iam::123456789012:role/r"), ..http() },
            Fields { cache_key_parameters: vec!["method.request.path.id".to_owned()], ..http() },
            Fields { content_handling: Some(ContentHandlingStrategy::ConvertToText), ..http() },
            Fields { response_transfer_mode: Some(ResponseTransferMode::Stream), ..http() },
            Fields { integration_target: some("arn:x"), ..http() },
        ] {
            let refused = build(fields.clone(), &BTreeMap::new(), "r", &scope());
            assert!(matches!(refused, Err(Error::NotEnforced { .. })), "{fields:?}");
        }
        let defaults = Fields {
            connection_type: Some(ConnectionType::Internet),
            connection_id: some(""),
            credentials: some(""),
            response_transfer_mode: Some(ResponseTransferMode::Buffered),
            tls_insecure_skip_verification: Some(false),
            ..http()
        };
        assert!(made(defaults).is_ok());
    }
}
