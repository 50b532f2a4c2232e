//! One simulation: every action on every resource, judged by the engine that enforces.

use std::collections::{BTreeMap, BTreeSet};

use base::{AccountId, Arn};
use operation::{Call, Failure};
use policy::{Action, Attached, Decision, Keys, Kind, Layer, Layers, Outcome, Policy, RequestContext, StatementRef};

use super::caller::Caller;
use super::context::{self, ContextEntry};
use super::gather::{Given, Policies};
use super::view::{
    EvaluationResult, OrganizationsDecisionDetail, Output, PermissionsBoundaryDecisionDetail, ResourceSpecificResult,
    Source, Statement, Verdict,
};
use crate::error::Error;
use crate::page::Page;

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
    pub(super) caller: Caller,
    pub(super) context: &'a [ContextEntry],
}

/// Which part of the results is asked for.
pub(super) struct Part<'a> {
    pub(super) operation: &'static str,
    pub(super) marker: Option<&'a str>,
    pub(super) max_items: Option<i32>,
}

// More would be a load, not a question.
const PAIRS_MAX: usize = 10_000;
const STATEMENTS_MAX: usize = 2_000_000;
const MISSING_BYTES_MAX: usize = 8_000_000;
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html>
const ACTION_BYTES_MAX: usize = 128;
const RESOURCE_BYTES_MAX: usize = 2_048;

impl Question<'_> {
    /// A page of results, one for each action in the order in which they were given.
    pub(super) fn answer(&self, call: &Call<'_>, part: &Part<'_>) -> Result<Output, Failure> {
        let everything = ["*".to_owned()];
        let resources = if self.resources.is_empty() { &everything } else { self.resources };
        self.check(resources)?;
        // A place in the list means the same as long as the list does.
        let query = self.actions.join("\n");
        let page = Page::read(call, part.operation, &query, part.marker, part.max_items)?;
        let numbered = self.actions.iter().enumerate().collect();
        let paged = page.of(call, part.operation, &query, numbered, |(at, _)| format!("{at:08}"));
        let actions = paged.items.into_iter().map(|(_, action)| action.as_str()).collect();
        Ok(Output {
            evaluation_results: self.judge(actions, resources)?,
            is_truncated: paged.marker.is_some(),
            marker: paged.marker,
        })
    }

    fn check(&self, resources: &[String]) -> Result<(), Error> {
        if self.actions.is_empty() || self.actions.len() * resources.len() > PAIRS_MAX {
            return Err(Error::InvalidInput(format!(
                "ActionNames and ResourceArns make none or more than {PAIRS_MAX} pairs"
            )));
        }
        let is_action = |action: &&String| action.contains(':') && action.len() <= ACTION_BYTES_MAX;
        if let Some(wrong) = self.actions.iter().find(|action| !is_action(action)) {
            let shown = &wrong[..wrong.floor_char_boundary(ACTION_BYTES_MAX)];
            return Err(Error::InvalidInput(format!("Invalid ActionName: {shown}")));
        }
        if resources.iter().any(|resource| resource.len() > RESOURCE_BYTES_MAX) {
            return Err(Error::InvalidInput(format!("A resource ARN is longer than {RESOURCE_BYTES_MAX} characters")));
        }
        Ok(())
    }

    fn judge(&self, actions: Vec<&str>, resources: &[String]) -> Result<Vec<EvaluationResult>, Error> {
        let resource = self.resource_policy.map(|text| Policy::parse(text, Kind::Resource)).transpose();
        let resource = resource.map_err(|fault| Error::InvalidInput(fault.to_string()))?;
        let identity: Vec<_> = self.policies.identity.iter().map(attached).collect();
        let levels: Vec<Vec<_>> = self.organization.iter().map(|level| level.iter().map(attached).collect()).collect();
        let levels: Vec<&[Attached<'_>]> = levels.iter().map(Vec::as_slice).collect();
        let layers = Layers {
            scp: &levels,
            resource: resource.as_ref().map(|policy| Attached { name: "ResourcePolicy", policy }),
            identity: &identity,
            boundary: self.policies.boundary.as_ref().map(attached),
            ..Layers::default()
        };
        let keys = context::add(self.caller.keys.clone(), self.context)?;
        let missing = missing(&layers, &keys);
        let pairs = actions.len() * resources.len();
        let all = layers.identity.iter().chain(&layers.boundary).chain(&layers.resource);
        let statements: usize = all.chain(levels.iter().copied().flatten()).map(|given| given.policy.len()).sum();
        if pairs * statements > STATEMENTS_MAX
            || pairs * missing.iter().map(String::len).sum::<usize>() > MISSING_BYTES_MAX
        {
            return Err(Error::InvalidInput(
                "The simulation is too large: ask for fewer actions or resources".to_owned(),
            ));
        }
        let owner = self.resource_owner.map(account_of).transpose()?.unwrap_or(self.caller.account);
        let judged = Judged { question: self, keys, layers, missing, owner };
        actions.into_iter().map(|action| judged.action(action, resources)).collect()
    }
}

struct Judged<'a> {
    question: &'a Question<'a>,
    keys: Keys,
    layers: Layers<'a>,
    missing: Vec<String>,
    /// Who owns resources whose ARNs do not tell.
    owner: AccountId,
}

/// One action on one resource.
struct Single {
    result: ResourceSpecificResult,
    allowed_by_organization: bool,
    allowed_by_boundary: bool,
}

impl Judged<'_> {
    /// All resources together are judged as the worst of them.
    fn action(&self, action: &str, resources: &[String]) -> Result<EvaluationResult, Error> {
        let known = Action::new(action);
        let each: Vec<Single> = resources.iter().map(|one| self.single(&known, one)).collect::<Result<_, _>>()?;
        let verdicts = each.iter().map(|single| single.result.eval_resource_decision);
        let verdict = verdicts.max().expect("there is a resource, if only `*`");
        let mut matched_statements = Vec::new();
        for single in each.iter().filter(|single| single.result.eval_resource_decision == verdict) {
            for statement in &single.result.matched_statements {
                if !matched_statements.contains(statement) {
                    matched_statements.push(statement.clone());
                }
            }
        }
        Ok(EvaluationResult {
            eval_action_name: action.to_owned(),
            // AWS answers the pattern of the action's resources, which is not known here.
            eval_resource_name: Some(if let [only] = resources { only.clone() } else { "*".to_owned() }),
            eval_decision: verdict,
            matched_statements,
            missing_context_values: self.missing.clone(),
            organizations_decision_detail: (!self.layers.scp.is_empty()).then(|| OrganizationsDecisionDetail {
                allowed_by_organizations: each.iter().all(|single| single.allowed_by_organization),
            }),
            permissions_boundary_decision_detail: self.bounded(each.iter().all(|single| single.allowed_by_boundary)),
            eval_decision_details: BTreeMap::new(),
            resource_specific_results: match resources {
                [only] if only == "*" => Vec::new(),
                _ => each.into_iter().map(|single| single.result).collect(),
            },
        })
    }

    fn single(&self, action: &Action, resource: &str) -> Result<Single, Error> {
        let Caller { account, principal, .. } = &self.question.caller;
        let request = RequestContext::new(principal, action, resource, self.owner_of(resource)?, &self.keys);
        let decision = policy::evaluate(&request, &self.layers);
        // The organization is asked first: who else is named has nothing against it.
        let organization = policy::evaluate(&request, &Layers { scp: self.layers.scp, ..Layers::default() });
        // A boundary bounds at home and abroad alike; alone and at home it is asked like any policy of the caller.
        let at_home = RequestContext::new(principal, action, resource, *account, &self.keys);
        let boundary = Layers { identity: self.layers.boundary.as_slice(), ..Layers::default() };
        let allowed_by_boundary = policy::evaluate(&at_home, &boundary).is_allowed();
        Ok(Single {
            result: ResourceSpecificResult {
                eval_resource_name: resource.to_owned(),
                eval_resource_decision: verdict(&decision),
                matched_statements: decision.statements().filter_map(|found| self.told(found)).collect(),
                missing_context_values: self.missing.clone(),
                eval_decision_details: BTreeMap::new(),
                permissions_boundary_decision_detail: self.bounded(allowed_by_boundary),
            },
            allowed_by_organization: organization.layer != Layer::Scp,
            allowed_by_boundary,
        })
    }

    fn bounded(&self, allowed_by_permissions_boundary: bool) -> Option<PermissionsBoundaryDecisionDetail> {
        self.layers.boundary.map(|_| PermissionsBoundaryDecisionDetail { allowed_by_permissions_boundary })
    }

    /// The account in the resource's ARN, if it tells one; policies of AWS's own belong to whoever asks.
    fn owner_of(&self, resource: &str) -> Result<AccountId, Error> {
        match Arn::parse(resource) {
            Ok(arn) if !matches!(&*arn.account, "" | "*" | "aws") => account_of(&arn.account),
            Ok(_) | Err(_) => Ok(self.owner),
        }
    }

    /// AWS tells of the caller's and the resource's policies only.
    fn told(&self, found: &StatementRef<'_>) -> Option<Statement> {
        let source = match found.layer {
            Layer::Identity => {
                let mut identity = self.question.policies.identity.iter();
                identity.find(|given| given.name == found.policy).map_or(Source::None, |given| given.source)
            }
            Layer::Resource => Source::Resource,
            Layer::Rcp | Layer::Scp | Layer::Endpoint | Layer::Boundary | Layer::Session => return None,
        };
        Some(Statement {
            source_policy_id: Some(found.policy.to_owned()),
            source_policy_type: Some(source),
            start_position: None,
            end_position: None,
        })
    }
}

fn verdict(decision: &Decision<'_>) -> Verdict {
    match decision.outcome {
        Outcome::Allow => Verdict::Allowed,
        Outcome::ImplicitDeny => Verdict::ImplicitDeny,
        Outcome::ExplicitDeny => Verdict::ExplicitDeny,
    }
}

/// The keys that policies look at and that nobody supplied; AWS leaves out those of the organization's policies.
fn missing(layers: &Layers<'_>, keys: &Keys) -> Vec<String> {
    let policies = layers.identity.iter().chain(&layers.boundary).chain(&layers.resource);
    let asked: BTreeSet<&str> =
        policies.flat_map(|attached| attached.policy.condition_keys()).map(|(key, _, _)| key).collect();
    asked.into_iter().filter(|key| !keys.has(key)).map(str::to_owned).collect()
}

fn attached(given: &Given) -> Attached<'_> {
    Attached { name: &given.name, policy: &given.policy }
}

/// An account by its id or by an ARN of it, such as `arn:aws:iam::123456789012:root`.
fn account_of(text: &str) -> Result<AccountId, Error> {
    let id = Arn::parse(text).map_or_else(|_| text.to_owned(), |arn| arn.account);
    AccountId::parse(&id).map_err(|_| {
        let shown = &text[..text.floor_char_boundary(64)];
        Error::InvalidInput(format!("Invalid account in a resource or owner: {shown}"))
    })
}
