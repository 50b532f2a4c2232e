//! PutLoggingConfiguration: sets it as a whole. <https://docs.aws.amazon.com/waf/latest/APIReference/API_PutLoggingConfiguration.html>

use base::Scope as Place;
use model::wafv2 as stored;
use model::wafv2::{Owned, WebAcl};
use operation::{Call, Failure, Keys, Operation, Spec};

use super::settings;
use super::shapes::{LoggingConfiguration, LoggingFilter};
use crate::error::declared;
use crate::find;

/// The operation.
pub(crate) struct PutLoggingConfiguration;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PutLoggingConfigurationRequest", upper)]
pub(crate) struct Input {
    logging_configuration: LoggingConfiguration,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PutLoggingConfigurationResponse", upper)]
pub(crate) struct Output {
    logging_configuration: Option<LoggingConfiguration>,
}

impl Operation for PutLoggingConfiguration {
    const SPEC: Spec = Spec::write("PutLoggingConfiguration", "wafv2:PutLoggingConfiguration").errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        super::resource(&input.logging_configuration.resource_arn, place)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        let given = &input.logging_configuration;
        let destinations = given.log_destination_configs.iter().map(String::as_str);
        super::keys(keys, given.log_scope).texts("wafv2:LogDestinationResource", destinations)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let given = &input.logging_configuration;
        let acl = find::by_arn::<WebAcl>(call, &given.resource_arn).await?;
        settings::check(given, &call.scope)?;
        let configuration = stored::LoggingConfiguration {
            web_acl_arn: acl.arn(&call.scope),
            web_acl: acl.entity.name,
            destination: given.log_destination_configs.concat(),
            redacted_fields: given.redacted_fields.iter().flatten().map(|field| field.0.clone()).collect(),
            filter: given.logging_filter.as_ref().and_then(LoggingFilter::json),
        };
        call.tx.put(&call.scope, &configuration)?;
        Ok(Output { logging_configuration: Some(LoggingConfiguration::of(&configuration)) })
    }
}
