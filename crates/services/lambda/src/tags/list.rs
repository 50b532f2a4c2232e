//! ListTags. <https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::find;

/// The operation.
pub(crate) struct ListTags;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListTagsRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "Resource")]
    resource: String,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListTagsResponse", upper)]
pub(crate) struct Output {
    tags: Option<BTreeMap<String, String>>,
}

impl Operation for ListTags {
    const SPEC: Spec = Spec::read("ListTags", "lambda:ListTags")
        .http(Verb::GET, "/2017-03-31/tags/{Resource}", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        super::resource(&input.resource, scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = super::target(&input.resource, &call.scope)?;
        Ok(Output { tags: Some(find::function(call, &named).await?.tags) })
    }
}
