//! What keys have used of their quotas: `/usageplans/{usageplanId}/usage`.

mod get;
mod update;
mod days;

pub(crate) use get::GetUsage;
pub(crate) use update::UpdateUsage;

use std::collections::BTreeMap;

/// Usage on the wire: for each key, for each day, what was used and what is left.
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsage.html>
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "Usage")]
pub(crate) struct UsageView {
    pub(crate) usage_plan_id: Option<String>,
    pub(crate) start_date: Option<String>,
    pub(crate) end_date: Option<String>,
    pub(crate) position: Option<String>,
    #[shape(wire = "values")]
    pub(crate) items: Option<BTreeMap<String, Vec<Vec<i64>>>>,
}
