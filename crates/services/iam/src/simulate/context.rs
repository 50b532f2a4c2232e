//! Context entries: the condition keys that a simulation supposes.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html>

use policy::{Keys, Value, ValueType};

use crate::error::Error;

/// One condition key.
#[derive(Debug, wire::Shape)]
#[shape(upper)]
pub(crate) struct ContextEntry {
    context_key_name: Option<String>,
    #[shape(default)]
    context_key_values: Vec<String>,
    context_key_type: Option<KeyType>,
}

/// How its values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum KeyType {
    #[shape("string")]
    String,
    #[shape("stringList")]
    StringList,
    #[shape("numeric")]
    Numeric,
    #[shape("numericList")]
    NumericList,
    #[shape("boolean")]
    Boolean,
    #[shape("booleanList")]
    BooleanList,
    #[shape("ip")]
    Ip,
    #[shape("ipList")]
    IpList,
    #[shape("binary")]
    Binary,
    #[shape("binaryList")]
    BinaryList,
    #[shape("date")]
    Date,
    #[shape("dateList")]
    DateList,
}

/// Adds the entries; one that is not what its type says is refused.
pub(super) fn add(mut keys: Keys, entries: &[ContextEntry]) -> Result<Keys, Error> {
    for entry in entries {
        let name = entry.context_key_name.as_deref().filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| Error::InvalidInput("A context entry has no ContextKeyName".to_owned()))?;
        keys = set(keys, name, entry).ok_or_else(|| {
            Error::InvalidInput(format!("The values of the context key {name} are not of its ContextKeyType"))
        })?;
    }
    Ok(keys)
}

/// `None` where a value is not of its type.
fn set(keys: Keys, name: &str, entry: &ContextEntry) -> Option<Keys> {
    let of = entry.context_key_type.unwrap_or(KeyType::String).of_values();
    let values: Option<Vec<Value>> = entry.context_key_values.iter().map(|value| Value::read(of, value)).collect();
    Some(keys.values(name, values?))
}

impl KeyType {
    fn of_values(self) -> ValueType {
        match self {
            Self::String | Self::StringList => ValueType::Text,
            Self::Numeric | Self::NumericList => ValueType::Number,
            Self::Boolean | Self::BooleanList => ValueType::Boolean,
            Self::Ip | Self::IpList => ValueType::Address,
            Self::Binary | Self::BinaryList => ValueType::Binary,
            Self::Date | Self::DateList => ValueType::Moment,
        }
    }
}
