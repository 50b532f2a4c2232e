//! One simulation: every action on every resource, judged by the engine that enforces.

use std::collections::{BTreeMap, BTreeSet};

use base::AccountId;
use operation::Call;
use policy::{Action, Attached, Keys, Kind, Layer, Layers, Outcome, Policy, Principal, RequestContext};

use super::context::{self, ContextEntry};
use super::gather::{Given, Policies};
use super::view::{
    EvaluationResult, OrganizationsDecisionDetail, PermissionsBoundaryDecisionDetail, Source, Statement, Verdict,
};
use crate::error::Error;

/// What is asked.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) policies: Policies,
    /// The organization's levels.
    pub(super) organization: Vec<Vec<Given>>,
    pub(super) actions: &'a [String],
    /// `*` when none was given.
    pub(super) resources: &'a [String],
    pub(super) resource_policy: Option<&'a str>,
    /// The account that the resources belong to.
    pub(super) resource_owner: Option<&'a str>,
    /// Who is supposed to call.
    pub(super) caller: Option<&'a str>,
    pub(super) context: &'a [ContextEntry],
}

/// More would be a load, not a question.
const PAIRS_MAX: usize = 10_000;

impl Question<'_> {
    /// The results, action by action.
    pub(super) fn judge(&self, call: &Call<'_>) -> Result<Vec<EvaluationResult>, Error> {
        let everything = ["*".to_owned()];
        let resources = if self.resources.is_empty() { &everything } else { self.resources };
        if self.actions.is_empty() || self.actions.len() * resources.len() > PAIRS_MAX {
            return Err(Error::InvalidInput(format!(
                "ActionNames and ResourceArns make none or more than {PAIRS_MAX} pairs"
            )));
        }
        let resource = self.resource_policy.map(|text| Policy::parse(text, Kind::Resource)).transpose();
        let resource = resource.map_err(|fault| Error::InvalidInput(fault.to_string()))?;
        let caller = caller(self.caller, call.scope.account)?;
        let keys = context::add(caller.add_keys(Keys::new()), self.context)?;
        let judged = Judged { question: self, caller, keys, resource, own: call.scope.account };
        let mut results = Vec::new();
        for action in self.actions {
            if !action.contains(':') {
                return Err(Error::InvalidInput(format!("Invalid ActionName: {action}")));
            }
            for resource in resources {
                results.push(judged.one(action, resource)?);
            }
        }
        Ok(results)
    }
}

struct Judged<'a> {
    question: &'a Question<'a>,
    caller: Principal,
    keys: Keys,
    resource: Option<Policy>,
    own: AccountId,
}

impl Judged<'_> {
    fn one(&self, action: &str, resource: &str) -> Result<EvaluationResult, Error> {
        let policies = &self.question.policies;
        let identity: Vec<_> = policies.identity.iter().map(attached).collect();
        let levels: Vec<Vec<_>> =
            self.question.organization.iter().map(|level| level.iter().map(attached).collect()).collect();
        let levels: Vec<&[Attached<'_>]> = levels.iter().map(Vec::as_slice).collect();
        let layers = Layers {
            scp: &levels,
            resource: self.resource.as_ref().map(|policy| Attached { name: "ResourcePolicy", policy }),
            identity: &identity,
            boundary: policies.boundary.as_ref().map(attached),
            ..Layers::default()
        };
        let owner = self.owner(resource)?;
        let known = Action::new(action);
        let request = RequestContext::new(&self.caller, &known, resource, owner, &self.keys);
        let decision = policy::evaluate(&request, &layers);
        let alone = |layers: &Layers<'_>| policy::evaluate(&request, layers).is_allowed();
        Ok(EvaluationResult {
            eval_action_name: action.to_owned(),
            eval_resource_name: Some(resource.to_owned()),
            eval_decision: match decision.outcome {
                Outcome::Allow => Verdict::Allowed,
                Outcome::ExplicitDeny => Verdict::ExplicitDeny,
                Outcome::ImplicitDeny => Verdict::ImplicitDeny,
            },
            matched_statements: decision.statements().map(|found| self.told(found.layer, found.policy)).collect(),
            missing_context_values: self.missing(&layers),
            organizations_decision_detail: (!levels.is_empty()).then(|| OrganizationsDecisionDetail {
                allowed_by_organizations: levels
                    .iter()
                    .all(|level| alone(&Layers { identity: level, ..Layers::default() })),
            }),
            permissions_boundary_decision_detail: layers.boundary.map(|bound| PermissionsBoundaryDecisionDetail {
                allowed_by_permissions_boundary: alone(&Layers { identity: &[bound], ..Layers::default() }),
            }),
            eval_decision_details: BTreeMap::new(),
            resource_specific_results: Vec::new(),
        })
    }

    /// The account in the resource's ARN, else the one that was named, else the caller's own.
    fn owner(&self, resource: &str) -> Result<AccountId, Error> {
        let named = self.question.resource_owner.map(|owner| owner.rsplit("::").next().unwrap_or(owner));
        let named = named.map(|owner| owner.split(':').next().unwrap_or(owner));
        let in_arn = resource.split(':').nth(4).filter(|account| !account.is_empty() && *account != "*");
        match in_arn.or(named) {
            Some(account) => AccountId::parse(account)
                .map_err(|_| Error::InvalidInput(format!("Invalid account in a resource or owner: {account}"))),
            None => Ok(self.own),
        }
    }

    fn told(&self, layer: Layer, name: &str) -> Statement {
        let policies = &self.question.policies;
        let mut all =
            policies.identity.iter().chain(&policies.boundary).chain(self.question.organization.iter().flatten());
        let source = match layer {
            Layer::Resource => Source::Resource,
            Layer::Rcp | Layer::Scp | Layer::Endpoint | Layer::Identity | Layer::Boundary | Layer::Session => {
                all.find(|given| given.name == name).map_or(Source::None, |given| given.source)
            }
        };
        Statement {
            source_policy_id: Some(name.to_owned()),
            source_policy_type: Some(source),
            start_position: None,
            end_position: None,
        }
    }

    /// The keys that policies look at and that nobody supplied.
    fn missing(&self, layers: &Layers<'_>) -> Vec<String> {
        let policies = layers
            .identity
            .iter()
            .chain(&layers.boundary)
            .chain(&layers.resource)
            .chain(layers.scp.iter().copied().flatten());
        let asked: BTreeSet<&str> =
            policies.flat_map(|attached| attached.policy.condition_keys()).map(|(key, _, _)| key).collect();
        asked.into_iter().filter(|key| !self.keys.has(key)).map(str::to_owned).collect()
    }
}

fn attached(given: &Given) -> Attached<'_> {
    Attached { name: &given.name, policy: &given.policy }
}

/// Who is supposed to call: a user, unless an account's root user is named.
fn caller(arn: Option<&str>, own: AccountId) -> Result<Principal, Error> {
    let arn = arn.map_or_else(|| format!("arn:aws:iam::{own}:user/simulated"), str::to_owned);
    let mut parts = arn.split(':').skip(4);
    let account = parts.next().and_then(|account| AccountId::parse(account).ok());
    let account = account.ok_or_else(|| Error::InvalidInput(format!("Invalid caller ARN: {arn}")))?;
    let resource = parts.next().unwrap_or_default();
    if resource == "root" {
        return Ok(Principal::Root { account });
    }
    let name = resource.rsplit('/').next().unwrap_or_default().to_owned();
    if !resource.starts_with("user/") || name.is_empty() {
        return Err(Error::InvalidInput(format!("Invalid caller ARN: {arn}. It must be the ARN of a user")));
    }
    Ok(Principal::User { account, arn, id: "AIDASIMULATED".to_owned(), name })
}
