//! Context entries: the condition keys that a simulation supposes.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html>

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy::Keys;

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

/// `None` where a value cannot be read.
fn set(keys: Keys, name: &str, entry: &ContextEntry) -> Option<Keys> {
    let values = &entry.context_key_values;
    let [only] = values.as_slice() else {
        // Several values are compared as the texts they are.
        return Some(keys.texts(name, values.iter().cloned()));
    };
    Some(match entry.context_key_type.unwrap_or(KeyType::String) {
        KeyType::String | KeyType::StringList => keys.text(name, only.as_str()),
        KeyType::Numeric | KeyType::NumericList => {
            only.parse::<f64>().ok()?;
            keys.text(name, only.as_str())
        }
        KeyType::Boolean | KeyType::BooleanList => keys.boolean(name, only.to_ascii_lowercase().parse().ok()?),
        KeyType::Ip | KeyType::IpList => keys.address(name, only.parse().ok()?),
        KeyType::Binary | KeyType::BinaryList => keys.binary(name, &STANDARD.decode(only).ok()?),
        KeyType::Date | KeyType::DateList => {
            let seconds = || only.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
            keys.time(name, only.parse::<Timestamp>().ok().or_else(seconds)?)
        }
    })
}
