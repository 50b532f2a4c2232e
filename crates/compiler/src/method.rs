//! A method: its limits, its logging and its integration.

use std::sync::Arc;

use base::Scope;
use model::apigateway as stored;
use model::apigateway::{AuthorizationType, HttpMethod, LoggingLevel};
use snapshot::{Authorization, AuthorizerJudge, Integration, Logging, Method, StageThrottle, ThrottleSource};

use crate::authorizer::{self, Authorizers};
use crate::integration::{self, Place};
use crate::stage::Buckets;
use crate::usage_plan;

/// Compiles a method; when its integration cannot be called, also says why.
pub(crate) fn compile(
    (scope, stage, authorizers): (&Scope, &stored::Stage, &Authorizers),
    resource: &stored::Resource,
    verb: HttpMethod,
    method: &stored::Method,
    buckets: &Buckets<'_>,
) -> (Method, Option<String>) {
    let place = Place { scope, stage, path: &resource.path, verb };
    let (integration, broken) = match integration::compile(&place, method) {
        Ok(integration) => (integration, None),
        Err(why) => (Integration::Broken { why: why.as_str().into() }, Some(why)),
    };
    let authorization = match method.authorization {
        AuthorizationType::None => Authorization::None,
        AuthorizationType::AwsIam => Authorization::Iam,
        AuthorizationType::Custom => Authorization::Custom({
            let named = method.authorizer_id.as_ref();
            named.and_then(|id| authorizers.get(id).cloned()).unwrap_or_else(|| authorizer::missing(named))
        }),
    };
    let broken = broken.or_else(|| closed_by(&authorization));
    let plan_key: Arc<str> = format!("{}/{verb}", resource.path.trim_end_matches('/')).into();
    let bucket = buckets.get(&*plan_key).map(|bucket| Arc::clone(bucket)).unwrap_or_default();
    let throttle = throttle(stage, &resource.path, verb).map(|(source, throttle)| StageThrottle {
        limit: usage_plan::limit(throttle),
        source,
        bucket,
    });
    let compiled = Method {
        api_key_required: method.api_key_required,
        throttle,
        plan_key,
        resource_id: resource.id.clone(),
        resource_path: Arc::from(resource.path.as_str()),
        verb: verb.as_str(),
        operation_name: method.operation_name.as_deref().map(Arc::from),
        authorization,
        logging: logging(stage, &resource.path, verb),
        integration,
    };
    (compiled, broken)
}

/// Why no caller can be let in, where that is so.
fn closed_by(authorization: &Authorization) -> Option<String> {
    let Authorization::Custom(authorizer) = authorization else { return None };
    match &authorizer.judge {
        AuthorizerJudge::Function(_) | AuthorizerJudge::Jwt(_) => None,
        AuthorizerJudge::Broken { why } => Some(format!("its authorizer `{}` cannot be asked: {why}", authorizer.name)),
    }
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

/// The method's own throttle, else that of `*/*`.
fn throttle(stage: &stored::Stage, path: &str, verb: HttpMethod) -> Option<(ThrottleSource, stored::Throttle)> {
    let own = stage.method_settings.iter().filter(|(key, _)| setting_names(key, path, verb));
    let own = own.filter_map(|(_, setting)| Some((ThrottleSource::Method, limits(*setting)?)));
    let all = || Some((ThrottleSource::Stage, limits(*stage.method_settings.get("*/*")?)?));
    // Two keys may name one method, with and without escapes; the narrower one counts.
    own.min_by(|(_, one), (_, other)| rate(one).total_cmp(&rate(other))).or_else(all)
}

fn rate(throttle: &stored::Throttle) -> f64 {
    throttle.rate_limit.unwrap_or(f64::INFINITY)
}

/// A setting's limits; -1 sets none.
fn limits(setting: stored::MethodSetting) -> Option<stored::Throttle> {
    let burst_limit = setting.throttling_burst_limit.filter(|burst| *burst >= 0);
    let rate_limit = setting.throttling_rate_limit.filter(|rate| *rate >= 0.0);
    (burst_limit.is_some() || rate_limit.is_some()).then_some(stored::Throttle { burst_limit, rate_limit })
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
