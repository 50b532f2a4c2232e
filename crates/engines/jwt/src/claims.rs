//! What a token says. <https://www.rfc-editor.org/rfc/rfc7519#section-4>

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::strict;
use crate::{Part, Refusal};

/// The claims of a token: the registered ones typed, and all as they were said.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// `iss`.
    pub issuer: Option<Box<str>>,
    /// `sub`.
    pub subject: Option<Box<str>>,
    /// `aud`: one or several.
    pub audiences: Vec<Box<str>>,
    /// `client_id`.
    pub client: Option<Box<str>>,
    /// `scope` and `scp`, taken apart.
    pub scopes: Vec<Box<str>>,
    /// `exp`, in seconds since 1970.
    pub expires: Option<i64>,
    /// `nbf`, likewise.
    pub not_before: Option<i64>,
    /// `iat`, likewise.
    pub issued: Option<i64>,
    all: Map<String, Value>,
}

/// More than any issuer makes a token out to.
const AUDIENCES_MAX: usize = 100;

/// The last second of the year 9999: a time beyond it is none.
const SECOND_MAX: i64 = 253_402_300_799;

impl Claims {
    /// Reads the payload of a token. A claim of the wrong type refuses it; one that is `null` is not there.
    pub fn parse(payload: &[u8]) -> Result<Self, Refusal> {
        let all = strict::object(payload, Part::Claims)?;
        let audiences = texts(&all, "aud")?;
        if audiences.len() > AUDIENCES_MAX {
            return Err(Refusal::BadClaim("aud"));
        }
        let mut scopes = words(&all, "scope")?;
        scopes.extend(words(&all, "scp")?);
        Ok(Self {
            issuer: text(&all, "iss")?,
            subject: text(&all, "sub")?,
            audiences,
            client: text(&all, "client_id")?,
            scopes,
            expires: second(&all, "exp")?,
            not_before: second(&all, "nbf")?,
            issued: second(&all, "iat")?,
            all,
        })
    }

    /// A claim as text: a text as it is, a number or a truth in digits or letters, anything else as JSON; `null` is none.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        shown(self.all.get(name)?)
    }

    /// All claims as text.
    pub fn texts(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.all.iter().filter_map(|(name, value)| Some((name.as_str(), shown(value)?)))
    }

    /// The claims as they were said.
    pub fn members(&self) -> &Map<String, Value> {
        &self.all
    }
}

fn shown(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(Cow::Owned(value.to_string())),
    }
}

fn text(all: &Map<String, Value>, name: &'static str) -> Result<Option<Box<str>>, Refusal> {
    match all.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str().into())),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Err(Refusal::BadClaim(name)),
    }
}

/// One text or several.
fn texts(all: &Map<String, Value>, name: &'static str) -> Result<Vec<Box<str>>, Refusal> {
    match all.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text.as_str().into()]),
        Some(Value::Array(values)) => {
            let one = |value: &Value| value.as_str().map(Box::from).ok_or(Refusal::BadClaim(name));
            values.iter().map(one).collect()
        }
        Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => Err(Refusal::BadClaim(name)),
    }
}

/// Words with blanks between them, or several of them (Okta and Entra write `scp` so).
fn words(all: &Map<String, Value>, name: &'static str) -> Result<Vec<Box<str>>, Refusal> {
    let texts = texts(all, name)?;
    Ok(texts.iter().flat_map(|text| text.split(' ')).filter(|word| !word.is_empty()).map(Box::from).collect())
}

/// A time in seconds, cut to whole ones.
fn second(all: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, Refusal> {
    let number = match all.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number,
        Some(Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
            return Err(Refusal::BadClaim(name));
        }
    };
    let whole = number.as_i64().or_else(|| {
        let fraction = number.as_f64().filter(|fraction| fraction.abs() <= SECOND_MAX as f64)?;
        Some(fraction.floor() as i64)
    });
    // SECURITY: a time that nobody lives to see is an attempt to overflow somebody.
    let whole = whole.filter(|whole| whole.checked_abs().is_some_and(|far| far <= SECOND_MAX));
    whole.map(Some).ok_or(Refusal::BadClaim(name))
}
