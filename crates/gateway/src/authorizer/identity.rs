//! Where a request tells who asks.

use std::borrow::Cow;

use snapshot::IdentitySource;

use crate::context::Values;
use crate::lambda::event::Facts;
use crate::steps::integrate::sources::{decode, pairs};

/// The token of a `TOKEN` authorizer. SECURITY: of two nobody could tell which one the integration believes.
pub(crate) fn token<'a>(header: &str, facts: &Facts<'a>) -> Result<Cow<'a, str>, &'static str> {
    let mut values = facts.received.get_all(header);
    match (values.next(), values.next()) {
        (None, _) => Err("is not there"),
        (Some([]), None) => Err("is empty"),
        (Some(value), None) => Ok(String::from_utf8_lossy(value)),
        (Some(_), Some(_)) => Err("came more than once"),
    }
}

/// The value of a source; several are joined. None where it is absent or empty.
pub(crate) fn value<'a>(source: &'a IdentitySource, facts: &Facts<'a>) -> Option<Cow<'a, [u8]>> {
    let value = match source {
        IdentitySource::Header(name) => {
            // One byte that no header holds keeps two values from being taken for another one.
            join(facts.received.get_all(name).map(Cow::Borrowed).collect())
        }
        IdentitySource::Query(name) => {
            let query = facts.request.target.as_ref().and_then(|target| target.query()).unwrap_or_default();
            let named = pairs(query).filter(|(known, _)| *decode(known) == *name.as_bytes());
            join(named.map(|(_, value)| decode(value)).collect())
        }
        IdentitySource::StageVariable(name) => {
            facts.stage.variables.get(&**name).map(|value| Cow::Borrowed(value.as_bytes()))
        }
        IdentitySource::Context(variable) => {
            let values = Values { request: facts.request, stage: Some(facts.stage), ending: None };
            values.get(*variable).map(Cow::Owned)
        }
    };
    value.filter(|value| !value.is_empty())
}

fn join(mut values: Vec<Cow<'_, [u8]>>) -> Option<Cow<'_, [u8]>> {
    if values.len() > 1 {
        // An identity needs a value that says something; several blanks say nothing.
        return values.iter().any(|value| !value.is_empty()).then(|| Cow::Owned(values.join(&0u8)));
    }
    values.pop()
}
