//! A compiled policy, and its opinion on one request.

use std::str::FromStr;

use crate::action::Gate;
use crate::pattern::Variables;
use crate::principals::Grant;
use crate::resource::ResourcePattern;
use crate::statement::Statement;
use crate::{MalformedPolicy, RequestContext, parse};

/// What a policy is attached to, which decides over the elements it must and must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Attached to an identity, or limiting one (boundary, session, service control policy): no principals.
    Identity,
    /// Attached to a resource (also VPC endpoint and resource control policies): principals are required.
    Resource,
    /// A role's trust policy: principals are required, resources are prohibited.
    Trust,
}

impl Kind {
    /// The most characters that any attachment of this kind takes, white space not counted. Services check their
    /// own, narrower quotas with [`characters`]. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    pub fn characters_max(self) -> usize {
        match self {
            // All inline policies of a role.
            Self::Identity => 10_240,
            // A VPC endpoint's policy.
            Self::Resource => 20_480,
            // A trust policy after a raise of its quota.
            Self::Trust => 4_096,
        }
    }
}

/// A policy's characters as quotas count them: without white space.
pub fn characters(text: &str) -> usize {
    text.chars().filter(|char| !char.is_whitespace()).count()
}

/// What a statement does when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever else allows.
    Deny,
}

/// A policy that was checked and compiled.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) statements: Box<[Statement]>,
    /// One for each statement, close together.
    pub(crate) gates: Box<[Gate]>,
    /// The condition keys that it looks at, in lower case, each once.
    pub(crate) key_names: Box<[Box<str>]>,
    pub(crate) version: Variables,
}

/// What one policy alone says about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opinion {
    /// The statement with this index denies it.
    Denies(usize),
    /// The statement with this index allows it, so far.
    Allows(usize, Grant),
    /// No statement applies.
    Silent,
}

impl Policy {
    /// Reads and compiles a policy document.
    pub fn parse(text: &str, kind: Kind) -> Result<Self, MalformedPolicy> {
        parse::policy(text, kind)
    }

    /// The version of the language, `2008-10-17` when the document does not say. Services that take only the newer one
    /// answer [`MalformedPolicy::Version`].
    pub fn version(&self) -> &'static str {
        match self.version {
            Variables::Replaced => "2012-10-17",
            Variables::Literal => "2008-10-17",
        }
    }

    /// What this policy alone says: a denial wins, then the widest grant, then the first of these.
    pub fn opinion(&self, request: &RequestContext<'_>) -> Opinion {
        let mut opinion = Opinion::Silent;
        for (index, (gate, statement)) in self.gates.iter().zip(&self.statements).enumerate() {
            if !gate.lets(request.action) {
                continue;
            }
            let Ok(grant) = statement.check(request) else { continue };
            if statement.effect == Effect::Deny {
                return Opinion::Denies(index);
            }
            let wider = match opinion {
                Opinion::Allows(_, so_far) => grant > so_far,
                Opinion::Silent | Opinion::Denies(_) => true,
            };
            if wider {
                opinion = Opinion::Allows(index, grant);
            }
        }
        opinion
    }

    /// Every condition key that it looks at, as written, also those of its variables: `(key, effect of the statement,
    /// fails open)`. The names have no case, so one key may be there in several spellings. A key fails open when a request without it is judged more permissively than one with
    /// it could be: such a policy must not be stored where nothing ever sets the key.
    pub fn condition_keys(&self) -> impl Iterator<Item = (&str, Effect, bool)> {
        self.statements.iter().flat_map(Statement::keys)
    }

    /// Tells whether it looks at a condition key that begins so, whatever the case. It is cheap: callers ask it of every
    /// policy before they gather what a key needs.
    pub fn mentions(&self, prefix: &str) -> bool {
        let begins = |key: &str| key.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        self.key_names.iter().any(|key| begins(key))
    }

    /// For every resource that is listed, the last segment of an ARN that fits it, such as `a1/prod/GET/pets/x`, with
    /// `filler` in the place of every `*`: whoever looks for requests that the policy treats apart begins there.
    pub fn resource_samples(&self, filler: &str) -> impl Iterator<Item = String> {
        let listed = self.statements.iter().flat_map(Statement::listed_resources);
        listed.map(move |pattern: &ResourcePattern| pattern.sample(filler))
    }

    /// The statements that apply to a request, in their order, whatever comes of them. It costs more than
    /// [`Policy::opinion`], which stops at the first denial; use it only when somebody asks.
    pub fn applying(&self, request: &RequestContext<'_>) -> impl Iterator<Item = (usize, Effect)> {
        let gated = self.gates.iter().zip(&self.statements).enumerate();
        let about = gated.filter(|(_, (gate, _))| gate.lets(request.action));
        about
            .filter(|(_, (_, statement))| statement.check(request).is_ok())
            .map(|(index, (_, statement))| (index, statement.effect))
    }

    /// How many statements it has.
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Tells whether it has no statement; a parsed policy has at least one.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The effect of the statement with this index.
    pub fn effect(&self, index: usize) -> Option<Effect> {
        self.statements.get(index).map(|statement| statement.effect)
    }

    /// The `Sid` of the statement with this index.
    pub fn sid(&self, index: usize) -> Option<&str> {
        self.statements.get(index)?.sid.as_deref()
    }

    /// The allowing statement that reaches furthest, as if nothing were denied.
    pub(crate) fn allowance(&self, request: &RequestContext<'_>) -> Option<(usize, Grant)> {
        let allowing = self.statements.iter().enumerate().filter(|(_, statement)| statement.effect == Effect::Allow);
        let granted = allowing.filter_map(|(index, statement)| Some((index, statement.check(request).ok()?)));
        granted.max_by_key(|(_, grant)| *grant)
    }
}

impl FromStr for Effect {
    type Err = MalformedPolicy;

    fn from_str(text: &str) -> Result<Self, MalformedPolicy> {
        match text {
            "Allow" => Ok(Self::Allow),
            "Deny" => Ok(Self::Deny),
            _ if text.eq_ignore_ascii_case("allow") || text.eq_ignore_ascii_case("deny") => {
                Err(MalformedPolicy::Legacy(format!("`Effect` is `{text}`, whose case matters")))
            }
            _ => Err(MalformedPolicy::syntax(format!(
                "`Effect` is `{}`, not `Allow` or `Deny`",
                crate::malformed::cut(text)
            ))),
        }
    }
}
