//! TestWebAcl: what a web ACL makes of requests that nobody sent; nothing is counted, sampled or logged.

use std::net::{IpAddr, Ipv4Addr};

use base::Scope;
use operation::{Call, Failure, FirewallTest, FirewallTested, Operation, Spec};
use wire::Json;

use crate::refusal::{VALIDATION, invalid};

/// The operation.
pub(crate) struct TestWebAcl;

/// Requests of one call, and what they may have of bytes together.
const REQUESTS_MAX: usize = 100;
const BYTES_MAX: usize = 4 << 20;

/// The requests.
#[derive(Debug, Default, wire::Shape)]
#[shape(name = "TestWebAclRequest", upper)]
pub(crate) struct Input {
    /// The web ACL's name or ARN.
    web_acl: String,
    /// Raw HTTP/1.1 requests: a head, an empty line, a body. At most 100, and 4 MiB together.
    // SECURITY: they may hold credentials, which belong in no record.
    #[shape(secret)]
    requests: Vec<Vec<u8>>,
    /// The address they are supposed to come from: 127.0.0.1 unless said otherwise.
    source_ip: Option<String>,
}

/// What came of them, in their order.
#[derive(Debug, wire::Shape)]
#[shape(name = "TestWebAclResponse", upper)]
pub(crate) struct Output {
    pub(crate) results: Vec<Tested>,
}

/// What came of one.
#[derive(Debug, wire::Shape)]
#[shape(upper)]
pub(crate) struct Tested {
    /// `ALLOW`, `BLOCK`, `CAPTCHA` or `CHALLENGE`; `REFUSED`, where the socket would refuse it.
    pub(crate) action: String,
    /// The rule that decided; `Default_Action` where none did.
    rule: String,
    /// The web ACL's rule that refers to its rule group, where it stands in one.
    group_rule: Option<String>,
    /// Its method and path.
    request: String,
    /// The decision in words.
    text: String,
    /// The whole judgement.
    record: Json,
}

impl Operation for TestWebAcl {
    const SPEC: Spec = Spec::read("TestWebAcl", "portcullis:TestWebAcl").errors(&[(VALIDATION, 400)]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        crate::arn(scope, &format!("webacl/{}", named(&input.web_acl).unwrap_or("INVALID")))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        named(&input.web_acl).ok_or_else(|| invalid("WebAcl is neither the name nor the ARN of a web ACL."))?;
        if input.requests.len() > REQUESTS_MAX || input.requests.iter().map(Vec::len).sum::<usize>() > BYTES_MAX {
            return Err(invalid(format!(
                "Requests holds at most {REQUESTS_MAX} requests of {BYTES_MAX} bytes together."
            ))
            .into());
        }
        let question = FirewallTest {
            scope: call.scope.clone(),
            web_acl: input.web_acl.clone(),
            source_ip: source_ip(input.source_ip.as_deref())?,
            requests: input.requests.iter().map(|raw| raw.clone().into()).collect(),
            counted: Vec::new(),
        };
        let tested = call.ports.data_plane.test_web_acl(question).map_err(invalid)?;
        Ok(Output { results: tested.into_iter().map(Tested::from).collect() })
    }
}

/// The name that a name or an ARN tells; what is neither matches no statement that names a web ACL.
fn named(text: &str) -> Option<&str> {
    let name = match text.strip_prefix("arn:") {
        Some(rest) => rest.split_once(":regional/webacl/")?.1.split_once('/')?.0,
        None => text,
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    Some(name).filter(|name| (1..=128).contains(&name.len()) && name.bytes().all(is_name))
}

fn source_ip(text: Option<&str>) -> Result<IpAddr, Failure> {
    match text {
        None => Ok(IpAddr::from(Ipv4Addr::LOCALHOST)),
        Some(text) => text.parse().map_err(|_| invalid("SourceIp is not an IPv4 or IPv6 address.").into()),
    }
}

impl From<FirewallTested> for Tested {
    fn from(tested: FirewallTested) -> Self {
        let FirewallTested { action, rule, request, sentence, data } = tested;
        let (group_rule, rule) = match rule {
            None => (None, "Default_Action".to_owned()),
            Some(rule) => (rule.group_rule, rule.rule),
        };
        Self { action: action.to_owned(), rule, group_rule, request, text: sentence, record: Json(data) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ONE, World, scope};

    fn of(web_acl: &str, requests: usize) -> Input {
        Input { web_acl: web_acl.to_owned(), requests: vec![b"GET /".to_vec(); requests], source_ip: None }
    }

    #[tokio::test]
    async fn each_request_is_answered_in_its_place() {
        let world = World::new().await;
        let mut input = of("shop", 1);
        input.requests.push(b"GET /?attack".to_vec());
        let output = world.ask::<TestWebAcl>(ONE, &input).await.expect("an answer");
        let actions: Vec<&str> = output.results.iter().map(|tested| &*tested.action).collect();
        assert_eq!(actions, ["ALLOW", "BLOCK"]);
        assert_eq!((&*output.results[0].rule, &*output.results[1].rule), ("Default_Action", "attacks"));
    }

    #[tokio::test]
    async fn what_cannot_be_asked_is_refused() {
        let world = World::new().await;
        let mut from_nowhere = of("shop", 1);
        from_nowhere.source_ip = Some("10.0.0.0/8".to_owned());
        let mut large = of("shop", 2);
        large.requests[0] = vec![b'a'; BYTES_MAX];
        for input in [of("", 1), of("unknown", 1), of("a/b", 1), of("shop", REQUESTS_MAX + 1), large, from_nowhere] {
            let refused = world.ask::<TestWebAcl>(ONE, &input).await;
            assert!(matches!(refused, Err(Failure::Api(error)) if error.code == VALIDATION));
        }
    }

    #[test]
    fn requests_that_are_tried_are_in_no_audit_record() {
        let wire::Schema::Structure(structure) = <Input as wire::Shape>::SCHEMA.resolve() else {
            panic!("no structure")
        };
        let secret = |name: &str| structure.members.iter().any(|member| member.name == name && member.secret);
        assert!(secret("Requests") && !secret("WebAcl"));
    }

    #[test]
    fn policies_name_the_web_acl_however_it_is_asked_for() {
        let arn = "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shop/6f1c0c5e";
        for (web_acl, name) in
            [("shop", "shop"), (arn, "shop"), ("*", "INVALID"), ("a/b", "INVALID"), ("arn:x", "INVALID")]
        {
            let resource = TestWebAcl::resource(&of(web_acl, 0), &scope(ONE));
            assert!(resource.ends_with(&format!(":webacl/{name}")), "{web_acl}: {resource}");
        }
    }
}
