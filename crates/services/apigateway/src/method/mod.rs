//! Methods: `/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}`.

mod put;
mod get;
mod update;
mod delete;
mod view;

pub(crate) use delete::DeleteMethod;
pub(crate) use get::GetMethod;
pub(crate) use put::PutMethod;
pub(crate) use update::UpdateMethod;
pub(crate) use view::MethodView;
