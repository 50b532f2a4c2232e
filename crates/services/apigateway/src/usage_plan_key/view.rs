//! A usage plan's key as it is answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlanKey.html>

use base::Secret;
use model::apigateway::ApiKey;
use operation::{Call, Failure};

use crate::api_key::value_of;

/// A plan's key on the wire; AWS shows its value too.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UsagePlanKey")]
pub(crate) struct UsagePlanKeyView {
    pub(crate) id: Option<String>,
    #[shape(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) value: Option<Secret<String>>,
    pub(crate) name: Option<String>,
}

/// The one type of keys.
pub(super) const API_KEY: &str = "API_KEY";

impl UsagePlanKeyView {
    /// A key as AWS answers it.
    pub(super) fn of(key: &ApiKey, call: &Call<'_>) -> Result<Self, Failure> {
        Ok(Self {
            id: Some(key.id.to_string()),
            kind: Some(API_KEY.to_owned()),
            value: Some(value_of(key, call)?),
            name: key.name.clone(),
        })
    }
}
