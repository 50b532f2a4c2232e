//! CreateOpenIDConnectProvider: registers an issuer.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html>

use std::collections::BTreeMap;

use base::Scope;
use model::iam::OidcProvider;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;
use wire::Value;

use super::{arn, audited, settings};
use crate::error::{Error, declared};
use crate::rules::tags::{self, Tag};

/// AWS's quota.
const PROVIDERS_MAX: u64 = 700;

/// The operation.
pub(crate) struct CreateOpenIDConnectProvider;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateOpenIDConnectProviderRequest", upper)]
pub(crate) struct Input {
    url: String,
    #[shape(rename = "ClientIDList")]
    client_id_list: Option<Vec<String>>,
    thumbprint_list: Option<Vec<String>>,
    tags: Option<Vec<Tag>>,
    context_provider: Option<ContextProvider>,
    identity_center_instance_arn: Option<String>,
}

/// Claims of contexts, which nothing here reads.
#[derive(Debug, wire::Shape)]
#[shape(name = "ContextProvider", upper)]
pub(crate) struct ContextProvider {
    key_definition_list: Option<Vec<KeyDefinition>>,
    subject_source_key: String,
    subject_type_value: Option<String>,
    subject_type_source_key: Option<String>,
}

/// One such claim.
#[derive(Debug, wire::Shape)]
#[shape(name = "ContextProviderKeyDefinition", upper)]
pub(crate) struct KeyDefinition {
    source_key: String,
    target_key: Option<String>,
}

/// Its ARN.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateOpenIDConnectProviderResponse", upper)]
pub(crate) struct Output {
    #[shape(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: Option<String>,
    tags: Option<Vec<Tag>>,
}

impl Operation for CreateOpenIDConnectProvider {
    const SPEC: Spec = Spec::write("CreateOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider").errors(&[
        declared::INVALID,
        declared::EXISTS,
        declared::LIMIT,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &settings::issuer(&input.url).unwrap_or_else(|_| "*".to_owned()))
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        tags::keys(input.tags.as_deref().unwrap_or_default(), keys)
    }

    fn made(output: &Value) -> Vec<(String, String)> {
        output.get("OpenIDConnectProviderArn").and_then(Value::as_text).map(audited).unwrap_or_default()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        if input.context_provider.is_some() {
            return Err(Error::NotEnforced("ContextProvider".to_owned()).into());
        }
        if input.identity_center_instance_arn.is_some() {
            return Err(Error::NotEnforced("IdentityCenterInstanceArn".to_owned()).into());
        }
        let issuer = settings::issuer(&input.url)?;
        let client_ids = input.client_id_list.clone().unwrap_or_default().into_iter().collect();
        settings::client_ids(&client_ids)?;
        let thumbprints = settings::thumbprints(input.thumbprint_list.as_deref().unwrap_or_default())?;
        let mut all_tags = BTreeMap::new();
        tags::add(&mut all_tags, input.tags.as_deref().unwrap_or_default())?;
        if call.tx.get::<OidcProvider>(&call.scope, &issuer).await?.is_some() {
            let message = format!("Provider with url https://{issuer} already exists.");
            return Err(Error::EntityAlreadyExists(message).into());
        }
        if !call.tx.has_room::<OidcProvider>(&call.scope, "", 1, PROVIDERS_MAX).await? {
            let quota = "OpenIdConnectProvidersPerAccount";
            return Err(Error::LimitExceeded { quota, max: PROVIDERS_MAX as usize }.into());
        }
        let account = call.scope.account;
        let provider = OidcProvider { account, issuer, client_ids, thumbprints, created: call.now, tags: all_tags };
        call.tx.put(&call.scope, &provider)?;
        let tags = (!provider.tags.is_empty()).then(|| tags::view(&provider.tags));
        Ok(Output { open_id_connect_provider_arn: Some(provider.arn()), tags })
    }
}
