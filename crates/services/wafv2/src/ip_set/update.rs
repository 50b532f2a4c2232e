//! UpdateIPSet: its members are replaced as a whole. <https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateIPSet.html>

use base::Scope as Place;
use model::wafv2::IpSet;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::shapes::{Changed, Scope};
use crate::{arn, engine, find, rules};

/// The operation.
pub(crate) struct UpdateIPSet;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateIPSetRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    id: String,
    description: Option<String>,
    addresses: Vec<String>,
    lock_token: String,
}

impl Operation for UpdateIPSet {
    const SPEC: Spec = Spec::write("UpdateIPSet", "wafv2:UpdateIPSet").errors(declared::UPDATE_SET);
    type Input = Input;
    type Output = Changed;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<IpSet>(place, &input.name, &input.id)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<IpSet>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Changed, Failure> {
        rules::regional(input.scope)?;
        let mut set = find::locked::<IpSet>(call, &input.name, &input.id, &input.lock_token).await?;
        set.entity.description = rules::description(input.description.as_deref())?;
        engine::ip_set(&input.addresses, set.version)?;
        set.addresses.clone_from(&input.addresses);
        call.tx.put(&call.scope, &set)?;
        Ok(Changed { next_lock_token: Some(set.entity.lock_token) })
    }
}
