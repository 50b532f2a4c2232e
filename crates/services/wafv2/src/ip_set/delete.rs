//! DeleteIPSet: only what nothing uses. <https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteIPSet.html>

use base::Scope as Place;
use model::wafv2::IpSet;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::shapes::{Nothing, Scope};
use crate::{arn, find, rules};

/// The operation.
pub(crate) struct DeleteIPSet;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteIPSetRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    id: String,
    lock_token: String,
}

impl Operation for DeleteIPSet {
    const SPEC: Spec = Spec::write("DeleteIPSet", "wafv2:DeleteIPSet").errors(declared::DELETE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<IpSet>(place, &input.name, &input.id)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<IpSet>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        rules::regional(input.scope)?;
        let found = find::locked::<IpSet>(call, &input.name, &input.id, &input.lock_token).await?;
        find::unused(call, &found).await?;
        find::remove(call, &found);
        Ok(Nothing)
    }
}
