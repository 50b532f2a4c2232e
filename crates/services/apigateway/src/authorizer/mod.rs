//! Authorizers: `/restapis/{restapi_id}/authorizers/{authorizer_id}`.

mod create;
mod get;
mod list;
mod update;
mod delete;
mod test;
mod flush;
mod view;
mod jwt;
#[cfg(test)]
mod tests;

pub(crate) use create::{CreateAuthorizer, room_for_one_more};
pub(crate) use delete::DeleteAuthorizer;
pub(crate) use flush::FlushStageAuthorizersCache;
pub(crate) use get::GetAuthorizer;
pub(crate) use list::GetAuthorizers;
pub(crate) use test::TestInvokeAuthorizer;
pub(crate) use update::UpdateAuthorizer;
pub(crate) use view::AuthorizerView;
