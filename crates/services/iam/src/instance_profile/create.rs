//! CreateInstanceProfile: a name that a role can be put behind.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html>

use std::collections::BTreeMap;

use base::Scope;
use model::iam::InstanceProfile;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::view::ProfileView;
use super::{audited, check_name};
use crate::error::{Error, declared};
use crate::find;
use crate::ids::{Prefix, unique};
use crate::rules::name;
use crate::rules::tags::{self, Tag};
use crate::time::whole_second;

/// AWS's quota for one account.
const PROFILES_MAX: u16 = 1000;

/// The operation.
pub(crate) struct CreateInstanceProfile;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateInstanceProfileRequest", upper)]
pub(crate) struct Input {
    instance_profile_name: String,
    path: Option<String>,
    tags: Option<Vec<Tag>>,
}

/// The profile.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateInstanceProfileResponse", upper)]
pub(crate) struct Output {
    instance_profile: ProfileView,
}

impl Operation for CreateInstanceProfile {
    const SPEC: Spec = Spec::write("CreateInstanceProfile", "iam:CreateInstanceProfile").errors(&[
        declared::EXISTS,
        declared::INVALID,
        declared::LIMIT,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        let path = input.path.as_deref().unwrap_or("/");
        format!("arn:aws:iam::{}:instance-profile{path}{}", scope.account, input.instance_profile_name)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        tags::keys(input.tags.as_deref().unwrap_or_default(), keys)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.instance_profile_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        check_name(&input.instance_profile_name)?;
        let path = name::path(input.path.as_deref())?;
        let mut all_tags = BTreeMap::new();
        tags::add_cased(&mut all_tags, input.tags.as_deref().unwrap_or_default())?;
        if !find::is_free::<InstanceProfile>(call, "iam.instance_profile.folded", &input.instance_profile_name).await? {
            let name = &input.instance_profile_name;
            return Err(Error::EntityAlreadyExists(format!("Instance Profile {name} already exists.")).into());
        }
        if !call.tx.has_room::<InstanceProfile>(&call.scope, "", 1, PROFILES_MAX.into()).await? {
            return Err(Error::LimitExceeded { quota: "InstanceProfilesPerAccount", max: PROFILES_MAX.into() }.into());
        }
        let profile = InstanceProfile {
            account: call.scope.account,
            name: input.instance_profile_name.clone(),
            path,
            id: unique(Prefix::InstanceProfile),
            created: whole_second(call.now),
            role: None,
            tags: all_tags,
        };
        call.tx.put(&call.scope, &profile)?;
        Ok(Output { instance_profile: ProfileView::made(&profile) })
    }
}
