//! Deployments: `/restapis/{restapi_id}/deployments/{deployment_id}`.

mod create;
mod get;
mod list;
mod update;
mod delete;
mod view;

pub(crate) use create::CreateDeployment;
pub(crate) use delete::DeleteDeployment;
pub(crate) use get::GetDeployment;
pub(crate) use list::GetDeployments;
pub(crate) use update::UpdateDeployment;
pub(crate) use view::{DeploymentView, Summary};
