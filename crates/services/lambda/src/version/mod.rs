//! Published versions. <https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html>

pub(crate) mod publish;
mod list;

use base::seal::MasterKey;
use model::lambda::{Function, FunctionVersion};
use operation::{Failure, Registered};

use crate::view::FunctionConfiguration;

pub(super) fn operations() -> Vec<Registered> {
    vec![Registered::of::<publish::PublishVersion>(), Registered::of::<list::ListVersionsByFunction>()]
}

/// A version under its own ARN.
pub(crate) fn shown(
    function: &Function,
    version: &FunctionVersion,
    master_key: &MasterKey,
) -> Result<FunctionConfiguration, Failure> {
    let number = version.number.to_string();
    let arn = format!("{}:{number}", function.arn());
    FunctionConfiguration::of(function, &number, &version.configuration, arn, master_key)
}
