//! Whether anybody at all may call a method: the policy engine is asked for a stranger, from everywhere.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html>
//!
//! A method is open when its authorization is `NONE` and the API has no resource policy, or one that lets an anonymous
//! caller in from every address asked: one of each eighth of the IPv4 addresses, or several of IPv6. A stranger sends no
//! header that a policy could look at, and comes over TLS, as anybody can. Asked are the method's own path, every path that a
//! resource of the policy names, and the method's path with each word of the policy in the place of its parameters: one
//! open path behind `{proxy+}` is found too.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use base::Timestamp;
use http::Method as Verb;
use identity::Circumstances;
use policy::{Attached, Keys, Layers, Principal, RequestContext};
use snapshot::{Authorization, Method, NamedPolicy, Place, Stage};

use super::judge::INVOKE;
use super::resource::Resource;

/// Tells of a stage's methods which are open to anybody.
#[derive(Debug)]
pub struct Openness<'a> {
    stage: &'a Stage,
    /// What strangers may tell of themselves: one set of keys for each address, those of a family together.
    strangers: [Vec<Keys>; 2],
    /// Paths that the policy names.
    named: BTreeSet<String>,
    /// The segments of those paths.
    words: BTreeSet<String>,
}

/// More would make an answer slow, and nobody writes such policies.
const NAMED_MAX: usize = 512;
const WORDS_MAX: usize = 64;

impl<'a> Openness<'a> {
    /// Of the methods of a stage, at one moment.
    pub fn of(stage: &'a Stage, place: &Place, now: Timestamp) -> Self {
        let stranger = |source: IpAddr| {
            let region = &place.region;
            Circumstances { now, source, secure: true, region, user_agent: None, referer: None }.keys(None)
        };
        let v4 = (0..7).map(|eighth: u8| IpAddr::from(Ipv4Addr::new(eighth * 32 + 11, 77, 154, 231)));
        let v6 =
            [0x2001, 0x2400, 0x2600, 0x2a02].map(|first| IpAddr::from(Ipv6Addr::new(first, 0x4d, 7, 0, 0, 0, 0, 9)));
        // One that no resource but a `{proxy+}` has.
        let depth = stage.routes.methods().map(|method| method.resource_path.matches('/').count()).max().unwrap_or(0);
        let deep = ["x"].repeat(depth + 1).join("/");
        let policy = stage.resource_policy.as_ref().map(|named| &named.policy);
        let samples = policy.iter().flat_map(|policy| ["x", &deep].map(|filler| policy.resource_samples(filler)));
        let named: BTreeSet<String> = samples.flatten().flat_map(|sample| paths(&sample)).take(NAMED_MAX).collect();
        let words = named.iter().flat_map(|path| path.split('/')).filter(|word| !word.is_empty() && *word != "x");
        let words = words.take(WORDS_MAX * 8).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().take(WORDS_MAX);
        let words = words.collect();
        Self { stage, strangers: [v4.map(stranger).collect(), v6.map(stranger).to_vec()], named, words }
    }

    /// Whether anybody may call this method of the stage.
    pub fn is_open(&self, method: &Method) -> bool {
        // A stranger has no API key; where one is asked for, nobody is let in without it.
        if self.stage.default_endpoint_disabled || method.api_key_required {
            return false;
        }
        match (&method.authorization, &self.stage.resource_policy) {
            (Authorization::Iam | Authorization::Custom(_), _) => false,
            (Authorization::None, None) => true,
            (Authorization::None, Some(policy)) => self.lets_strangers_in(method, policy),
        }
    }

    fn lets_strangers_in(&self, method: &Method, policy: &NamedPolicy) -> bool {
        let served = [Verb::GET, Verb::HEAD, Verb::POST, Verb::PUT, Verb::PATCH, Verb::DELETE, Verb::OPTIONS];
        let verbs = served.iter().filter(|verb| method.verb == "ANY" || method.verb == verb.as_str());
        verbs.into_iter().any(|verb| {
            let lets_in = |path: &str| {
                let resource = Resource::at(self.stage, verb.as_str(), path);
                self.strangers.iter().any(|family| family.iter().all(|keys| self.allows(policy, &resource, keys)))
            };
            let leads_here = |path: &str| self.leads_to(path, verb, method);
            lets_in(&method.resource_path)
                || self.named.iter().any(|path| leads_here(path) && lets_in(path))
                || self.filled(&method.resource_path).any(|path| leads_here(&path) && lets_in(&path))
        })
    }

    /// The path with each word in the place of its parameters.
    fn filled(&self, template: &str) -> impl Iterator<Item = String> {
        let words = self.words.iter().filter(|_| template.contains('{'));
        words.map(move |word| {
            let fill = |segment: &str| if segment.starts_with('{') { word.clone() } else { segment.to_owned() };
            template.split('/').map(fill).collect::<Vec<_>>().join("/")
        })
    }

    /// A request for this path is for this method and no other.
    fn leads_to(&self, path: &str, verb: &Verb, method: &Method) -> bool {
        let found = self.stage.routes.find(path, verb);
        found.is_some_and(|found| std::ptr::eq(Arc::as_ptr(found.method), method))
    }

    fn allows(&self, named: &NamedPolicy, resource: &Resource, keys: &Keys) -> bool {
        let owner = self.stage.scope.account;
        let request = RequestContext::new(&Principal::Anonymous, &INVOKE, &resource.arn, owner, keys);
        let attached = Attached { name: &named.name, policy: &named.policy };
        policy::evaluate(&request, &Layers { resource: Some(attached), ..Layers::default() }).is_allowed()
    }
}

/// The paths that a resource such as `a1/prod/GET/pets/x` may mean: a wildcard may have swallowed any part before.
fn paths(sample: &str) -> Vec<String> {
    sample.match_indices('/').map(|(at, _)| sample[at..].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use base::id::{DeploymentId, ResourceId, RestApiId, StageName};
    use base::{AccountId, Region, Scope};
    use policy::{Kind, Policy};
    use snapshot::{Integration, Logging, Routes};

    use super::*;

    const ALL: &str = r#"{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"*"}"#;

    #[expect(clippy::needless_pass_by_value, reason = "the tests read better so")]
    fn stage(methods: &[&str], authorization: Authorization, statements: Option<&str>, disabled: bool) -> Stage {
        let mut routes = Routes::new();
        for method in methods {
            let (verb, path) = method.split_once(' ').unwrap();
            let verb: &'static str = if verb == "ANY" { "ANY" } else { "GET" };
            let compiled = Method {
                resource_id: ResourceId::parse("r1").unwrap(),
                resource_path: path.into(),
                verb,
                operation_name: None,
                authorization: authorization.clone(),
                api_key_required: false,
                throttle: None,
                plan_key: path.into(),
                logging: Logging::OFF,
                integration: Integration::Broken { why: "a test".into() },
            };
            routes.add(path, (verb != "ANY").then_some(Verb::GET), Arc::new(compiled)).unwrap();
        }
        let resource_policy = statements.map(|statements| {
            let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
            let policy = Policy::parse(&text, Kind::Resource).expect("a sound policy");
            Arc::new(NamedPolicy { name: "resource policy".into(), policy })
        });
        let scope =
            Scope { account: AccountId::parse("111122223333").unwrap(), region: Region::parse("us-east-1").unwrap() };
        let (api_id, name) = (RestApiId::parse("a1").unwrap(), StageName::parse("prod").unwrap());
        Stage {
            arn: Stage::arn_of(&scope, &api_id, &name),
            api_id,
            scope,
            name,
            deployment_id: DeploymentId::parse("d1").unwrap(),
            default_endpoint_disabled: disabled,
            endpoint_type: "REGIONAL",
            api_key_source: snapshot::ApiKeySource::Header,
            account: Arc::default(),
            resource_policy,
            web_acl: None,
            routes,
            binary_media_types: Box::new([]),
            variables: BTreeMap::new(),
            access_log: None,
            access_stream: "access".into(),
            execution_stream: "execution".into(),
        }
    }

    fn open(stage: &Stage) -> Vec<String> {
        let place = Place::new(Region::parse("us-east-1").unwrap(), "localhost");
        let openness = Openness::of(stage, &place, Timestamp::from_second(1_800_000_000).unwrap());
        let methods = stage.routes.methods().filter(|method| openness.is_open(method));
        let mut open: Vec<_> = methods.map(|method| format!("{} {}", method.verb, method.resource_path)).collect();
        open.sort();
        open
    }

    #[test]
    fn without_a_policy_the_authorization_type_decides() {
        let methods = ["GET /pets"];
        assert_eq!(open(&stage(&methods, Authorization::None, None, false)), methods);
        assert!(open(&stage(&methods, Authorization::None, None, true)).is_empty(), "its endpoint is disabled");
        assert!(open(&stage(&methods, Authorization::Iam, None, false)).is_empty());
        assert!(open(&stage(&methods, Authorization::Iam, Some(ALL), false)).is_empty(), "a signature is asked for");
    }

    #[test]
    fn a_resource_policy_opens_what_it_allows_to_strangers_from_everywhere() {
        let of = |effect: &str, more: &str| {
            format!(r#"{{"Effect":"{effect}","Principal":"*","Action":"execute-api:Invoke","Resource":"*"{more}}}"#)
        };
        let unless = |condition: &str| format!("{ALL},{}", of("Deny", &format!(r#","Condition":{condition}"#)));
        let only = |condition: &str| of("Allow", &format!(r#","Condition":{condition}"#));
        for (statements, expected) in [
            (ALL.to_owned(), true),
            (of("Deny", ""), false),
            (format!("{ALL},{}", of("Deny", "")), false),
            (ALL.replace(r#""*","Action"#, r#"{"AWS":"111122223333"},"Action"#), false),
            (only(r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#), false),
            (only(r#"{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}}"#), true),
            (only(r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#), false),
            (only(r#"{"IpAddress":{"aws:SourceIp":"::/0"}}"#), true),
            (unless(r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#), false),
            // All but a few may call: that is no protection.
            (unless(r#"{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}"#), true),
            (unless(r#"{"Bool":{"aws:SecureTransport":"false"}}"#), true),
            (only(r#"{"Bool":{"aws:SecureTransport":"true"}}"#), true),
            (only(r#"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#), false),
            (unless(r#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}"#), false),
            (unless(r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}"#), false),
            // Whoever says that the key may be absent lets those in who have none.
            (only(r#"{"StringNotEqualsIfExists":{"aws:SourceVpce":"vpce-1"}}"#), true),
            (only(r#"{"Null":{"aws:SourceVpc":"true"}}"#), true),
            (only(r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#), true),
            (only(r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#), false),
            (only(r#"{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#), false),
            (only(r#"{"StringLike":{"aws:Referer":"https://pets.example/*"}}"#), false),
        ] {
            let stage = stage(&["GET /pets"], Authorization::None, Some(&statements), false);
            assert_eq!(!open(&stage).is_empty(), expected, "{statements}");
        }
    }

    #[test]
    fn one_open_path_or_verb_of_a_method_is_found() {
        let at = |effect: &str, element: &str, resource: &str| {
            let arn = format!("arn:aws:execute-api:us-east-1:111122223333:{resource}");
            format!(r#"{{"Effect":"{effect}","Principal":"*","Action":"execute-api:Invoke","{element}":"{arn}"}}"#)
        };
        let methods = ["ANY /{proxy+}", "GET /pets", "GET /pets/{id}"];
        for (statements, expected) in [
            (at("Allow", "Resource", "a1/prod/GET/pets"), &["GET /pets"][..]),
            (at("Allow", "Resource", "a1/prod/GET/pets/public"), &["GET /pets/{id}"]),
            (at("Allow", "Resource", "a1/prod/GET/pets/*"), &["ANY /{proxy+}", "GET /pets/{id}"]),
            (at("Allow", "Resource", "a1/prod/POST/*"), &["ANY /{proxy+}"]),
            (at("Allow", "Resource", "a1/prod/*/health"), &["ANY /{proxy+}", "GET /pets/{id}"]),
            (at("Allow", "Resource", "a1/prod/DELETE/deep/er/pu?lic*"), &["ANY /{proxy+}"]),
            (at("Allow", "Resource", "a1/dev/*"), &[]),
            (format!("{ALL},{}", at("Deny", "NotResource", "a1/prod/GET/pets/public")), &["GET /pets/{id}"]),
            (format!("{ALL},{}", at("Deny", "Resource", "a1/prod/GET/pets/secret")), &methods),
            (format!("{ALL},{}", at("Deny", "Resource", "a1/prod/GET/pets/*")), &["ANY /{proxy+}", "GET /pets"]),
        ] {
            assert_eq!(open(&stage(&methods, Authorization::None, Some(&statements), false)), expected, "{statements}");
        }
    }
}
