//! An integration: where it calls, what it sends, what becomes of the answer.

use std::sync::Arc;
use std::time::Duration;

use model::apigateway as stored;
use model::apigateway::{IntegrationType, PassthroughBehavior};
use snapshot::{HttpCall, HttpIntegration, Integration, Mock, Passthrough};

use crate::{answers, mapping, uri};

/// Compiles a method's integration. An error closes the method.
pub(crate) fn compile(stage: &stored::Stage, method: &stored::Method) -> Result<Integration, String> {
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
    })
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
        timeout: Duration::from_millis(u64::try_from(integration.timeout_ms).map_err(|_| "its timeout is negative")?),
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
