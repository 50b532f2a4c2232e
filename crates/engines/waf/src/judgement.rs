//! What the judge answers: the action, what decided it, and everything else that matched.

use std::sync::Arc;

use crate::facts::{Purpose, Token};

/// The judgement of one request. What a request without a match costs is a few empty vectors.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// What is to be done.
    pub action: Action,
    /// What decided it; `None` is the default action.
    pub terminating: Option<Terminating>,
    /// What matched without ending the evaluation: counts, and puzzles that were solved.
    pub others: Vec<Matched>,
    /// The rule groups that had something to say.
    pub groups: Vec<Group>,
    /// All labels, in the order they were added.
    pub labels: Vec<Arc<str>>,
    /// Headers for the integration, each named `x-amzn-waf-…` already.
    pub inserted: Vec<Inserted>,
    /// Which parts of the request were longer than what is inspected.
    pub oversize: Vec<Oversize>,
    /// The budget of steps or memory ran out. What was left unknown closed: rules that refuse or ask acted, rules that allow
    /// did not, and labels that were not seen may have been missed.
    pub exhausted: bool,
}

/// What is to be done with the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It travels on.
    Allow,
    /// It is refused.
    Block(Option<Arc<Answered>>),
    /// A puzzle or a challenge is answered.
    Interrupt {
        /// Which.
        purpose: Purpose,
        /// Why the token it brought does not do.
        token: Token,
    },
}

/// A custom response. <https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-for-blocked-requests.html>
#[derive(Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// Names and values.
    pub headers: Box<[(Box<str>, Box<str>)]>,
    /// Media type and text.
    pub body: Option<(&'static str, Box<str>)>,
}

/// A header for the integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inserted {
    /// `x-amzn-waf-…`.
    pub name: Arc<str>,
    /// Its value.
    pub value: Arc<str>,
}

/// The rule that decided.
#[derive(Debug, Clone)]
pub struct Terminating {
    /// The web ACL's rule; for a rule group, the rule that refers to the group.
    pub matched: Matched,
    /// `REGULAR`, `RATE_BASED`, `GROUP` or `MANAGED_RULE_GROUP`.
    pub kind: &'static str,
}

/// A rule that matched.
#[derive(Debug, Clone)]
pub struct Matched {
    /// Its name.
    pub rule: Arc<str>,
    /// What it does: `ALLOW`, `BLOCK`, `COUNT`, `CAPTCHA` or `CHALLENGE`.
    pub action: &'static str,
    /// What it would have done, where somebody overrode it.
    pub overridden: Option<&'static str>,
    /// `EXCLUDED_AS_COUNT`: it was excluded by name.
    pub excluded: bool,
    /// What the request's token said, for puzzles and challenges.
    pub token: Option<(Purpose, Token)>,
    /// Its metric's name.
    pub metric: Arc<str>,
    /// What matched in it, as the owner's records show it.
    pub findings: Vec<Finding>,
    /// What it limits, of rate-based rules.
    pub limited: Option<Box<Limited>>,
}

/// What a rate-based rule limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limited {
    /// Names the rule and its settings: [`crate::RateRule::id`].
    pub id: u64,
    /// How many requests in the window are too many.
    pub limit: u64,
    /// The window, in seconds.
    pub window_s: u32,
    /// `IP`, `FORWARDED_IP`, `CONSTANT` or `CUSTOMKEYS`.
    pub key: &'static str,
    /// What the request counts as.
    pub parts: Box<[LimitedPart]>,
}

/// A part of what a request counts as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitedPart {
    /// `HEADER`, `COOKIE`, `IP`, … as AWS's logs name it.
    pub kind: &'static str,
    /// The header's, cookie's or argument's name, or the namespace.
    pub name: Option<Box<str>>,
    /// Its value, shortened to 100 bytes, as text.
    pub value: Box<str>,
}

/// Names a rule of a web ACL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RulePath<'a> {
    /// The web ACL's rule that refers to the group in which it stands.
    pub group_rule: Option<&'a str>,
    /// The rule.
    pub rule: &'a str,
}

/// What a part of a judgement took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Took {
    /// The web ACL's rule that refers to the group in which the rule stands.
    pub group_rule: Option<Arc<str>>,
    /// The rule; `None` is the search for the texts that several rules wait for.
    pub rule: Option<Arc<str>>,
    /// How long, without the rules inside it. What several rules look into is made for the first of them.
    pub nanoseconds: u64,
}

/// A rule group that had something to say.
#[derive(Debug, Clone)]
pub struct Group {
    /// The rule of the web ACL that refers to it.
    pub rule: Arc<str>,
    /// Its ARN, or `AWS#AWSManagedRulesCommonRuleSet`.
    pub id: Arc<str>,
    /// The rule inside that decided.
    pub terminating: Option<Matched>,
    /// What matched besides.
    pub others: Vec<Matched>,
}

/// One place where a statement matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `BYTE_MATCH`, `REGEX`, `SQL_INJECTION`, `XSS`, `SIZE`, `IP`, `GEO`, `ASN`, `LABEL`, `RATE`.
    pub condition: &'static str,
    /// Where in the request: `HEADER`, `URI`, `ALL_QUERY_ARGS`, `BODY`, … as AWS's logs name it.
    pub location: &'static str,
    /// The header's, cookie's or argument's name, or the JSON pointer.
    pub name: Option<Box<str>>,
    /// `LOW` or `HIGH`, of SQL injections.
    pub sensitivity: Option<&'static str>,
    /// The text transformations in their order, `NONE` left out.
    pub transformations: Box<[&'static str]>,
    /// What matched, after the transformations, shortened to 100 bytes, as text.
    pub matched: Box<str>,
    /// Where it begins in the transformed value, in bytes.
    pub offset: u32,
}

/// A part of the request that is longer than what is inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversize {
    /// `REQUEST_BODY`.
    Body,
    /// `REQUEST_JSON_BODY`.
    JsonBody,
    /// `REQUEST_HEADERS`.
    Headers,
    /// `REQUEST_COOKIES`.
    Cookies,
}
