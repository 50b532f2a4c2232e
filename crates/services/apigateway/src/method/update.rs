//! UpdateMethod. <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateMethod.html>

use base::Scope;
use base::id::AuthorizerId;
use http::Method as Verb;
use model::apigateway::{HttpMethod, Method};
use operation::{Call, Failure, Operation, Spec};

use super::MethodView;
use crate::error::{Error, declared};
use crate::patch::{ADD_REMOVE_REPLACE, Edit, PatchOperation, REPLACE, Rule, Table, Tone, entry};
use crate::rules::method::{self, Fields};
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateMethod;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateMethodRequest")]
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
    AuthorizationType,
    AuthorizerId,
    AuthorizationScope,
    ApiKeyRequired,
    OperationName,
    RequestParameter,
    RequestModel,
    RequestValidatorId,
}

const TABLE: Table<Property> = Table {
    tone: Tone::Terse,
    rules: &[
        Rule::new("/authorizationType", REPLACE, Property::AuthorizationType),
        Rule::new("/authorizerId", REPLACE, Property::AuthorizerId),
        Rule::new("/authorizationScopes", ADD_REMOVE_REPLACE, Property::AuthorizationScope),
        Rule::new("/apiKeyRequired", REPLACE, Property::ApiKeyRequired),
        Rule::new("/operationName", REPLACE, Property::OperationName),
        Rule::new("/requestParameters/{name}", ADD_REMOVE_REPLACE, Property::RequestParameter),
        Rule::new("/requestModels/{content_type}", ADD_REMOVE_REPLACE, Property::RequestModel),
        Rule::new("/requestValidatorId", REPLACE, Property::RequestValidatorId),
    ],
};

impl Operation for UpdateMethod {
    const SPEC: Spec = Spec::write("UpdateMethod", "apigateway:PATCH")
        .http(Verb::PATCH, "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 200)
        .errors(declared::REMOVE);
    type Input = Input;
    type Output = MethodView;

    fn resource(input: &Input, scope: &Scope) -> String {
        let Input { rest_api_id, resource_id, http_method, .. } = input;
        arn::of(scope, format_args!("/restapis/{rest_api_id}/resources/{resource_id}/methods/{http_method}"))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<MethodView, Failure> {
        let mut resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let method = find::method_mut(&mut resource, &input.http_method)?;
        let made = patched(method, &input.patch_operations)?;
        let verb = HttpMethod::parse(&input.http_method).ok_or_else(find::no_method)?;
        let view = MethodView::of(verb, &made);
        *method = made.clone();
        find::authorizer_of(call, &resource.rest_api_id, &made).await?;
        call.tx.put(&call.scope, &resource)?;
        Ok(view)
    }
}

fn patched(method: &Method, operations: &[PatchOperation]) -> Result<Method, Error> {
    let mut fields = Fields::of(method);
    for change in TABLE.read(operations)? {
        match change.property {
            Property::AuthorizationType => fields.authorization_type = change.text(),
            Property::AuthorizerId => fields.authorizer_id = change.optional(),
            Property::AuthorizationScope if change.edit == Edit::Remove => {}
            Property::AuthorizationScope => fields.authorization_scopes.push(change.text()),
            Property::ApiKeyRequired => fields.api_key_required = change.flag(),
            Property::OperationName => fields.operation_name = change.optional(),
            Property::RequestParameter => {
                let required = change.flag();
                entry::set(&mut fields.request_parameters, change, required, "Invalid parameter name specified")?;
            }
            Property::RequestModel => {
                let model = change.value.clone().unwrap_or_default();
                entry::set(&mut fields.request_models, change, model, "Content-Type specified was not found")?;
            }
            Property::RequestValidatorId => fields.request_validator_id = change.optional(),
        }
    }
    // AWS lets go of an authorizer when the type no longer asks for one.
    if fields.authorization_type != "CUSTOM"
        && fields.authorizer_id.as_deref() == method.authorizer_id.as_ref().map(AuthorizerId::as_str)
    {
        fields.authorizer_id = None;
    }
    let made = method::build(fields)?;
    Ok(Method { responses: method.responses.clone(), integration: method.integration.clone(), ..made })
}

#[cfg(test)]
impl crate::patch::Patches for UpdateMethod {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::Op;

    fn after(op: Op, path: &str, value: &str) -> Result<Method, String> {
        let method = method::build(Fields { authorization_type: "NONE".to_owned(), ..Fields::default() });
        let value = Some(value.to_owned());
        let operation = PatchOperation { op: Some(op), path: Some(path.to_owned()), value, from: None };
        patched(&method.expect("it is open"), &[operation]).map_err(|error| error.to_string())
    }

    #[test]
    fn a_method_is_changed() {
        let method = after(Op::Add, "/requestParameters/method.request.querystring.optional", "true");
        assert!(method.expect("it is allowed").request_parameters["method.request.querystring.optional"]);
        let method = after(Op::Add, "/requestModels/application~1json", "Empty").expect("it is allowed");
        assert_eq!(method.request_models["application/json"], "Empty");
        let method = after(Op::Replace, "/operationName", "ListPets").expect("it is allowed");
        assert_eq!(method.operation_name.as_deref(), Some("ListPets"));
        let method = after(Op::Replace, "/authorizationType", "AWS_IAM").expect("it is allowed");
        assert_eq!(method.authorization.as_str(), "AWS_IAM");
        let method = after(Op::Replace, "/apiKeyRequired", "true").expect("it is allowed");
        assert!(method.api_key_required);
        let method = after(Op::Replace, "/apiKeyRequired", "whatever").expect("it is allowed");
        assert!(!method.api_key_required, "AWS takes whatever is not true for false");
    }

    #[test]
    fn everything_else_is_refused() {
        let later = |what| format!("{what} is not enforced by this version of Portcullis yet, so it is refused");
        for (op, path, value, message) in [
            (Op::Add, "/operationName", "x", "Invalid patch operation specified. Must be one of: [replace]".to_owned()),
            (Op::Add, "/httpMethod", "PUT", "Invalid patch path /httpMethod".to_owned()),
            (Op::Replace, "/requestParameters", "x", "Invalid patch path /requestParameters".to_owned()),
            (
                Op::Add,
                "/requestModels/application/json",
                "Empty",
                "Invalid patch path /requestModels/application/json".to_owned(),
            ),
            (Op::Replace, "/authorizerId", "abc", later("authorizerId without authorizationType `CUSTOM`")),
            (Op::Replace, "/requestValidatorId", "abc", later("requestValidatorId")),
            (Op::Add, "/authorizationScopes", "read", later("authorizationScopes")),
        ] {
            assert_eq!(after(op, path, value).map(|_| ()), Err(message), "{path}");
        }
    }
}
