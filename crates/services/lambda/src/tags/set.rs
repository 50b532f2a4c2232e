//! TagResource. <https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Keys, Operation, Spec};

use crate::error::declared;
use crate::find;
use crate::nothing::Nothing;
use crate::rules::tags;

/// The operation.
pub(crate) struct TagResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "TagResourceRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "Resource")]
    resource: String,
    tags: BTreeMap<String, String>,
}

impl Operation for TagResource {
    const SPEC: Spec = Spec::write("TagResource", "lambda:TagResource")
        .http(Verb::POST, "/2017-03-31/tags/{Resource}", 204)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        super::resource(&input.resource, scope)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        tags::keys(keys, &input.tags)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let named = super::target(&input.resource, &call.scope)?;
        let mut function = find::function(call, &named).await?;
        function.tags.extend(input.tags.clone());
        tags::check(&function.tags)?;
        call.tx.put(&named.scope, &function)?;
        Ok(Nothing)
    }
}
