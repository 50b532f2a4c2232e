//! The layers of policies that have a say in one decision.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use std::fmt;

use crate::Policy;
use crate::statement::Statement;

/// A policy and the name by which its owner knows it.
#[derive(Debug, Clone, Copy)]
pub struct Attached<'a> {
    /// The policy's name or ARN.
    pub name: &'a str,
    /// The policy.
    pub policy: &'a Policy,
}

/// All policies that apply to a request. What is `None` or has no level is not in force.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layers<'a> {
    /// The organization's resource control policies, one list per level; every level must allow.
    pub rcp: &'a [&'a [Attached<'a>]],
    /// The organization's service control policies, one list per level; every level must allow.
    pub scp: &'a [&'a [Attached<'a>]],
    /// The policy of the VPC endpoint that the request came through.
    pub endpoint: Option<Attached<'a>>,
    /// The resource's own policy.
    pub resource: Option<Attached<'a>>,
    /// Whether the resource's policy must allow even callers of its own account, as a role's trust policy must. Then
    /// naming everyone or the account only delegates, and the caller's own policies must allow as well.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    pub resource_must_allow: bool,
    /// The caller's policies, inline and managed, its groups' among them. An anonymous caller's are those that a
    /// Lambda authorizer returned for it.
    pub identity: &'a [Attached<'a>],
    /// The caller's permissions boundary.
    pub boundary: Option<Attached<'a>>,
    /// The policies that the session was made with, when it was made with any.
    pub session: Option<&'a [Attached<'a>]>,
}

impl<'a> Layers<'a> {
    /// Every statement, in the order in which layers are asked.
    pub(crate) fn statements(&self) -> impl Iterator<Item = (StatementRef<'a>, &'a Statement)> {
        Layer::ALL.into_iter().flat_map(|layer| self.levels(layer).into_iter().flatten()).flat_map(
            |(layer, attached)| {
                let statements = attached.policy.statements.iter().enumerate();
                statements.map(move |(index, statement)| (StatementRef::new(layer, &attached, index), statement))
            },
        )
    }

    /// A layer's levels, each a list of policies that add up; all but organizations' policies have one at most.
    pub(crate) fn levels(&self, layer: Layer) -> Vec<Vec<(Layer, Attached<'a>)>> {
        let level = |policies: &[Attached<'a>]| policies.iter().map(|attached| (layer, *attached)).collect();
        match layer {
            Layer::Rcp => self.rcp.iter().map(|policies| level(policies)).collect(),
            Layer::Scp => self.scp.iter().map(|policies| level(policies)).collect(),
            Layer::Endpoint => vec![level(self.endpoint.as_slice())],
            Layer::Resource => vec![level(self.resource.as_slice())],
            Layer::Identity => vec![level(self.identity)],
            Layer::Boundary => vec![level(self.boundary.as_slice())],
            Layer::Session => vec![level(self.session.unwrap_or_default())],
        }
    }
}

/// One kind of policy, in the order in which they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Layer {
    /// Resource control policies.
    Rcp,
    /// Service control policies.
    Scp,
    /// The VPC endpoint's policy.
    Endpoint,
    /// The resource's policy.
    Resource,
    /// The caller's policies.
    Identity,
    /// The caller's permissions boundary.
    Boundary,
    /// The session's policies.
    Session,
}

impl Layer {
    /// All layers in the order in which they are asked.
    pub const ALL: [Layer; 7] =
        [Self::Rcp, Self::Scp, Self::Endpoint, Self::Resource, Self::Identity, Self::Boundary, Self::Session];
}

/// AWS's words for the kind of policy.
impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rcp => "resource control policy",
            Self::Scp => "service control policy",
            Self::Endpoint => "VPC endpoint policy",
            Self::Resource => "resource-based policy",
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
        })
    }
}

/// One statement of one policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementRef<'a> {
    /// The kind of policy.
    pub layer: Layer,
    /// The policy's name.
    pub policy: &'a str,
    /// The statement's place in it, from zero.
    pub index: usize,
    /// The statement's id.
    pub sid: Option<&'a str>,
}

impl<'a> StatementRef<'a> {
    pub(crate) fn new(layer: Layer, attached: &Attached<'a>, index: usize) -> Self {
        Self { layer, policy: attached.name, index, sid: attached.policy.sid(index) }
    }
}
