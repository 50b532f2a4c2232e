//! DeleteLoggingConfiguration. <https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteLoggingConfiguration.html>

use base::Scope as Place;
use operation::{Call, Failure, Keys, Operation, Spec};

use super::settings;
use super::shapes::{LogScope, LogType};
use crate::error::declared;
use crate::find;
use crate::shapes::Nothing;

/// The operation.
pub(crate) struct DeleteLoggingConfiguration;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteLoggingConfigurationRequest", upper)]
pub(crate) struct Input {
    resource_arn: String,
    log_type: Option<LogType>,
    log_scope: Option<LogScope>,
}

impl Operation for DeleteLoggingConfiguration {
    const SPEC: Spec =
        Spec::write("DeleteLoggingConfiguration", "wafv2:DeleteLoggingConfiguration").errors(declared::READ);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        super::resource(&input.resource_arn, place)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        super::keys(keys, input.log_scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        settings::scope(input.log_scope)?;
        let found = super::existing(call, &input.resource_arn).await?;
        find::remove(call, &found);
        Ok(Nothing)
    }
}
