//! API keys: `/apikeys/{api_Key}`.

mod create;
mod get;
mod list;
mod update;
mod delete;
mod import;
mod csv;
mod view;

pub(crate) use create::CreateApiKey;
pub(crate) use delete::DeleteApiKey;
pub(crate) use get::GetApiKey;
pub(crate) use import::ImportApiKeys;
pub(crate) use list::GetApiKeys;
pub(crate) use update::UpdateApiKey;
pub(crate) use view::{ApiKeyView, Shown, value_of};

/// CloudTrail's name of a key.
pub(crate) fn audited(id: &str) -> Vec<(String, String)> {
    vec![("AWS::ApiGateway::ApiKey".to_owned(), id.to_owned())]
}
