//! What every request tells policies, whichever plane it is for: when, from where, over what, and who asks.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::net::IpAddr;

use base::{Region, Timestamp};
use policy::{Keys, Principal};

use crate::Caller;

/// A request, as far as both planes know it alike.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// When it arrived.
    pub now: Timestamp,
    /// Where it came from.
    pub source: IpAddr,
    /// Whether it came over TLS.
    pub secure: bool,
    /// The region it asks.
    pub region: &'a Region,
    /// Its `User-Agent` header.
    pub user_agent: Option<&'a str>,
    /// Its `Referer` header.
    pub referer: Option<&'a str>,
}

impl Circumstances<'_> {
    /// The condition keys of such a request. One that is not among them is absent, and policies are read so; nobody signed
    /// where there is no caller.
    pub fn keys(&self, caller: Option<&Caller>) -> Keys {
        let mut keys = Keys::new()
            .now(self.now)
            .address("aws:SourceIp", self.source)
            .boolean("aws:SecureTransport", self.secure)
            .text("aws:RequestedRegion", self.region.as_str());
        for (key, value) in [("aws:UserAgent", self.user_agent), ("aws:Referer", self.referer)] {
            if let Some(value) = value {
                keys = keys.text(key, value);
            }
        }
        match caller {
            Some(caller) => caller.add_keys(keys, self.now),
            None => Principal::Anonymous.add_keys(keys),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use base::id::AccessKeyId;
    use base::{AccountId, Secret};
    use model::iam::{Session, Subject};

    use super::*;
    use crate::caller::Who;
    use crate::sessions::OpenSession;
    use crate::supplied::is_supplied;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn keys(second: i64, caller: Option<&Caller>) -> BTreeMap<String, String> {
        let region = Region::parse("eu-central-1").expect("a region");
        let circumstances = Circumstances {
            now: at(second),
            source: IpAddr::from([10, 0, 0, 1]),
            secure: true,
            region: &region,
            user_agent: Some("curl"),
            referer: None,
        };
        let keys = circumstances.keys(caller);
        let told = keys.each().map(|(key, values)| (key.to_owned(), values.collect::<Vec<_>>().join(" ")));
        told.collect()
    }

    /// Root, with a session that was issued at second 100, after its second factor was shown at second 90.
    fn root_with_a_second_factor() -> Caller {
        let account = AccountId::parse("111111111111").expect("an account");
        let session = Session {
            access_key: AccessKeyId::parse("ASIAEXAMPLE").expect("an id"),
            secret: Secret::new("secret".to_owned()),
            account,
            subject: Subject::Root,
            issued: at(100),
            expires: at(3_600),
            policy: None,
            policy_arns: BTreeSet::new(),
            tags: BTreeMap::new(),
            transitive: BTreeSet::new(),
            source_identity: None,
            mfa: Some(at(90)),
            web_identity: None,
            chained: false,
        };
        let open = OpenSession::without_policy(Arc::new(session));
        Caller::new(Who::Root(account), None, Some(Arc::new(open)))
    }

    #[test]
    fn a_second_factor_grows_older_with_every_request() {
        let caller = root_with_a_second_factor();
        for (second, age) in [(100, "10"), (1_000, "910")] {
            let keys = keys(second, Some(&caller));
            assert_eq!(keys["aws:multifactorauthage"], age);
            assert_eq!(keys["aws:multifactorauthpresent"], "true");
            assert_eq!(keys["aws:tokenissuetime"], "1970-01-01T00:01:40Z");
        }
    }

    #[test]
    fn what_is_told_of_a_request_is_in_the_table_and_what_is_not_known_is_absent() {
        let caller = root_with_a_second_factor();
        for caller in [None, Some(&caller)] {
            let keys = keys(1_000, caller);
            assert!(keys.keys().all(|key| is_supplied(key)), "{keys:?}");
            assert_eq!((keys["aws:useragent"].as_str(), keys.get("aws:referer")), ("curl", None));
        }
        assert_eq!(keys(0, None)["aws:principaltype"], "Anonymous");
    }
}
