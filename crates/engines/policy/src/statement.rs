//! What one statement means: it applies when its principals, actions, resources and conditions all do.

use crate::action::{ActionPattern, Gate};
use crate::condition::{Condition, Held};
use crate::pattern::Fit;
use crate::principals::{Grant, Principals};
use crate::resource::ResourcePattern;
use crate::{Effect, Keys, RequestContext};

/// A compiled statement.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    /// Only policies of resources have principals.
    pub(crate) principals: Option<Listed<Principals>>,
    pub(crate) actions: Listed<Box<[ActionPattern]>>,
    /// Trust policies have none.
    pub(crate) resources: Option<Listed<Box<[ResourcePattern]>>>,
    pub(crate) conditions: Box<[Condition]>,
    /// Whether a condition narrows everyone, or an account, to principals by their ARN.
    pub(crate) names_principal_arn: bool,
}

/// An element (`Action`) or its inverse (`NotAction`).
#[derive(Debug, Clone)]
pub(crate) enum Listed<T> {
    In(T),
    NotIn(T),
}

/// The first element of a statement that kept it from applying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet<'a> {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// `Resource` or `NotResource` holds a variable that the request has no value for.
    ResourceVariable,
    /// A condition.
    Condition {
        /// The operator as written.
        operator: &'a str,
        /// The condition key as written.
        key: &'a str,
        /// Whether the request has this key.
        key_is_present: bool,
        /// The first of the policy's values, as written.
        wanted: &'a [Box<str>],
        /// How many values the policy has.
        wanted_count: usize,
    },
}

/// What a statement lacks, found without looking anything up: decisions pass over it, explanations tell it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lack<'a> {
    Principal,
    Action,
    Resource,
    ResourceVariable,
    Condition(&'a Condition),
}

impl<'a> Lack<'a> {
    pub(crate) fn told(self, keys: &Keys) -> Unmet<'a> {
        match self {
            Self::Principal => Unmet::Principal,
            Self::Action => Unmet::Action,
            Self::Resource => Unmet::Resource,
            Self::ResourceVariable => Unmet::ResourceVariable,
            Self::Condition(condition) => Unmet::Condition {
                operator: condition.operator(),
                key: condition.key(),
                key_is_present: !condition.given(keys).is_empty(),
                wanted: condition.shown(),
                wanted_count: condition.values_count(),
            },
        }
    }
}

impl Statement {
    /// Whether the statement applies, and how far its grant reaches; if not, what it lacks first.
    pub(crate) fn check(&self, request: &RequestContext<'_>) -> Result<Grant, Lack<'_>> {
        let grant = self.check_principal(request)?;
        self.check_action(request)?;
        self.check_resource(request)?;
        match self.unmet_conditions(request).next() {
            Some(condition) => Err(Lack::Condition(condition)),
            None => Ok(grant),
        }
    }

    /// The conditions that do not hold.
    pub(crate) fn unmet_conditions(&self, request: &RequestContext<'_>) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().filter(|condition| condition.holds(request.keys) == Held::No)
    }

    /// What it lists as `Resource` or `NotResource`.
    pub(crate) fn listed_resources(&self) -> &[ResourcePattern] {
        match &self.resources {
            Some(Listed::In(patterns) | Listed::NotIn(patterns)) => patterns,
            None => &[],
        }
    }

    /// Every key that its resources and conditions look at: `(key as written, effect, fails open)`.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, Effect, bool)> {
        let effect = self.effect;
        let resources = self.listed_resources();
        // Without a value the whole statement is without effect: that opens only what would have been denied.
        let in_resources = resources
            .iter()
            .flat_map(ResourcePattern::variables)
            .map(move |key| (key.name, effect, key.has_default || effect == Effect::Deny));
        let in_conditions = self.conditions.iter().flat_map(move |condition| condition.keys(effect));
        in_resources.chain(in_conditions.map(move |(key, fails_open)| (key, effect, fails_open)))
    }

    fn check_principal(&self, request: &RequestContext<'_>) -> Result<Grant, Lack<'_>> {
        let grant = match &self.principals {
            // The identity that the policy is attached to.
            None => Some(Grant::Limited),
            Some(Listed::In(principals)) => principals.grant(request.principal),
            // SECURITY: who is not clearly exempted is denied, who is only partly named is not allowed.
            Some(Listed::NotIn(principals)) => match self.effect {
                Effect::Deny => (!principals.name_wholly(request.principal)).then_some(Grant::Everyone),
                Effect::Allow => principals.grant(request.principal).is_none().then_some(Grant::Everyone),
            },
        };
        // Everyone, or an account, narrowed to principals by `aws:PrincipalArn` grants to them as if it named a role.
        match grant.ok_or(Lack::Principal)? {
            Grant::Delegated | Grant::Everyone if self.names_principal_arn => Ok(Grant::Limited),
            grant @ (Grant::Delegated | Grant::Everyone | Grant::Limited | Grant::Direct) => Ok(grant),
        }
    }

    /// What tells quickly that the statement is not about an action.
    pub(crate) fn gate(&self) -> Gate {
        match &self.actions {
            Listed::In(patterns) => patterns.iter().fold(Gate::SHUT, |gate, pattern| gate.or(pattern.gate)),
            Listed::NotIn(_) => Gate::OPEN,
        }
    }

    fn check_action(&self, request: &RequestContext<'_>) -> Result<(), Lack<'_>> {
        let any = |patterns: &[ActionPattern]| patterns.iter().any(|pattern| pattern.fits(request.action));
        let met = match &self.actions {
            Listed::In(patterns) => any(patterns),
            Listed::NotIn(patterns) => !any(patterns),
        };
        if met { Ok(()) } else { Err(Lack::Action) }
    }

    fn check_resource(&self, request: &RequestContext<'_>) -> Result<(), Lack<'_>> {
        let Some(resources) = &self.resources else { return Ok(()) };
        let (Listed::In(patterns) | Listed::NotIn(patterns)) = resources;
        let mut any = false;
        let mut without_value = false;
        for pattern in patterns {
            match pattern.fits(&request.resource, request.keys) {
                Fit::Yes => any = true,
                Fit::NoValue => without_value = true,
                Fit::No => {}
            }
        }
        match resources {
            Listed::In(_) if any => Ok(()),
            Listed::In(_) | Listed::NotIn(_) if without_value => Err(Lack::ResourceVariable),
            Listed::NotIn(_) if !any => Ok(()),
            Listed::In(_) | Listed::NotIn(_) => Err(Lack::Resource),
        }
    }
}

impl<T> Listed<Box<[T]>> {
    /// Tells whether nothing is listed.
    pub(crate) fn is_empty(&self) -> bool {
        let (Listed::In(items) | Listed::NotIn(items)) = self;
        items.is_empty()
    }
}
