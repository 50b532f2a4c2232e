//! Integrations: `…/methods/{http_method}/integration`.

mod put;
mod get;
mod update;
mod delete;
mod view;

pub(crate) use delete::DeleteIntegration;
pub(crate) use get::GetIntegration;
pub(crate) use put::PutIntegration;
pub(crate) use update::UpdateIntegration;
pub(crate) use view::{IntegrationView, TlsConfig};
