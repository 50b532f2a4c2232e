//! UpdateIntegration. <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateIntegration.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Keys, Operation, Spec};

use super::IntegrationView;
use crate::choices::{ConnectionType, ContentHandlingStrategy, ResponseTransferMode};
use crate::error::{Error, declared};
use crate::patch::{ADD_REMOVE_REPLACE, Change, Edit, PatchOperation, REPLACE, Rule, Table, Tone, entry};
use crate::rules::credentials;
use crate::rules::integration::{self, Fields};
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateIntegration;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateIntegrationRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(uri = "http_method")]
    http_method: String,
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    HttpMethod,
    Uri,
    ConnectionType,
    ConnectionId,
    Credentials,
    RequestParameter,
    RequestTemplate,
    PassthroughBehavior,
    CacheNamespace,
    CacheKeyParameter,
    ContentHandling,
    TimeoutInMillis,
    InsecureSkipVerification,
    ResponseTransferMode,
    IntegrationTarget,
}

const TABLE: Table<Property> = Table {
    tone: Tone::Terse,
    rules: &[
        Rule::new("/httpMethod", REPLACE, Property::HttpMethod),
        Rule::new("/uri", REPLACE, Property::Uri),
        Rule::new("/connectionType", REPLACE, Property::ConnectionType),
        Rule::new("/connectionId", REPLACE, Property::ConnectionId),
        Rule::new("/credentials", REPLACE, Property::Credentials),
        Rule::new("/requestParameters/{name}", ADD_REMOVE_REPLACE, Property::RequestParameter),
        Rule::new("/requestTemplates/{content_type}", ADD_REMOVE_REPLACE, Property::RequestTemplate),
        Rule::new("/passthroughBehavior", REPLACE, Property::PassthroughBehavior),
        Rule::new("/cacheNamespace", REPLACE, Property::CacheNamespace),
        Rule::new("/cacheKeyParameters/{name}", ADD_REMOVE_REPLACE, Property::CacheKeyParameter),
        Rule::new("/contentHandling", REPLACE, Property::ContentHandling),
        Rule::new("/timeoutInMillis", REPLACE, Property::TimeoutInMillis),
        Rule::new("/tlsConfig/insecureSkipVerification", REPLACE, Property::InsecureSkipVerification),
        Rule::new("/responseTransferMode", REPLACE, Property::ResponseTransferMode),
        Rule::new("/integrationTarget", REPLACE, Property::IntegrationTarget),
    ],
};

impl Operation for UpdateIntegration {
    const SPEC: Spec = Spec::write("UpdateIntegration", "apigateway:PATCH")
        .http(Verb::PATCH, "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = IntegrationView;

    fn resource(input: &Input, scope: &Scope) -> String {
        let Input { rest_api_id, resource_id, http_method, .. } = input;
        arn::of(
            scope,
            format_args!("/restapis/{rest_api_id}/resources/{resource_id}/methods/{http_method}/integration"),
        )
    }

    fn further(input: &Input, _: &Scope) -> Vec<(&'static str, String)> {
        let changes = TABLE.read(&input.patch_operations).unwrap_or_default().into_iter();
        let roles = changes.filter(|change| change.property == Property::Credentials).filter_map(Change::optional);
        roles.flat_map(|role| credentials::passed(Some(&role))).collect()
    }

    fn keys(_: &Input, keys: Keys) -> Keys {
        keys.text("iam:PassedToService", credentials::SERVICE)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<IntegrationView, Failure> {
        let mut resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let resource_id = resource.id.clone();
        let method = find::method_mut(&mut resource, &input.http_method)?;
        let old = find::integration(method)?;
        let fields = patched(Fields::of(old), &input.patch_operations)?;
        let mut made = integration::build(fields, &method.request_parameters, resource_id.as_str(), &call.scope)?;
        made.responses.clone_from(&old.responses);
        let view = IntegrationView::of(&made);
        method.integration = Some(made);
        call.tx.put(&call.scope, &resource)?;
        Ok(view)
    }
}

fn patched(mut fields: Fields, operations: &[PatchOperation]) -> Result<Fields, Error> {
    for change in TABLE.read(operations)? {
        apply(&mut fields, change)?;
    }
    Ok(fields)
}

fn apply(fields: &mut Fields, change: Change<Property>) -> Result<(), Error> {
    let value = change.value.clone().unwrap_or_default();
    match change.property {
        Property::HttpMethod => fields.http_method = Some(value),
        Property::Uri => fields.uri = Some(value),
        Property::ConnectionType => fields.connection_type = ConnectionType::read(&value)?,
        Property::ConnectionId => fields.connection_id = Some(value),
        Property::Credentials => fields.credentials = Some(value),
        Property::RequestParameter => {
            entry::set(&mut fields.request_parameters, change, value, "Invalid parameter name specified")?;
        }
        Property::RequestTemplate => {
            entry::set(&mut fields.request_templates, change, value, "Content-Type specified was not found")?;
        }
        Property::PassthroughBehavior => fields.passthrough_behavior = Some(value),
        Property::CacheNamespace => fields.cache_namespace = Some(value),
        Property::CacheKeyParameter if change.edit == Edit::Remove => {}
        Property::CacheKeyParameter => fields.cache_key_parameters.push(change.name),
        Property::ContentHandling => fields.content_handling = ContentHandlingStrategy::read(&value)?,
        Property::TimeoutInMillis => {
            let wrong = |_| Error::bad_request(format!("Invalid timeoutInMillis specified: {value}"));
            fields.timeout_ms = Some(value.parse().map_err(wrong)?);
        }
        Property::InsecureSkipVerification => fields.tls_insecure_skip_verification = Some(change.flag()),
        Property::ResponseTransferMode => fields.response_transfer_mode = ResponseTransferMode::read(&value)?,
        Property::IntegrationTarget => fields.integration_target = Some(value),
    }
    Ok(())
}

#[cfg(test)]
impl crate::patch::Patches for UpdateIntegration {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use model::apigateway::{Integration, PassthroughBehavior};

    use super::*;
    use crate::choices::IntegrationType;
    use crate::patch::Op;

    fn after(op: Op, path: &str, value: &str) -> Result<Integration, String> {
        let fields = Fields {
            http_method: Some("GET".to_owned()),
            uri: Some("http://upstream.example".to_owned()),
            request_templates: BTreeMap::from([("text/plain".to_owned(), "old".to_owned())]),
            ..Fields::new(IntegrationType::Http)
        };
        let value = Some(value.to_owned());
        let operation = PatchOperation { op: Some(op), path: Some(path.to_owned()), value, from: None };
        let fields = patched(fields, &[operation]);
        fields
            .and_then(|fields| integration::build(fields, &BTreeMap::new(), "r", &operation::testing::World::scope()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn an_integration_is_changed() {
        let integration = after(Op::Replace, "/uri", "https://other.example/x").expect("it is allowed");
        assert_eq!(integration.uri.as_deref(), Some("https://other.example/x"));
        assert_eq!(after(Op::Replace, "/timeoutInMillis", "50").map(|one| one.timeout_ms), Ok(50));
        let integration = after(Op::Replace, "/passthroughBehavior", "NEVER").expect("it is allowed");
        assert_eq!(integration.passthrough_behavior, PassthroughBehavior::Never);
        let integration = after(Op::Remove, "/requestTemplates/text~1plain", "").expect("it is allowed");
        assert!(integration.request_templates.is_empty());
        let integration = after(Op::Replace, "/tlsConfig/insecureSkipVerification", "true").expect("it is allowed");
        assert_eq!(integration.tls_insecure_skip_verification, Some(true));
        assert!(after(Op::Replace, "/connectionType", "INTERNET").is_ok());
    }

    #[test]
    fn what_put_refuses_patch_refuses_too() {
        for (op, path, value) in [
            (Op::Replace, "/uri", "file:///etc/passwd"),
            (Op::Replace, "/httpMethod", ""),
            (Op::Replace, "/timeoutInMillis", "29001"),
            (Op::Replace, "/timeoutInMillis", "soon"),
            (Op::Replace, "/connectionType", "VPC_LINK"),
            (Op::Replace, "/connectionType", "TUNNEL"),
            (Op::Replace, "/credentials", "arn:aws:iam::123456789012:role/r"),
            (Op::Add, "/cacheKeyParameters/method.request.path.id", ""),
            (Op::Add, "/requestParameters/integration.request.header.X", "method.request.body"),
            (Op::Add, "/requestTemplates/application~1json", "$input.body"),
            (Op::Replace, "/requestTemplates/application~1xml", "x"),
            (Op::Replace, "/responseTransferMode", "STREAM"),
            (Op::Replace, "/type", "MOCK"),
            (Op::Add, "/uri", "http://x.example"),
        ] {
            assert!(after(op, path, value).is_err(), "{path} {value}");
        }
    }
}
