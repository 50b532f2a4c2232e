//! Context entries: the condition keys that a simulation supposes.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html>

use std::net::IpAddr;

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

/// `None` where a value cannot be read. Texts that were read once are read again by whatever operator looks at them.
fn set(keys: Keys, name: &str, entry: &ContextEntry) -> Option<Keys> {
    let kind = entry.context_key_type.unwrap_or(KeyType::String);
    if let (KeyType::Date | KeyType::DateList, [only]) = (kind, entry.context_key_values.as_slice()) {
        // Numeric operators compare a single moment too.
        return Some(keys.time(name, moment(only)?));
    }
    let values: Option<Vec<String>> = entry.context_key_values.iter().map(|value| read(kind, value)).collect();
    Some(keys.texts(name, values?))
}

/// The value as enforcement would write it.
fn read(kind: KeyType, value: &str) -> Option<String> {
    match kind {
        KeyType::String | KeyType::StringList => Some(value.to_owned()),
        KeyType::Numeric | KeyType::NumericList => is_decimal(value).then(|| value.to_owned()),
        KeyType::Boolean | KeyType::BooleanList => {
            value.to_ascii_lowercase().parse::<bool>().ok().map(|truth| truth.to_string())
        }
        KeyType::Ip | KeyType::IpList => value.parse::<IpAddr>().ok().map(|address| address.to_canonical().to_string()),
        KeyType::Binary | KeyType::BinaryList => STANDARD.decode(value).ok().map(|_| value.to_owned()),
        KeyType::Date | KeyType::DateList => moment(value).map(|time| time.to_string()),
    }
}

/// Numeric operators know no exponents, infinities and the like: such a value would silently match nothing.
fn is_decimal(value: &str) -> bool {
    let unsigned = value.strip_prefix(['-', '+']).unwrap_or(value);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn moment(value: &str) -> Option<Timestamp> {
    let seconds = || value.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
    value.parse().ok().or_else(seconds)
}
