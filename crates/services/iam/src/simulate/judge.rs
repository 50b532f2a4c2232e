//! One simulation: every action on every resource, judged by the engine that enforces.

use std::collections::{BTreeMap, BTreeSet};

use base::{AccountId, Arn};
use operation::{Call, Failure};
use policy::{Action, Attached, Effect, Keys, Layer, Layers, Opinion, Outcome, RequestContext};

use super::caller::Caller;
use super::context::{self, ContextEntry};
use super::gather::{Given, Policies, resource_given};
use super::names;
use super::view::{
    EvaluationResult, OrganizationsDecisionDetail, Output, PermissionsBoundaryDecisionDetail, ResourceSpecificResult,
    Statement, Verdict,
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
const MATCHED_MAX: usize = 50_000;
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
        let resource = self.resource_policy.map(resource_given).transpose()?;
        let identity: Vec<_> = self.policies.identity.iter().map(attached).collect();
        let levels: Vec<Vec<_>> = self.organization.iter().map(|level| level.iter().map(attached).collect()).collect();
        let levels: Vec<&[Attached<'_>]> = levels.iter().map(Vec::as_slice).collect();
        let layers = Layers {
            scp: &levels,
            resource: resource.as_ref().map(attached),
            identity: &identity,
            boundary: self.policies.boundary.as_ref().map(attached),
            ..Layers::default()
        };
        let keys = context::add(self.caller.keys.clone(), self.context)?;
        // AWS leaves out the keys of the organization's policies.
        let all = || layers.identity.iter().chain(&layers.boundary).chain(&layers.resource);
        let missing: Vec<String> =
            names::of(all().map(|given| given.policy)).filter(|key| !keys.has(key)).map(str::to_owned).collect();
        let pairs = actions.len() * resources.len();
        let statements: usize = all().chain(levels.iter().copied().flatten()).map(|given| given.policy.len()).sum();
        if pairs * statements > STATEMENTS_MAX
            || pairs * missing.iter().map(String::len).sum::<usize>() > MISSING_BYTES_MAX
        {
            return Err(too_large());
        }
        let owner = self.resource_owner.map(account_of).transpose()?.unwrap_or(self.caller.account);
        let told = resource.iter().chain(&self.policies.identity).collect();
        let judged = Judged { question: self, keys, layers, told, missing, owner };
        let mut room = MATCHED_MAX;
        actions.into_iter().map(|action| judged.action(action, resources, &mut room)).collect()
    }
}

struct Judged<'a> {
    question: &'a Question<'a>,
    keys: Keys,
    layers: Layers<'a>,
    /// The policies whose statements are told: the resources' and the caller's.
    told: Vec<&'a Given>,
    missing: Vec<String>,
    /// Who owns resources whose ARNs do not tell.
    owner: AccountId,
}

/// A statement by its policy's place among those that are told, and its own place in it.
type Matched = (usize, usize);

/// One action on one resource.
struct Single<'a> {
    resource: &'a str,
    verdict: Verdict,
    matched: Vec<Matched>,
    /// What each kind of policy says, to a caller of another account.
    details: Option<BTreeMap<String, Verdict>>,
    allowed_by_organization: bool,
    allowed_by_boundary: bool,
}

impl Judged<'_> {
    /// All resources together are judged as the worst of them.
    fn action(&self, action: &str, resources: &[String], room: &mut usize) -> Result<EvaluationResult, Error> {
        let known = Action::new(action);
        let each: Vec<Single<'_>> =
            resources.iter().map(|one| self.single(&known, one, room)).collect::<Result<_, _>>()?;
        let verdict = each.iter().map(|single| single.verdict).max().expect("there is a resource, if only `*`");
        // AWS tells here only what decided, and with each resource also what would have allowed it.
        let deciding = each.iter().filter(|single| single.verdict == verdict && verdict != Verdict::ImplicitDeny);
        let matched: BTreeSet<Matched> = deciding.flat_map(|single| single.matched.iter().copied()).collect();
        let everything = matches!(resources, [only] if only == "*");
        Ok(EvaluationResult {
            eval_action_name: action.to_owned(),
            // AWS answers the pattern of the action's resources, which is not known here.
            eval_resource_name: Some(if let [only] = resources { only.clone() } else { "*".to_owned() }),
            eval_decision: verdict,
            matched_statements: self.statements(matched),
            missing_context_values: if everything { self.missing.clone() } else { Vec::new() },
            organizations_decision_detail: (!self.layers.scp.is_empty()).then(|| OrganizationsDecisionDetail {
                allowed_by_organizations: each.iter().all(|single| single.allowed_by_organization),
            }),
            permissions_boundary_decision_detail: self.bounded(each.iter().all(|single| single.allowed_by_boundary)),
            eval_decision_details: details_of_all(&each, everything),
            resource_specific_results: if everything {
                Vec::new()
            } else {
                each.into_iter().map(|single| self.specific(single)).collect()
            },
        })
    }

    fn single<'r>(&self, action: &Action, resource: &'r str, room: &mut usize) -> Result<Single<'r>, Error> {
        let Caller { account, principal, .. } = &self.question.caller;
        let owner = self.owner_of(resource)?;
        let request = RequestContext::new(principal, action, resource, owner, &self.keys);
        let verdict = match policy::evaluate(&request, &self.layers).outcome {
            Outcome::Allow => Verdict::Allowed,
            Outcome::ImplicitDeny => Verdict::ImplicitDeny,
            Outcome::ExplicitDeny => Verdict::ExplicitDeny,
        };
        // The organization is asked first: who else is named has nothing against it.
        let organization = policy::evaluate(&request, &Layers { scp: self.layers.scp, ..Layers::default() });
        let allowed_by_organization = organization.layer != Layer::Scp;
        let abroad = owner != *account;
        let effect = match verdict {
            Verdict::Allowed => Some(Effect::Allow),
            Verdict::ExplicitDeny => Some(Effect::Deny),
            // Of two accounts that must both allow, one may.
            Verdict::ImplicitDeny if abroad => Some(Effect::Allow),
            Verdict::ImplicitDeny => None,
        };
        let matched: Vec<Matched> = effect.map_or_else(Vec::new, |effect| self.matched(&request, effect));
        *room = room.checked_sub(matched.len()).ok_or_else(too_large)?;
        Ok(Single {
            resource,
            verdict,
            matched,
            details: (abroad && allowed_by_organization).then(|| self.details(&request)),
            allowed_by_organization,
            allowed_by_boundary: said(&request, self.layers.boundary.as_slice()) == Verdict::Allowed,
        })
    }

    /// The statements with this effect that apply. AWS tells of the caller's and the resource's policies only.
    fn matched(&self, request: &RequestContext<'_>, effect: Effect) -> Vec<Matched> {
        let of = |(at, given): (usize, &&Given)| -> Vec<Matched> {
            let applying = given.policy.applying(request).filter(|(_, found)| *found == effect);
            applying.map(|(index, _)| (at, index)).collect()
        };
        self.told.iter().enumerate().flat_map(of).collect()
    }

    /// What each kind of policy says by itself, under the names that AWS's examples show.
    fn details(&self, request: &RequestContext<'_>) -> BTreeMap<String, Verdict> {
        let (resource, boundary) = (self.layers.resource.as_slice(), self.layers.boundary.as_slice());
        let mut details = BTreeMap::from([
            ("IAM Policy".to_owned(), said(request, self.layers.identity)),
            ("Resource Policy".to_owned(), said(request, resource)),
        ]);
        if !boundary.is_empty() {
            details.insert("Permissions Boundary Policy".to_owned(), said(request, boundary));
        }
        details
    }

    fn specific(&self, single: Single<'_>) -> ResourceSpecificResult {
        ResourceSpecificResult {
            eval_resource_name: single.resource.to_owned(),
            eval_resource_decision: single.verdict,
            matched_statements: self.statements(single.matched),
            missing_context_values: self.missing.clone(),
            eval_decision_details: single.details,
            permissions_boundary_decision_detail: self.bounded(single.allowed_by_boundary),
        }
    }

    fn statements(&self, matched: impl IntoIterator<Item = Matched>) -> Vec<Statement> {
        let told = |(at, index): Matched| {
            let given = self.told[at];
            let range = given.places.get(index);
            Statement {
                source_policy_id: Some(given.name.clone()),
                source_policy_type: Some(given.source()),
                start_position: range.map(|range| range.start.into()),
                end_position: range.map(|range| range.end.into()),
            }
        };
        matched.into_iter().map(told).collect()
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
}

/// What policies of one kind say together: a denial wins.
fn said(request: &RequestContext<'_>, policies: &[Attached<'_>]) -> Verdict {
    let mut verdict = Verdict::ImplicitDeny;
    for attached in policies {
        match attached.policy.opinion(request) {
            Opinion::Denies(_) => return Verdict::ExplicitDeny,
            Opinion::Allows(..) => verdict = Verdict::Allowed,
            Opinion::Silent => {}
        }
    }
    verdict
}

/// What each kind of policy says to all resources together: the worst of what it says to each.
fn details_of_all(each: &[Single<'_>], everything: bool) -> Option<BTreeMap<String, Verdict>> {
    if !each.iter().all(|single| single.allowed_by_organization) {
        return None;
    }
    let mut whole: BTreeMap<String, Verdict> = BTreeMap::new();
    for (kind, verdict) in each.iter().flat_map(|single| &single.details).flatten() {
        let so_far = whole.entry(kind.clone()).or_insert(*verdict);
        *so_far = (*so_far).max(*verdict);
    }
    (!everything || !whole.is_empty()).then_some(whole)
}

fn too_large() -> Error {
    Error::InvalidInput("The simulation is too large: ask for fewer actions or resources".to_owned())
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
