//! GetIPSet. <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetIPSet.html>

use base::Scope as Place;
use model::wafv2::IpSet;
use operation::{Call, Failure, Operation, Spec};

use super::IPSet;
use crate::error::declared;
use crate::shapes::Scope;
use crate::{arn, find, rules};

/// The operation.
pub(crate) struct GetIPSet;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetIPSetRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    id: String,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetIPSetResponse", upper)]
pub(crate) struct Output {
    #[shape(rename = "IPSet")]
    set: Option<IPSet>,
    lock_token: Option<String>,
}

impl Operation for GetIPSet {
    const SPEC: Spec = Spec::read("GetIPSet", "wafv2:GetIPSet").errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<IpSet>(place, &input.name, &input.id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        rules::regional(input.scope)?;
        let set = find::named::<IpSet>(call, &input.name, &input.id).await?;
        Ok(Output { set: Some(IPSet::of(&set, &call.scope)), lock_token: Some(set.entity.lock_token) })
    }
}
