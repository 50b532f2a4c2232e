//! An API key as it is answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_ApiKey.html>

use std::collections::BTreeMap;

use base::{Secret, Timestamp};
use model::apigateway::ApiKey;
use operation::{Call, Failure};

/// A key on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ApiKey")]
pub(crate) struct ApiKeyView {
    pub(crate) id: Option<String>,
    pub(crate) value: Option<Secret<String>>,
    pub(crate) name: Option<String>,
    pub(crate) customer_id: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) enabled: Option<bool>,
    pub(crate) created_date: Option<Timestamp>,
    pub(crate) last_updated_date: Option<Timestamp>,
    pub(crate) stage_keys: Option<Vec<String>>,
    #[shape(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

/// Whether an answer shows values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It does.
    WithValue,
    /// It does not.
    WithoutValue,
}

impl Shown {
    /// From `includeValue`, which is false unless said.
    pub(crate) fn asked(include: Option<bool>) -> Self {
        if include.unwrap_or_default() { Shown::WithValue } else { Shown::WithoutValue }
    }
}

impl ApiKeyView {
    /// A key as AWS answers it.
    pub(crate) fn of(key: &ApiKey, shown: Shown, call: &Call<'_>) -> Result<Self, Failure> {
        let value = match shown {
            Shown::WithValue => Some(value_of(key, call)?),
            Shown::WithoutValue => None,
        };
        Ok(Self {
            id: Some(key.id.to_string()),
            value,
            name: key.name.clone(),
            customer_id: key.customer_id.clone(),
            description: key.description.clone(),
            enabled: Some(key.enabled),
            created_date: Some(key.created),
            last_updated_date: Some(key.updated),
            stage_keys: Some(Vec::new()),
            tags: key.tags.clone(),
        })
    }
}

/// A key's value, opened.
pub(crate) fn value_of(key: &ApiKey, call: &Call<'_>) -> Result<Secret<String>, Failure> {
    let place = ApiKey::place_id(&call.scope, &key.id);
    let opened = call.ports.master_key.open_text(ApiKey::place(&place, key.version), &key.value);
    opened
        .map_err(|fault| Failure::Broken { what: format!("the value of API key `{}` does not open: {fault}", key.id) })
}
