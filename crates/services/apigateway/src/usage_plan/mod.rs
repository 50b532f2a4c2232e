//! Usage plans: `/usageplans/{usageplanId}`.

mod create;
mod get;
mod list;
mod update;
mod changes;
mod stages;
mod delete;
mod view;

pub(crate) use create::CreateUsagePlan;
pub(crate) use delete::DeleteUsagePlan;
pub(crate) use get::GetUsagePlan;
pub(crate) use list::GetUsagePlans;
pub(crate) use stages::keep_apart;
pub(crate) use update::UpdateUsagePlan;
pub(crate) use view::UsagePlanView;

/// CloudTrail's name of a plan.
pub(crate) fn audited(id: &str) -> Vec<(String, String)> {
    vec![("AWS::ApiGateway::UsagePlan".to_owned(), id.to_owned())]
}
