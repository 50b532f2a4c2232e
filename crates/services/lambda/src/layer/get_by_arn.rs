//! GetLayerVersionByArn. <https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionByArn.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::LayerVersionView;
use crate::error::declared;
use crate::name::LayerRef;

/// The operation.
pub(crate) struct GetLayerVersionByArn;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetLayerVersionByArnRequest", upper)]
pub(crate) struct Input {
    #[shape(query = "Arn")]
    arn: String,
}

impl Operation for GetLayerVersionByArn {
    const SPEC: Spec = Spec::read("GetLayerVersionByArn", "lambda:GetLayerVersion")
        .http(Verb::GET, "/2018-10-31/layers?find=LayerVersion", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = LayerVersionView;

    fn resource(input: &Input, scope: &Scope) -> String {
        match LayerRef::version(&input.arn, scope) {
            Ok(_) => input.arn.clone(),
            Err(_) => super::resource("(malformed)", scope),
        }
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<LayerVersionView, Failure> {
        let named = LayerRef::version(&input.arn, &call.scope)?;
        let number = named.number.and_then(|number| i64::try_from(number).ok()).unwrap_or_default();
        Ok(LayerVersionView::of(&super::find(call, &named.name, number).await?))
    }
}
