//! A method: its logging and its integration.

use std::sync::Arc;

use model::apigateway as stored;
use model::apigateway::{AuthorizationType, HttpMethod, LoggingLevel};
use snapshot::{Authorization, Integration, Logging, Method};

use crate::integration;

/// Compiles a method; when its integration cannot be called, also says why.
pub(crate) fn compile(
    stage: &stored::Stage,
    resource: &stored::Resource,
    verb: HttpMethod,
    method: &stored::Method,
) -> (Method, Option<String>) {
    let (integration, broken) = match integration::compile(stage, method) {
        Ok(integration) => (integration, None),
        Err(why) => (Integration::Broken { why: why.as_str().into() }, Some(why)),
    };
    let compiled = Method {
        resource_id: resource.id.clone(),
        resource_path: Arc::from(resource.path.as_str()),
        verb: verb.as_str(),
        authorization: match method.authorization {
            AuthorizationType::None => Authorization::None,
            AuthorizationType::AwsIam => Authorization::Iam,
        },
        logging: logging(stage, &resource.path, verb),
        integration,
    };
    (compiled, broken)
}

/// The verb requests carry; `None` for `ANY`.
pub(crate) fn verb(method: HttpMethod) -> Option<http::Method> {
    match method {
        HttpMethod::Any => None,
        HttpMethod::Delete => Some(http::Method::DELETE),
        HttpMethod::Get => Some(http::Method::GET),
        HttpMethod::Head => Some(http::Method::HEAD),
        HttpMethod::Options => Some(http::Method::OPTIONS),
        HttpMethod::Patch => Some(http::Method::PATCH),
        HttpMethod::Post => Some(http::Method::POST),
        HttpMethod::Put => Some(http::Method::PUT),
    }
}

/// The method's own settings, else those of `*/*`.
fn logging(stage: &stored::Stage, path: &str, verb: HttpMethod) -> Logging {
    let own = stage.method_settings.iter().find(|(key, _)| setting_names(key, path, verb));
    let all = || stage.method_settings.get("*/*");
    let Some(setting) = own.map(|(_, setting)| setting).or_else(all) else { return Logging::OFF };
    let (errors, info) = match setting.logging_level {
        LoggingLevel::Off => (false, false),
        LoggingLevel::Error => (true, false),
        LoggingLevel::Info => (true, true),
    };
    // Payloads are part of the INFO log; without a level nothing is logged.
    Logging { errors, info, payloads: errors && setting.data_trace_enabled }
}

/// Whether a key such as `~1pets~1{id}/GET` or `pets/GET` names this method. The root's path is empty or `~1`.
fn setting_names(key: &str, path: &str, verb: HttpMethod) -> bool {
    let Some((place, name)) = key.rsplit_once('/') else { return false };
    if name != verb.as_str() {
        return false;
    }
    let place = place.replace("~1", "/").replace("~0", "~");
    place.trim_start_matches('/') == path.trim_start_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_names_its_method_with_or_without_escapes() {
        for (key, names) in [
            ("~1pets~1{id}/GET", true),
            ("pets~1{id}/GET", true),
            ("/pets/{id}/GET", true),
            ("~1pets/GET", false),
            ("~1pets~1{id}/PUT", false),
            ("*/*", false),
        ] {
            assert_eq!(setting_names(key, "/pets/{id}", HttpMethod::Get), names, "{key}");
        }
        assert!(setting_names("~1/GET", "/", HttpMethod::Get));
    }
}
