//! REST APIs: `/restapis` and `/restapis/{restapi_id}`.

mod create;
mod get;
mod list;
mod update;
mod delete;
mod import;
mod put;
mod definition;
mod view;

pub(crate) use create::CreateRestApi;
pub(crate) use delete::DeleteRestApi;
pub(crate) use get::GetRestApi;
pub(crate) use import::ImportRestApi;
pub(crate) use list::GetRestApis;
pub(crate) use put::PutRestApi;
pub(crate) use update::UpdateRestApi;
pub(crate) use view::{EndpointConfiguration, RestApiView, Tags};
