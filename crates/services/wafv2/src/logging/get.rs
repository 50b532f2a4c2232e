//! GetLoggingConfiguration. <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetLoggingConfiguration.html>

use base::Scope as Place;
use operation::{Call, Failure, Keys, Operation, Spec};

use super::settings;
use super::shapes::{LogScope, LogType, LoggingConfiguration};
use crate::error::declared;

/// The operation.
pub(crate) struct GetLoggingConfiguration;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetLoggingConfigurationRequest", upper)]
pub(crate) struct Input {
    resource_arn: String,
    log_type: Option<LogType>,
    log_scope: Option<LogScope>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetLoggingConfigurationResponse", upper)]
pub(crate) struct Output {
    logging_configuration: Option<LoggingConfiguration>,
}

impl Operation for GetLoggingConfiguration {
    const SPEC: Spec = Spec::read("GetLoggingConfiguration", "wafv2:GetLoggingConfiguration").errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        super::resource(&input.resource_arn, place)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        super::keys(keys, input.log_scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        settings::scope(input.log_scope)?;
        let found = super::existing(call, &input.resource_arn).await?;
        Ok(Output { logging_configuration: Some(LoggingConfiguration::of(&found)) })
    }
}
