//! UpdateApiKey. <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateApiKey.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::ApiKey;
use operation::{Call, Failure, Operation, Spec};

use super::{ApiKeyView, Shown, audited};
use crate::error::{Error, declared};
use crate::patch::{ADD_REMOVE_REPLACE, Edit, PatchOperation, REPLACE, REPLACE_REMOVE, Rule, Table, Tone};
use crate::rules::api_key;
use crate::time::whole_second;
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateApiKey;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateApiKeyRequest")]
pub(crate) struct Input {
    #[shape(uri = "api_Key")]
    api_key: String,
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    Name,
    Description,
    Enabled,
    CustomerId,
    Stages,
    Labels,
}

const TABLE: Table<Property> = Table {
    tone: Tone::Terse,
    rules: &[
        Rule::new("/name", REPLACE_REMOVE, Property::Name),
        Rule::new("/description", REPLACE_REMOVE, Property::Description),
        Rule::new("/enabled", REPLACE, Property::Enabled),
        Rule::new("/customerId", REPLACE_REMOVE, Property::CustomerId),
        Rule::new("/stages", ADD_REMOVE_REPLACE, Property::Stages),
        Rule::new("/labels", ADD_REMOVE_REPLACE, Property::Labels),
    ],
};

impl Operation for UpdateApiKey {
    const SPEC: Spec = Spec::write("UpdateApiKey", "apigateway:PATCH")
        .http(Verb::PATCH, "/apikeys/{api_Key}", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = ApiKeyView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/apikeys/{}", input.api_key))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.api_key)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<ApiKeyView, Failure> {
        let mut key = find::api_key(call, &input.api_key).await?;
        patch(&mut key, &input.patch_operations)?;
        key.updated = whole_second(call.now);
        call.tx.put(&call.scope, &key)?;
        ApiKeyView::of(&key, Shown::WithoutValue, call)
    }
}

fn patch(key: &mut ApiKey, operations: &[PatchOperation]) -> Result<(), Error> {
    for change in TABLE.read(operations)? {
        match change.property {
            Property::Name => key.name = api_key::text("name", change.optional())?,
            Property::Description => key.description = api_key::text("description", change.optional())?,
            Property::CustomerId => key.customer_id = api_key::text("customerId", change.optional())?,
            Property::Enabled => key.enabled = change.flag(),
            // There is nothing to remove.
            Property::Stages | Property::Labels if change.edit == Edit::Remove => {}
            Property::Stages => return Err(Error::not_enforced("stages")),
            Property::Labels => return Err(Error::not_enforced("labels")),
        }
    }
    Ok(())
}

#[cfg(test)]
impl crate::patch::Patches for UpdateApiKey {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}
