//! Integration responses: `…/integration/responses/{status_code}`.

mod put;
mod get;
mod update;
mod delete;
mod view;

pub(crate) use delete::DeleteIntegrationResponse;
pub(crate) use get::GetIntegrationResponse;
pub(crate) use put::PutIntegrationResponse;
pub(crate) use update::UpdateIntegrationResponse;
pub(crate) use view::IntegrationResponseView;
