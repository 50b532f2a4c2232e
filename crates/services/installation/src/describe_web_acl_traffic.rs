//! DescribeWebAclTraffic: what the rules of web ACLs did on this node since it started, and what they took.

use base::Scope;
use operation::{Call, Failure, Operation, RuleTop, Spec, WebAclTop};

/// The operation.
pub(crate) struct DescribeWebAclTraffic;

/// Which web ACL.
#[derive(Debug, Default, wire::Shape)]
#[shape(name = "DescribeWebAclTrafficRequest", upper)]
pub(crate) struct Input {
    /// Only the web ACL with this name, id or ARN.
    web_acl: Option<String>,
}

/// The web ACLs, the busiest first.
#[derive(Debug, wire::Shape)]
#[shape(name = "DescribeWebAclTrafficResponse", upper)]
pub(crate) struct Output {
    web_acls: Vec<Acl>,
}

/// A web ACL.
#[derive(Debug, wire::Shape)]
#[shape(name = "WebAclTraffic", upper)]
pub(crate) struct Acl {
    name: String,
    arn: String,
    /// Requests it judged since the node started.
    requests: i64,
    /// How many of them were timed: one in 256.
    timed_requests: i64,
    /// What judging one of those took on average.
    microseconds: f64,
    /// The most expensive first.
    rules: Vec<Rule>,
}

/// A rule.
#[derive(Debug, wire::Shape)]
#[shape(name = "RuleTraffic", upper)]
pub(crate) struct Rule {
    /// The web ACL's rule that refers to its rule group, where it stands in one.
    group_rule: Option<String>,
    /// `Default_Action` where no rule decided; `(shared)` for the search for texts that many rules wait for.
    rule: String,
    allowed: i64,
    blocked: i64,
    counted: i64,
    captcha: i64,
    challenge: i64,
    /// Requests whose CAPTCHA or challenge was solved before.
    solved: i64,
    /// How many of the web ACL's requests it matched, of one.
    share: f64,
    /// What it took of a request on average.
    microseconds: f64,
}

impl Operation for DescribeWebAclTraffic {
    const SPEC: Spec = Spec::read("DescribeWebAclTraffic", "portcullis:DescribeWebAclTraffic");
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, scope: &Scope) -> String {
        crate::arn(scope, "node")
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let mut tops = call.ports.data_plane.web_acl_tops(&call.scope);
        if let Some(wanted) = &input.web_acl {
            let id = |arn: &str| arn.rsplit('/').next().is_some_and(|id| id == wanted);
            tops.retain(|top| top.name == *wanted || top.arn == *wanted || id(&top.arn));
        }
        Ok(Output { web_acls: tops.into_iter().map(Acl::from).collect() })
    }
}

impl From<WebAclTop> for Acl {
    fn from(top: WebAclTop) -> Self {
        let rules = top.rules.into_iter().map(|rule| Rule::of(rule, top.requests));
        Self {
            name: top.name,
            arn: top.arn,
            requests: number(top.requests),
            timed_requests: number(top.timed),
            microseconds: top.microseconds,
            rules: rules.collect(),
        }
    }
}

impl Rule {
    fn of(top: RuleTop, requests: u64) -> Self {
        let RuleTop { allowed, blocked, counted, captcha, challenge, solved, .. } = top;
        let matched = allowed + blocked + counted + captcha + challenge + solved;
        Self {
            group_rule: top.group_rule,
            rule: top.rule,
            allowed: number(allowed),
            blocked: number(blocked),
            counted: number(counted),
            captcha: number(captcha),
            challenge: number(challenge),
            solved: number(solved),
            share: if requests == 0 { 0.0 } else { matched as f64 / requests as f64 },
            microseconds: top.microseconds,
        }
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ONE, TWO, World};

    #[tokio::test]
    async fn an_account_sees_its_own_web_acls_and_what_their_rules_did() {
        let world = World::new().await;
        let all = world.ask::<DescribeWebAclTraffic>(ONE, &Input::default()).await.expect("an answer");
        assert_eq!((all.web_acls.len(), all.web_acls[0].requests), (1, 200));
        let rule = &all.web_acls[0].rules[0];
        assert_eq!((rule.blocked, rule.counted), (20, 30));
        assert!((rule.share - 0.25).abs() < f64::EPSILON, "{rule:?}");
        for (wanted, found) in [("shop", 1), ("1", 1), ("other", 0), ("arn:aws:wafv2:x:x:regional/webacl/shop/1", 1)] {
            let input = Input { web_acl: Some(wanted.to_owned()) };
            let answer = world.ask::<DescribeWebAclTraffic>(ONE, &input).await.expect("an answer");
            assert_eq!(answer.web_acls.len(), found, "{wanted}");
        }
        let others = world.ask::<DescribeWebAclTraffic>(TWO, &Input::default()).await.expect("an answer");
        assert!(others.web_acls.is_empty());
    }
}
