//! ListLoggingConfigurations. <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListLoggingConfigurations.html>

use base::Scope as Place;
use model::wafv2 as stored;
use operation::{Call, Failure, Keys, Operation, Spec};

use super::settings;
use super::shapes::{LogScope, LoggingConfiguration};
use crate::error::declared;
use crate::page;
use crate::shapes::Scope;
use crate::{arn, rules};

/// The operation.
pub(crate) struct ListLoggingConfigurations;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListLoggingConfigurationsRequest", upper)]
pub(crate) struct Input {
    scope: Scope,
    next_marker: Option<String>,
    limit: Option<i32>,
    log_scope: Option<LogScope>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListLoggingConfigurationsResponse", upper)]
pub(crate) struct Output {
    logging_configurations: Vec<LoggingConfiguration>,
    next_marker: Option<String>,
}

const NAME: &str = "wafv2:ListLoggingConfigurations";

impl Operation for ListLoggingConfigurations {
    const SPEC: Spec = Spec::read("ListLoggingConfigurations", NAME).errors(declared::LIST);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::anything(input, place)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        super::keys(keys, input.log_scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        rules::regional(input.scope)?;
        settings::scope(input.log_scope)?;
        let page = page::read(call, NAME, "", input.next_marker.as_deref(), input.limit)?;
        let after = page.after.as_deref();
        let found = call.tx.page::<stored::LoggingConfiguration>(&call.scope, "", after, page.limit).await?;
        Ok(Output {
            logging_configurations: found.items.iter().map(LoggingConfiguration::of).collect(),
            next_marker: page.next(found.next),
        })
    }
}
