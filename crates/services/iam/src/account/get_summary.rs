//! GetAccountSummary: how much of everything the account has, and may have.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>

use std::collections::BTreeMap;

use base::Scope;
use model::Record;
use model::iam::{Group, InstanceProfile, ManagedPolicy, OidcProvider, Owner, Role, User};
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::{access_key, group, user};

/// The operation.
pub(crate) struct GetAccountSummary;

/// Nothing.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetAccountSummaryRequest")]
pub(crate) struct Input {}

/// Numbers by AWS's names.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetAccountSummaryResponse", upper)]
pub(crate) struct Output {
    summary_map: BTreeMap<String, i32>,
}

/// What does not depend on the account. Quotas are AWS's: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
const FIXED: &[(&str, u32)] = &[
    ("AccessKeysPerUserQuota", access_key::KEYS_MAX),
    // There are no passwords, second factors and certificates.
    ("AccountMFAEnabled", 0),
    ("AccountPasswordPresent", 0),
    ("AccountSigningCertificatesPresent", 0),
    ("AssumeRolePolicySizeQuota", 2_048),
    ("AttachedPoliciesPerGroupQuota", 10),
    ("AttachedPoliciesPerRoleQuota", 10),
    ("AttachedPoliciesPerUserQuota", 10),
    ("GlobalEndpointTokenVersion", 1),
    ("GroupPolicySizeQuota", 5_120),
    ("GroupsPerUserQuota", group::GROUPS_PER_USER_MAX),
    ("GroupsQuota", group::GROUPS_MAX),
    ("InstanceProfilesQuota", 1_000),
    ("MFADevices", 0),
    ("MFADevicesInUse", 0),
    ("PoliciesQuota", 5_000),
    ("PolicySizeQuota", 6_144),
    ("PolicyVersionsInUseQuota", 10_000),
    ("RolePolicySizeQuota", 10_240),
    ("RolesQuota", 5_000),
    ("ServerCertificates", 0),
    ("ServerCertificatesQuota", 0),
    ("SigningCertificatesPerUserQuota", 0),
    ("UserPolicySizeQuota", 2_048),
    ("UsersQuota", user::USERS_MAX),
    ("VersionsPerPolicyQuota", 5),
];

impl Operation for GetAccountSummary {
    const SPEC: Spec = Spec::read("GetAccountSummary", "iam:GetAccountSummary").errors(&[declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(_: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let policies = call.tx.all::<ManagedPolicy>(&call.scope, "").await?;
        let versions: usize = policies.iter().map(|policy| policy.versions.len()).sum();
        let root_keys = access_key::all_of(call, &Owner::Root).await?.len();
        let counted = [
            ("AccountAccessKeysPresent", root_keys as u64),
            ("Groups", count::<Group>(call).await?),
            ("InstanceProfiles", count::<InstanceProfile>(call).await?),
            ("Policies", policies.len() as u64),
            ("PolicyVersionsInUse", versions as u64),
            ("Providers", count::<OidcProvider>(call).await?),
            ("Roles", count::<Role>(call).await?),
            ("Users", count::<User>(call).await?),
        ];
        let fixed = FIXED.iter().map(|(name, value)| (*name, u64::from(*value)));
        let entry = |(name, value): (&str, u64)| (name.to_owned(), i32::try_from(value).unwrap_or(i32::MAX));
        Ok(Output { summary_map: counted.into_iter().chain(fixed).map(entry).collect() })
    }
}

async fn count<R: Record>(call: &mut Call<'_>) -> Result<u64, Failure> {
    call.tx.count::<R>(&call.scope, "").await
}
