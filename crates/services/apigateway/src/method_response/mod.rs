//! Method responses: `…/methods/{http_method}/responses/{status_code}`.

mod put;
mod get;
mod update;
mod delete;
mod view;

pub(crate) use delete::DeleteMethodResponse;
pub(crate) use get::GetMethodResponse;
pub(crate) use put::PutMethodResponse;
pub(crate) use update::UpdateMethodResponse;
pub(crate) use view::MethodResponseView;
