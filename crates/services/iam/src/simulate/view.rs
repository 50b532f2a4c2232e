//! What simulations answer. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html>

use std::collections::BTreeMap;

use policy::Place;

/// A page of results.
#[derive(Debug, wire::Shape)]
#[shape(name = "SimulatePolicyResponse", upper)]
pub(crate) struct Output {
    pub(super) evaluation_results: Vec<EvaluationResult>,
    pub(super) is_truncated: bool,
    pub(super) marker: Option<String>,
}

/// One action on all resources together.
#[derive(Debug, Clone, wire::Shape)]
#[shape(upper)]
pub(crate) struct EvaluationResult {
    pub(super) eval_action_name: String,
    pub(super) eval_resource_name: Option<String>,
    pub(super) eval_decision: Verdict,
    pub(super) matched_statements: Vec<Statement>,
    /// Told here for all resources (`*`), else with each.
    pub(super) missing_context_values: Vec<String>,
    pub(super) organizations_decision_detail: Option<OrganizationsDecisionDetail>,
    pub(super) permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail>,
    /// What each kind of policy says to a caller of another account. Empty within one account; none for all resources
    /// there (`*`), and none where an organization denies.
    pub(super) eval_decision_details: Option<BTreeMap<String, Verdict>>,
    /// None where the resource is `*`.
    #[shape(default)]
    pub(super) resource_specific_results: Vec<ResourceSpecificResult>,
}

/// One action on one resource.
#[derive(Debug, Clone, wire::Shape)]
#[shape(upper)]
pub(crate) struct ResourceSpecificResult {
    pub(super) eval_resource_name: String,
    pub(super) eval_resource_decision: Verdict,
    pub(super) matched_statements: Vec<Statement>,
    pub(super) missing_context_values: Vec<String>,
    /// None within one account.
    pub(super) eval_decision_details: Option<BTreeMap<String, Verdict>>,
    pub(super) permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail>,
}

/// What was decided; the more restrictive, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, wire::Shape)]
pub(crate) enum Verdict {
    #[shape("allowed")]
    Allowed,
    #[shape("implicitDeny")]
    ImplicitDeny,
    #[shape("explicitDeny")]
    ExplicitDeny,
}

/// A statement that decided.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Statement {
    pub(super) source_policy_id: Option<String>,
    pub(super) source_policy_type: Option<Source>,
    /// As `policy::places` counts.
    pub(super) start_position: Option<Position>,
    pub(super) end_position: Option<Position>,
}

/// A place in a document.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Position {
    line: i32,
    column: i32,
}

impl From<Place> for Position {
    fn from(place: Place) -> Self {
        let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        Self { line: number(place.line), column: number(place.column) }
    }
}

/// Where a policy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum Source {
    #[shape("user")]
    User,
    #[shape("group")]
    Group,
    #[shape("role")]
    Role,
    #[shape("aws-managed")]
    AwsManaged,
    #[shape("user-managed")]
    UserManaged,
    #[shape("resource")]
    Resource,
    #[shape("none")]
    None,
}

/// Whether the organization's policies allow; there only where some were given.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct OrganizationsDecisionDetail {
    pub(super) allowed_by_organizations: bool,
}

/// Whether the permissions boundary allows; there only where one is in force.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct PermissionsBoundaryDecisionDetail {
    pub(super) allowed_by_permissions_boundary: bool,
}
