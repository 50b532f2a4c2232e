//! The decision: all layers together, in AWS's order. It allocates nothing, unless a pattern with a variable between two
//! `*` meets a text of many kilobytes.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>

use crate::layers::{Attached, Layer, Layers, StatementRef};
use crate::policy::Opinion;
use crate::principals::Grant;
use crate::{Principal, RequestContext};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Outcome {
    /// It may be done.
    Allow,
    /// A statement denies it.
    ExplicitDeny,
    /// A layer that had to allow it did not.
    ImplicitDeny,
}

/// What was decided, by which layer and which statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Allowed or not.
    pub outcome: Outcome,
    /// The layer that granted, denied, or should have allowed. The root user of the resource's account is granted by
    /// the identity layer, without a statement.
    pub layer: Layer,
    statements: [Option<StatementRef<'a>>; Layer::ALL.len()],
}

impl<'a> Decision<'a> {
    /// Whether it may be done.
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allow
    }

    /// The determining statements: the one that denied, or those that allowed, one of each layer that was asked.
    pub fn statements(&self) -> impl Iterator<Item = &StatementRef<'a>> {
        self.statements.iter().flatten()
    }

    /// AWS's reason for a denial, as it ends the message `… is not authorized to perform: ACTION on resource: ARN`.
    pub fn because(&self, request: &RequestContext<'_>) -> Option<String> {
        let article = match self.layer {
            Layer::Identity => "an",
            Layer::Rcp | Layer::Scp | Layer::Endpoint | Layer::Resource | Layer::Boundary | Layer::Session => "a",
        };
        match self.outcome {
            Outcome::Allow => None,
            Outcome::ExplicitDeny => Some(format!("with an explicit deny in {article} {}", self.layer)),
            Outcome::ImplicitDeny => {
                Some(format!("because no {} allows the {} action", self.layer, request.action().name()))
            }
        }
    }

    /// AWS's whole message for a denial.
    pub fn denial(&self, request: &RequestContext<'_>) -> Option<String> {
        let because = self.because(request)?;
        let user = request.principal().arn().unwrap_or_else(|| match request.principal() {
            Principal::Service { name } => name.clone(),
            Principal::Federated { provider, subject } => format!("{provider}:{subject}"),
            Principal::Anonymous
            | Principal::Root { .. }
            | Principal::User { .. }
            | Principal::AssumedRole { .. }
            | Principal::FederatedUser { .. } => "anonymous".to_owned(),
        });
        let (action, resource) = (request.action().name(), request.resource());
        Some(format!("User: {user} is not authorized to perform: {action} on resource: {resource} {because}"))
    }
}

/// Decides over `request`.
pub fn evaluate<'a>(request: &RequestContext<'_>, layers: &Layers<'a>) -> Decision<'a> {
    match Heard::all(request, layers, Ear::Open) {
        // Any denial anywhere ends it.
        Err(denial) => denied(denial),
        Ok(heard) => match heard.judge(request) {
            Ok(layer) => heard.allowed(layer),
            Err(layer) => Decision { outcome: Outcome::ImplicitDeny, layer, statements: [None; Layer::ALL.len()] },
        },
    }
}

/// The layers that would still have to allow the request if nothing denied it, in the order in which they are asked.
pub(crate) fn missing(request: &RequestContext<'_>, layers: &Layers<'_>) -> Vec<Layer> {
    let mut missing = Vec::new();
    let Ok(mut heard) = Heard::all(request, layers, Ear::DeafToDenials) else { return missing };
    while let Err(layer) = heard.judge(request) {
        heard.voices[layer as usize] = Voice::Supposed;
        missing.push(layer);
    }
    missing
}

fn denied(denial: StatementRef<'_>) -> Decision<'_> {
    let mut statements = [None; Layer::ALL.len()];
    statements[0] = Some(denial);
    Decision { outcome: Outcome::ExplicitDeny, layer: denial.layer, statements }
}

/// What one layer says, after no layer denied.
#[derive(Debug, Clone, Copy)]
enum Voice<'a> {
    /// It is not in force.
    Absent,
    /// It is in force and does not allow.
    Silent,
    Allows(StatementRef<'a>, Grant),
    /// It is supposed to allow, to see what else is missing.
    Supposed,
}

/// Whether denials count; they do, except for finding out what else would be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ear {
    Open,
    DeafToDenials,
}

impl Voice<'_> {
    fn grant(&self) -> Option<Grant> {
        match self {
            Self::Allows(_, grant) => Some(*grant),
            Self::Supposed => Some(Grant::Limited),
            Self::Absent | Self::Silent => None,
        }
    }
}

/// What all layers say.
struct Heard<'a> {
    voices: [Voice<'a>; Layer::ALL.len()],
    resource_must_allow: bool,
}

impl<'a> Heard<'a> {
    /// Asks every layer; the first denial in the order of layers is the error.
    fn all(request: &RequestContext<'_>, layers: &Layers<'a>, ear: Ear) -> Result<Self, StatementRef<'a>> {
        // Service control policies bind the principals of accounts, not services and strangers.
        let scp = if request.principal.account().is_some() { layers.scp } else { &[] };
        let mut voices = [Voice::Absent; Layer::ALL.len()];
        for (voice, layer) in voices.iter_mut().zip(Layer::ALL) {
            *voice = match layer {
                Layer::Rcp => every_level(request, layer, layers.rcp, ear)?,
                Layer::Scp => every_level(request, layer, scp, ear)?,
                Layer::Endpoint => optional(request, layer, layers.endpoint.as_ref(), ear)?,
                Layer::Resource => optional(request, layer, layers.resource.as_ref(), ear)?,
                Layer::Identity => any_of(request, layer, layers.identity, ear)?,
                Layer::Boundary => optional(request, layer, layers.boundary.as_ref(), ear)?,
                Layer::Session => match layers.session {
                    Some(policies) => any_of(request, layer, policies, ear)?,
                    None => Voice::Absent,
                },
            };
        }
        Ok(Self { voices, resource_must_allow: layers.resource_must_allow })
    }

    fn voice(&self, layer: Layer) -> &Voice<'a> {
        &self.voices[layer as usize]
    }

    /// A layer that is in force must allow.
    fn must_not_be_silent(&self, layer: Layer) -> Result<(), Layer> {
        match self.voice(layer) {
            Voice::Silent => Err(layer),
            Voice::Absent | Voice::Allows(..) | Voice::Supposed => Ok(()),
        }
    }

    /// A layer must allow, whether it is in force or not.
    fn must_allow(&self, layer: Layer) -> Result<(), Layer> {
        self.voice(layer).grant().map(|_| ()).ok_or(layer)
    }

    /// The layer that grants, or the one that should have allowed.
    fn judge(&self, request: &RequestContext<'_>) -> Result<Layer, Layer> {
        self.must_not_be_silent(Layer::Rcp)?;
        self.must_not_be_silent(Layer::Scp)?;
        self.must_not_be_silent(Layer::Endpoint)?;
        match request.principal {
            // Nothing but a denial binds the root user at home; abroad the resource must allow it.
            Principal::Root { .. } if request.is_at_home() && !self.resource_must_allow => Ok(Layer::Identity),
            // What an authorizer allowed to a stranger is enough, as are a caller's own policies at home.
            Principal::Anonymous if self.voice(Layer::Identity).grant().is_some() && !self.resource_must_allow => {
                Ok(Layer::Identity)
            }
            Principal::Anonymous | Principal::Root { .. } | Principal::Service { .. } | Principal::Federated { .. } => {
                self.must_allow(Layer::Resource)?;
                Ok(Layer::Resource)
            }
            Principal::User { .. } | Principal::AssumedRole { .. } | Principal::FederatedUser { .. } => {
                if request.is_at_home() { self.judge_at_home(request) } else { self.judge_abroad(request) }
            }
        }
    }

    fn judge_at_home(&self, request: &RequestContext<'_>) -> Result<Layer, Layer> {
        let granted = match self.voice(Layer::Resource).grant() {
            Some(Grant::Direct) => return Ok(Layer::Resource),
            Some(Grant::Limited) => Layer::Resource,
            Some(Grant::Everyone) if !self.resource_must_allow => Layer::Resource,
            None if self.resource_must_allow => return Err(Layer::Resource),
            // Naming the account leaves it to the account's own policies.
            Some(Grant::Delegated | Grant::Everyone) | None => {
                self.must_allow(Layer::Identity)?;
                Layer::Identity
            }
        };
        self.limits(request)?;
        Ok(granted)
    }

    fn judge_abroad(&self, request: &RequestContext<'_>) -> Result<Layer, Layer> {
        self.must_allow(Layer::Resource)?;
        self.must_allow(Layer::Identity)?;
        self.limits(request)?;
        Ok(Layer::Resource)
    }

    /// What limits the caller's own permissions.
    fn limits(&self, request: &RequestContext<'_>) -> Result<(), Layer> {
        self.must_not_be_silent(Layer::Boundary)?;
        match request.principal {
            // A federation token without a session policy has no permissions.
            Principal::FederatedUser { .. } => self.must_allow(Layer::Session),
            Principal::Anonymous
            | Principal::Root { .. }
            | Principal::User { .. }
            | Principal::AssumedRole { .. }
            | Principal::Service { .. }
            | Principal::Federated { .. } => self.must_not_be_silent(Layer::Session),
        }
    }

    fn allowed(&self, layer: Layer) -> Decision<'a> {
        let mut statements = [None; Layer::ALL.len()];
        for (place, voice) in statements.iter_mut().zip(&self.voices) {
            if let Voice::Allows(statement, _) = voice {
                *place = Some(*statement);
            }
        }
        Decision { outcome: Outcome::Allow, layer, statements }
    }
}

/// One policy that may be there.
fn optional<'a>(
    request: &RequestContext<'_>,
    layer: Layer,
    attached: Option<&Attached<'a>>,
    ear: Ear,
) -> Result<Voice<'a>, StatementRef<'a>> {
    match attached {
        Some(attached) => any_of(request, layer, std::slice::from_ref(attached), ear),
        None => Ok(Voice::Absent),
    }
}

/// Several policies that add up: the widest grant counts.
fn any_of<'a>(
    request: &RequestContext<'_>,
    layer: Layer,
    policies: &[Attached<'a>],
    ear: Ear,
) -> Result<Voice<'a>, StatementRef<'a>> {
    let mut voice = Voice::Silent;
    for attached in policies {
        let opinion = match ear {
            Ear::Open => attached.policy.opinion(request),
            Ear::DeafToDenials => match attached.policy.allowance(request) {
                Some((index, grant)) => Opinion::Allows(index, grant),
                None => Opinion::Silent,
            },
        };
        match opinion {
            Opinion::Denies(index) => return Err(StatementRef::new(layer, attached, index)),
            Opinion::Allows(index, grant) if voice.grant().is_none_or(|so_far| grant > so_far) => {
                voice = Voice::Allows(StatementRef::new(layer, attached, index), grant);
            }
            Opinion::Allows(..) | Opinion::Silent => {}
        }
    }
    Ok(voice)
}

/// Levels of an organization: each must allow, and a denial at any of them counts.
fn every_level<'a>(
    request: &RequestContext<'_>,
    layer: Layer,
    levels: &[&[Attached<'a>]],
    ear: Ear,
) -> Result<Voice<'a>, StatementRef<'a>> {
    let mut whole = Voice::Absent;
    for level in levels {
        whole = match (whole, any_of(request, layer, level, ear)?) {
            (Voice::Silent, _) => Voice::Silent,
            (Voice::Absent | Voice::Allows(..) | Voice::Supposed, voice) => voice,
        };
    }
    Ok(whole)
}
