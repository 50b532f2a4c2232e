//! An integration: where it calls, what it sends, what becomes of the answer.

use std::sync::Arc;
use std::time::Duration;

use base::Scope;
use model::apigateway as stored;
use model::apigateway::{HttpMethod, IntegrationType, PassthroughBehavior};
use snapshot::{
    FunctionCall, FunctionIntegration, HttpCall, HttpIntegration, Integration, Mock, Passthrough, ProxyFunction,
};

use crate::{answers, function_call, mapping, uri};

/// Where a method stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// Whose it is and where.
    pub(crate) scope: &'a Scope,
    /// The stage that serves it.
    pub(crate) stage: &'a stored::Stage,
    /// Its resource's path.
    pub(crate) path: &'a str,
    /// Its verb.
    pub(crate) verb: HttpMethod,
}

/// Compiles a method's integration. An error closes the method.
pub(crate) fn compile(place: &Place<'_>, method: &stored::Method) -> Result<Integration, String> {
    let stage = place.stage;
    let Some(integration) = &method.integration else {
        return Err("it has no integration".to_owned());
    };
    Ok(match integration.kind {
        IntegrationType::HttpProxy => Integration::HttpProxy(call(stage, integration)?),
        IntegrationType::Http => Integration::Http(HttpIntegration {
            call: call(stage, integration)?,
            templates: templates(&integration.request_templates),
            passthrough: passthrough(integration.passthrough_behavior),
            selection: answers::compile(stage, method, integration)?,
        }),
        IntegrationType::Mock => Integration::Mock(Mock {
            statuses: integration
                .request_templates
                .iter()
                .map(|(media, text)| (media.as_str().into(), status(text)))
                .collect(),
            passthrough: passthrough(integration.passthrough_behavior),
            selection: answers::compile(stage, method, integration)?,
        }),
        IntegrationType::AwsProxy => Integration::ProxyFunction(ProxyFunction {
            call: function(place, integration)?,
            timeout: timeout(integration)?,
        }),
        IntegrationType::Aws => Integration::Function(FunctionIntegration {
            call: function(place, integration)?,
            timeout: timeout(integration)?,
            parameters: mapping::request(&integration.request_parameters, &stage.variables)?,
            templates: templates(&integration.request_templates),
            passthrough: passthrough(integration.passthrough_behavior),
            selection: answers::compile(stage, method, integration)?,
        }),
    })
}

/// AWS names the method in the source ARN as it is configured: `ANY` and `{proxy+}` stay.
fn function(place: &Place<'_>, integration: &stored::Integration) -> Result<FunctionCall, String> {
    let text = integration.uri.as_deref().ok_or("it has no URI")?;
    let Place { scope, stage, path, verb } = place;
    let arn = snapshot::Stage::arn_of(scope, &stage.rest_api_id, &stage.name);
    let source_arn = format!("{arn}{verb}{path}").into();
    let invoker = function_call::invoker(scope, integration.credentials.as_deref())?;
    function_call::compile(scope, stage, text, source_arn, invoker)
}

fn timeout(integration: &stored::Integration) -> Result<Duration, String> {
    let milliseconds = u64::try_from(integration.timeout_ms).map_err(|_| "its timeout is negative")?;
    Ok(Duration::from_millis(milliseconds))
}

fn call(stage: &stored::Stage, integration: &stored::Integration) -> Result<HttpCall, String> {
    let text = integration.uri.as_deref().ok_or("it has no URI")?;
    let endpoint = uri::compile(text, &stage.variables)?;
    let verb = match integration.http_method.as_deref() {
        None | Some("ANY") => None,
        Some(verb) => Some(verb.parse().map_err(|_| format!("`{verb}` is not a verb"))?),
    };
    Ok(HttpCall {
        verb,
        scheme: endpoint.scheme,
        target: endpoint.target,
        authority: endpoint.authority,
        parameters: mapping::request(&integration.request_parameters, &stage.variables)?,
        timeout: timeout(integration)?,
        insecure_skip_verification: integration.tls_insecure_skip_verification.unwrap_or(false),
    })
}

fn passthrough(behavior: PassthroughBehavior) -> Passthrough {
    match behavior {
        PassthroughBehavior::WhenNoMatch => Passthrough::WhenNoMatch,
        PassthroughBehavior::WhenNoTemplates => Passthrough::WhenNoTemplates,
        PassthroughBehavior::Never => Passthrough::Never,
    }
}

/// Media types with their static texts.
pub(crate) fn templates(stored: &std::collections::BTreeMap<String, String>) -> Vec<(Arc<str>, Arc<str>)> {
    stored.iter().map(|(media, text)| (media.as_str().into(), text.as_str().into())).collect()
}

/// The `statusCode` in a mock's request template; AWS answers 500 where there is none.
fn status(template: &str) -> Option<u16> {
    let value: serde_json::Value = serde_json::from_str(template).ok()?;
    let status = value.get("statusCode")?;
    match status {
        serde_json::Value::Number(number) => u16::try_from(number.as_u64()?).ok(),
        serde_json::Value::String(text) => text.parse().ok(),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mock_reads_its_status_from_the_template() {
        for (template, want) in [
            (r#"{"statusCode": 200}"#, Some(200)),
            (r#"{"statusCode": "404"}"#, Some(404)),
            (r"{}", None),
            ("", None),
            (r#"{"statusCode": -1}"#, None),
        ] {
            assert_eq!(status(template), want, "{template}");
        }
    }

    proptest! {
        #[test]
        fn any_template_has_a_status_or_none(text in "(\\{\"statusCode\": ?)?[\\PC]{0,12}\\}?") {
            let _ = status(&text);
        }
    }
}
