//! What the control plane asks the firewall: which requests it saw, and whom it limits; and what web ACLs may ask for.

use std::collections::BTreeSet;
use std::net::IpAddr;

use base::{Scope, Timestamp};
use bytes::Bytes;

/// What this node has of what statements of web ACLs need. Who lacks it refuses such statements at the call that sets
/// them, because they would never match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FirewallFacts {
    /// A database that knows the countries of addresses.
    pub countries: bool,
    /// A database that knows whose network an address belongs to.
    pub networks: bool,
    /// The operator's lists of addresses, by name: what reputation and anonymity rules ask.
    pub lists: BTreeSet<String>,
}

/// Which of the requests that a web ACL judged somebody wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleQuestion {
    /// Whose web ACL.
    pub scope: Scope,
    /// Its ARN.
    pub web_acl: String,
    /// The metric name of a rule of it, of its own, or `ALL`.
    pub metric: String,
    /// Requests at this time and later.
    pub from: Timestamp,
    /// Requests before this time.
    pub to: Timestamp,
    /// At most so many.
    pub max: usize,
}

/// Some of the requests that a web ACL judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Samples {
    /// How many there were in the time that was asked for.
    pub population: u64,
    /// Those that were kept.
    pub samples: Vec<Sample>,
}

/// One request that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// Who sent it.
    pub client_ip: String,
    /// Where from, ISO 3166-1, where that is known.
    pub country: Option<String>,
    /// Its method.
    pub method: String,
    /// Its path and query as received.
    pub uri: String,
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub version: String,
    /// Header names and values as received; what must not be seen is redacted.
    pub headers: Vec<(String, String)>,
    /// For how many requests of its kind it stands.
    pub weight: u64,
    /// `ALLOW`, `BLOCK`, `COUNT`, `CAPTCHA` or `CHALLENGE`.
    pub action: String,
    /// What the action would have been without an override.
    pub overridden: Option<String>,
    /// The rule inside the rule group that decided.
    pub rule_within_group: Option<String>,
    /// Names and values of headers that were inserted.
    pub inserted: Vec<(String, String)>,
    /// The status that a custom response was answered with.
    pub status: Option<u16>,
    /// Its labels.
    pub labels: Vec<String>,
    /// What came of a CAPTCHA.
    pub captcha: Option<SampledPuzzle>,
    /// What came of a challenge.
    pub challenge: Option<SampledPuzzle>,
}

/// What came of a CAPTCHA or a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampledPuzzle {
    /// The status that was answered, where it ended the request.
    pub status: Option<u16>,
    /// When the token was last earned.
    pub solved: Option<Timestamp>,
    /// Why the request's token did not do, where it did not.
    pub failure: Option<TokenFailure>,
}

/// Why a token did not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFailure {
    /// There was none.
    Missing,
    /// It was too old.
    Expired,
    /// It was none of ours.
    Invalid,
    /// It was earned elsewhere.
    OtherDomain,
}

/// Of which rate-based rule somebody wants to know whom it limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateQuestion {
    /// Whose web ACL.
    pub scope: Scope,
    /// Its ARN.
    pub web_acl: String,
    /// The rule of the web ACL that refers to the rule group, where the rule stands in one.
    pub group_rule: Option<String>,
    /// The rule.
    pub rule: String,
}

/// Requests that nobody sent, for a web ACL to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirewallTest {
    /// Whose web ACL.
    pub scope: Scope,
    /// Its name or its ARN.
    pub web_acl: String,
    /// The address they are supposed to come from.
    pub source_ip: IpAddr,
    /// Raw HTTP/1.1 requests: a head, an empty line, a body.
    pub requests: Vec<Bytes>,
    /// Rules that are supposed to count only.
    pub counted: Vec<RuleName>,
}

/// A rule of a web ACL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleName {
    /// The web ACL's rule that refers to its rule group, where it stands in one.
    pub group_rule: Option<String>,
    /// The rule.
    pub rule: String,
}

/// What a web ACL made of a request that nobody sent.
#[derive(Debug, Clone, PartialEq)]
pub struct FirewallTested {
    /// `ALLOW`, `BLOCK`, `CAPTCHA` or `CHALLENGE`; `REFUSED`, where the socket would have refused it.
    pub action: &'static str,
    /// The rule that decided; `None` is the default action.
    pub rule: Option<RuleName>,
    /// The method and path, for people.
    pub request: String,
    /// The decision in words.
    pub sentence: String,
    /// The decision for programs.
    pub data: serde_json::Value,
}

/// What a web ACL did since the node started, and what it took.
#[derive(Debug, Clone, PartialEq)]
pub struct WebAclTop {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Requests it judged.
    pub requests: u64,
    /// How many of them were timed.
    pub timed: u64,
    /// What a timed one took on average, in microseconds.
    pub microseconds: f64,
    /// Its rules, the most expensive first.
    pub rules: Vec<RuleTop>,
}

/// What a rule did since the node started, and what it took.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleTop {
    /// The web ACL's rule that refers to its rule group, where it stands in one.
    pub group_rule: Option<String>,
    /// The rule; `Default_Action` where none decided, `(shared)` for the search that rules share.
    pub rule: String,
    /// Requests that it let pass at once.
    pub allowed: u64,
    /// Requests that it blocked.
    pub blocked: u64,
    /// Requests that it counted.
    pub counted: u64,
    /// Requests that it gave a CAPTCHA.
    pub captcha: u64,
    /// Requests that it gave a challenge.
    pub challenge: u64,
    /// Requests whose CAPTCHA or challenge was solved before.
    pub solved: u64,
    /// What it took of a request on average, in microseconds.
    pub microseconds: f64,
}
