//! Aliases. <https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html>

mod create;
mod get;
mod update;
mod delete;
mod list;
mod view;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use model::lambda::Function;
use operation::{Call, Failure, Registered};

use crate::error::Error;
use crate::find;
use crate::name::{FunctionRef, LATEST, is_word};
use view::{AliasConfiguration, AliasRoutingConfiguration};

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateAlias>(),
        Registered::of::<get::GetAlias>(),
        Registered::of::<update::UpdateAlias>(),
        Registered::of::<delete::DeleteAlias>(),
        Registered::of::<list::ListAliases>(),
    ]
}

const NAME_CHARS_MAX: usize = 128;

/// Reads an alias's name: no number, which a version could have.
fn name(text: &str) -> Result<(), Error> {
    if is_word(text, NAME_CHARS_MAX) && !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    let constraint = "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)";
    Err(Error::form("name", text, constraint))
}

/// The version that an alias shall name: `$LATEST`, or one that exists.
async fn version(call: &mut Call<'_>, named: &FunctionRef, text: &str) -> Result<String, Failure> {
    if text == LATEST {
        return Ok(LATEST.to_owned());
    }
    let wanted = FunctionRef { qualifier: Some(text.to_owned()), ..named.clone() };
    Ok(find::version(call, &wanted, text).await?.number.to_string())
}

/// Reads the weights of an alias of `version`: none, or one other version with its share.
async fn other(
    call: &mut Call<'_>,
    named: &FunctionRef,
    version: &str,
    routing: Option<&AliasRoutingConfiguration>,
) -> Result<Option<(String, f64)>, Failure> {
    let empty = BTreeMap::new();
    let weights = routing.and_then(|routing| routing.additional_version_weights.as_ref()).unwrap_or(&empty);
    let mut weights = weights.iter();
    let Some((wanted, share)) = weights.next() else { return Ok(None) };
    if weights.next().is_some() {
        return Err(Error::invalid("Number of items in AdditionalVersionWeights cannot be greater than 1").into());
    }
    if !(0.0..=1.0).contains(share) {
        let constraint = "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0]";
        return Err(Error::form("routingConfig.additionalVersionWeights", share.to_string(), constraint).into());
    }
    if version == LATEST || wanted == LATEST {
        return Err(Error::invalid("$LATEST is not supported for an alias pointing to more than 1 version").into());
    }
    if wanted == version {
        return Err(Error::invalid(format!(
            "Invalid function version {wanted}. Function version {wanted} is already included in routing configuration."
        ))
        .into());
    }
    let number = self::version(call, named, wanted).await?;
    Ok(Some((number, *share)).filter(|(_, share)| *share > 0.0))
}

/// An alias that exists.
fn existing<'f>(function: &'f Function, named: &FunctionRef, name: &str) -> Result<&'f model::lambda::Alias, Error> {
    let missing = || {
        Error::not_found(format!(
            "Cannot find alias arn: {}:{name}",
            FunctionRef { qualifier: None, ..named.clone() }.arn()
        ))
    };
    function.aliases.get(name).ok_or_else(missing)
}
