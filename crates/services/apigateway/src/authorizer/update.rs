//! UpdateAuthorizer. <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAuthorizer.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::Authorizer;
use operation::{Call, Failure, Keys, Operation, Spec};
use wire::Choice as _;

use super::AuthorizerView;
use super::create::unique_name;
use crate::choices::AuthorizerType;
use crate::error::{Error, declared};
use crate::patch::{Change, Edit, PatchOperation, REPLACE, Rule, Table, Tone};
use crate::rules::authorizer::{self, Fields};
use crate::rules::credentials;
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateAuthorizer;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateAuthorizerRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "authorizer_id")]
    authorizer_id: String,
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    Name,
    Type,
    ProviderArn,
    AuthType,
    Uri,
    Credentials,
    IdentitySource,
    IdentityValidationExpression,
    Ttl,
}

const TABLE: Table<Property> = Table {
    tone: Tone::Terse,
    rules: &[
        Rule::new("/name", REPLACE, Property::Name),
        Rule::new("/type", REPLACE, Property::Type),
        Rule::new("/providerARNs", &[Edit::Add, Edit::Remove], Property::ProviderArn),
        Rule::new("/authType", REPLACE, Property::AuthType),
        Rule::new("/authorizerUri", REPLACE, Property::Uri),
        Rule::new("/authorizerCredentials", REPLACE, Property::Credentials),
        Rule::new("/identitySource", REPLACE, Property::IdentitySource),
        Rule::new("/identityValidationExpression", REPLACE, Property::IdentityValidationExpression),
        Rule::new("/authorizerResultTtlInSeconds", REPLACE, Property::Ttl),
    ],
};

impl Operation for UpdateAuthorizer {
    const SPEC: Spec = Spec::write("UpdateAuthorizer", "apigateway:PATCH")
        .http(Verb::PATCH, "/restapis/{restapi_id}/authorizers/{authorizer_id}", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = AuthorizerView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/authorizers/{}", input.rest_api_id, input.authorizer_id))
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

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<AuthorizerView, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let old = find::authorizer(call, &api.id, &input.authorizer_id).await?;
        let fields = patched(Fields::of(&old), &input.patch_operations)?;
        let authorizer = authorizer::build(fields, &api.id, old.id, &call.scope)?;
        let others = call.tx.all::<Authorizer>(&call.scope, &Authorizer::prefix(&api.id)).await?;
        unique_name(&authorizer, &others)?;
        call.tx.put(&call.scope, &authorizer)?;
        Ok(AuthorizerView::of(&authorizer))
    }
}

fn patched(mut fields: Fields, operations: &[PatchOperation]) -> Result<Fields, Error> {
    for change in TABLE.read(operations)? {
        let value = change.value.clone().unwrap_or_default();
        match change.property {
            Property::Name => fields.name = value,
            Property::Type => {
                let wrong = || Error::bad_request(format!("Invalid authorizer type specified: {value}"));
                fields.kind = AuthorizerType::from_text(&value).ok_or_else(wrong)?;
            }
            Property::ProviderArn if change.edit == Edit::Remove => {}
            Property::ProviderArn => fields.provider_arns.push(value),
            Property::AuthType => fields.auth_type = Some(value),
            Property::Uri => fields.uri = Some(value),
            Property::Credentials => fields.credentials = Some(value),
            Property::IdentitySource => fields.identity_source = Some(value),
            Property::IdentityValidationExpression => fields.identity_validation_expression = Some(value),
            Property::Ttl => {
                let wrong = |_| Error::bad_request(format!("Invalid authorizerResultTtlInSeconds specified: {value}"));
                fields.ttl_s = Some(value.parse().map_err(wrong)?);
            }
        }
    }
    Ok(fields)
}

#[cfg(test)]
impl crate::patch::Patches for UpdateAuthorizer {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}
