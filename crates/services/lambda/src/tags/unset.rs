//! UntagResource. <https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Keys, Operation, Spec};

use crate::error::declared;
use crate::find;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct UntagResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UntagResourceRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "Resource")]
    resource: String,
    #[shape(query = "tagKeys")]
    tag_keys: Vec<String>,
}

impl Operation for UntagResource {
    const SPEC: Spec = Spec::write("UntagResource", "lambda:UntagResource")
        .http(Verb::DELETE, "/2017-03-31/tags/{Resource}", 204)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        super::resource(&input.resource, scope)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        keys.texts("aws:TagKeys", input.tag_keys.iter().map(String::as_str))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let named = super::target(&input.resource, &call.scope)?;
        let mut function = find::function(call, &named).await?;
        function.tags.retain(|key, _| !input.tag_keys.contains(key));
        call.tx.put(&named.scope, &function)?;
        Ok(Nothing)
    }
}
