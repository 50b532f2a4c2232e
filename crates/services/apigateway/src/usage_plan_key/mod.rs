//! The keys of a usage plan: `/usageplans/{usageplanId}/keys/{keyId}`.

mod create;
mod get;
mod list;
mod delete;
mod view;

pub(crate) use create::{CreateUsagePlanKey, join};
pub(crate) use delete::DeleteUsagePlanKey;
pub(crate) use get::GetUsagePlanKey;
pub(crate) use list::GetUsagePlanKeys;
