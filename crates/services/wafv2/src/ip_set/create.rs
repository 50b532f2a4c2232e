//! CreateIPSet. <https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateIPSet.html>

use base::Scope as Place;
use base::limits::IP_SETS_MAX;
use model::wafv2::{AddressVersion, IpSet};
use operation::{Call, Failure, Keys, Operation, Spec};

use super::Version;
use crate::error::declared;
use crate::shapes::{Created, Scope, Summary, Tag};
use crate::{arn, engine, find, rules, tags};

/// The operation.
pub(crate) struct CreateIPSet;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateIPSetRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    description: Option<String>,
    #[shape(rename = "IPAddressVersion")]
    ip_address_version: Version,
    addresses: Vec<String>,
    #[shape(default)]
    tags: Vec<Tag>,
}

impl Operation for CreateIPSet {
    const SPEC: Spec = Spec::write("CreateIPSet", "wafv2:CreateIPSet").errors(declared::CREATE_SET);
    type Input = Input;
    type Output = Created;

    fn resource(input: &Input, place: &Place) -> String {
        arn::new::<IpSet>(place, &input.name)
    }

    fn further(input: &Input, place: &Place) -> Vec<(&'static str, String)> {
        tags::further(&input.tags, Self::resource(input, place))
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        rules::tag_keys(keys, &input.tags)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<IpSet>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Created, Failure> {
        rules::regional(input.scope)?;
        let version = AddressVersion::from(input.ip_address_version);
        engine::ip_set(&input.addresses, version)?;
        let common = (input.name.as_str(), input.description.as_deref(), &input.tags[..]);
        let entity = find::room_for::<IpSet>(call, common, IP_SETS_MAX).await?;
        let made = IpSet { entity, version, addresses: input.addresses.clone() };
        call.tx.put(&call.scope, &made)?;
        Ok(Created { summary: Some(Summary::of(&made, &call.scope)) })
    }
}
