//! The whole compiled world at one revision.

use std::sync::Arc;

use base::id::{AccessKeyId, ApiKeyId, RestApiId, UsagePlanId};
use base::{Region, Scope};

use crate::{
    AccessKey, Api, ApiKey, ApiKeyValues, Bucket, Certificate, Function, FunctionName, Group, Name, NamedPolicy, Role,
    UsagePlan, User, WebAclUnit,
};

/// What this node serves. Cloning shares everything; a change replaces only what it touches.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The revision it was compiled from.
    pub revision: u64,
    /// Where this installation answers.
    pub place: Place,
    /// REST APIs by id. INVARIANT: structurally shared, so that one change among 10,000 costs one.
    pub apis: imbl::HashMap<RestApiId, Arc<Api>>,
    /// Access keys by id, shared likewise.
    pub access_keys: imbl::HashMap<AccessKeyId, Arc<AccessKey>>,
    /// Users by account and name, shared likewise, as are the three that follow.
    pub users: imbl::HashMap<Name, Arc<User>>,
    /// Groups.
    pub groups: imbl::HashMap<Name, Arc<Group>>,
    /// Roles.
    pub roles: imbl::HashMap<Name, Arc<Role>>,
    /// Managed policies by ARN, AWS's own among them.
    pub managed_policies: imbl::HashMap<Arc<str>, Arc<NamedPolicy>>,
    /// Lambda functions.
    pub functions: imbl::HashMap<FunctionName, Arc<Function>>,
    /// API keys by id, shared likewise.
    pub api_keys: imbl::HashMap<ApiKeyId, Arc<ApiKey>>,
    /// The same keys by their values' fingerprints, which hold account and region.
    pub api_key_values: ApiKeyValues,
    /// Usage plans by id.
    pub usage_plans: imbl::HashMap<UsagePlanId, Arc<UsagePlan>>,
    /// What each account has left of its own throttle, by account and region.
    pub accounts: imbl::HashMap<Scope, Arc<Bucket>>,
    /// Web ACLs by account and name, shared likewise.
    pub web_acls: imbl::HashMap<Name, WebAclUnit>,
    /// Server certificates by their first name, shared likewise.
    pub certificates: imbl::HashMap<Arc<str>, Arc<Certificate>>,
}

/// Where this installation answers: hosts are `{api}.execute-api.{region}.{zone}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The one region it serves.
    pub region: Region,
    /// The DNS suffix.
    pub zone: String,
    /// `.execute-api.{region}.{zone}` in lower case, compared with the end of a request's host.
    pub host_suffix: String,
}

impl Place {
    /// The place of `region` and `zone`.
    pub fn new(region: Region, zone: &str) -> Self {
        let zone = zone.to_ascii_lowercase();
        let host_suffix = format!(".execute-api.{region}.{zone}");
        Self { region, zone, host_suffix }
    }

    /// The API id in a host of ours; `None` for any other host. `host` has no port.
    pub fn api_of<'h>(&self, host: &'h str) -> Option<&'h str> {
        let (id, suffix) = host.split_at_checked(host.len().checked_sub(self.host_suffix.len())?)?;
        (suffix.eq_ignore_ascii_case(&self.host_suffix) && !id.is_empty() && !id.contains('.')).then_some(id)
    }
}

impl Snapshot {
    /// A world with nothing in it.
    pub fn empty(place: Place) -> Self {
        Self {
            revision: 0,
            place,
            apis: imbl::HashMap::new(),
            access_keys: imbl::HashMap::new(),
            users: imbl::HashMap::new(),
            groups: imbl::HashMap::new(),
            roles: imbl::HashMap::new(),
            managed_policies: imbl::HashMap::new(),
            functions: imbl::HashMap::new(),
            api_keys: imbl::HashMap::new(),
            api_key_values: ApiKeyValues::default(),
            usage_plans: imbl::HashMap::new(),
            accounts: imbl::HashMap::new(),
            web_acls: imbl::HashMap::new(),
            certificates: imbl::HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_hosts_of_our_zone_name_an_api() {
        let place = Place::new(Region::parse("us-east-1").expect("a region"), "localhost");
        for (host, api) in [
            ("abc.execute-api.us-east-1.localhost", Some("abc")),
            ("abc.EXECUTE-API.us-east-1.LocalHost", Some("abc")),
            ("a.b.execute-api.us-east-1.localhost", None),
            (".execute-api.us-east-1.localhost", None),
            ("abc.execute-api.eu-west-1.localhost", None),
            ("abcéexecute-api.us-east-1.localhost", None),
            ("localhost", None),
            ("", None),
        ] {
            assert_eq!(place.api_of(host), api, "{host}");
        }
    }

    proptest! {
        #[test]
        fn any_host_names_one_api_or_none(host in "[a-z.\u{e4}]{0,20}(\\.execute-api\\.us-east-1\\.localhost)?") {
            let place = Place::new(Region::parse("us-east-1").expect("a region"), "localhost");
            if let Some(api) = place.api_of(&host) {
                prop_assert!(!api.is_empty() && !api.contains('.') && host.starts_with(api));
            }
        }
    }
}
