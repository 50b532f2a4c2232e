//! Tags of functions. <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>

pub(crate) mod access;
mod list;
mod set;
mod unset;
#[cfg(test)]
mod tests;

use base::{Arn, Scope};
use operation::Registered;

use crate::error::Error;
use crate::name::FunctionRef;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<list::ListTags>(),
        Registered::of::<set::TagResource>(),
        Registered::of::<unset::UntagResource>(),
    ]
}

/// Reads the ARN of a function without a qualifier: nothing else has tags here.
fn target(text: &str, home: &Scope) -> Result<FunctionRef, Error> {
    if !Arn::parse(text).is_ok_and(|arn| arn.service == "lambda") {
        return Err(Error::form("resource", text, "Member must be the ARN of a function"));
    }
    if !text.contains(":function:") {
        return Err(Error::not_enforced(format!("tags of {text}")));
    }
    let named = FunctionRef::parse(text, None, home)?;
    match named.qualifier {
        None => Ok(named),
        Some(_) => Err(Error::invalid(
            "Tags on function aliases and versions are not supported. Please specify a function ARN.",
        )),
    }
}

/// The ARN that policies name.
fn resource(text: &str, home: &Scope) -> String {
    match target(text, home) {
        Ok(named) => named.arn(),
        Err(_) => FunctionRef::resource("(malformed)", None, home),
    }
}
