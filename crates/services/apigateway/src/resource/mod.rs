//! Resources: `/restapis/{restapi_id}/resources/{resource_id}`.

mod create;
mod get;
mod list;
mod update;
mod delete;
mod view;

pub(crate) use create::CreateResource;
pub(crate) use delete::DeleteResource;
pub(crate) use get::GetResource;
pub(crate) use list::GetResources;
pub(crate) use update::UpdateResource;
pub(crate) use view::{Methods, ResourceView};
