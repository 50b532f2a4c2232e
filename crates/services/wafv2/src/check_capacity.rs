//! CheckCapacity: what rules weigh, in WCU. <https://docs.aws.amazon.com/waf/latest/APIReference/API_CheckCapacity.html>

use base::Scope as Place;
use operation::{Call, Failure, Operation, Spec};
use wire::shape::Json;

use crate::error::declared;
use crate::shapes::Scope;
use crate::{arn, engine, rules};

/// The operation.
pub(crate) struct CheckCapacity;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CheckCapacityRequest", upper)]
pub(crate) struct Input {
    scope: Scope,
    rules: Json,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CheckCapacityResponse", upper)]
pub(crate) struct Output {
    capacity: Option<i64>,
}

impl Operation for CheckCapacity {
    const SPEC: Spec = Spec::read("CheckCapacity", "wafv2:CheckCapacity").errors(declared::CAPACITY);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::anything(input, place)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        rules::regional(input.scope)?;
        let capacity = engine::capacity(call, &input.rules.0).await?;
        Ok(Output { capacity: Some(i64::from(capacity)) })
    }
}
