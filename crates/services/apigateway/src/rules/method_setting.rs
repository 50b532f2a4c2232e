//! What is logged, counted and cached of a method in a stage: `/{resource}/{method}/logging/loglevel` and its kin.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html>

use model::apigateway::{HttpMethod, LoggingLevel, MethodSetting};

use crate::error::Error;

/// AWS's default of what is not enforced yet, as it is read back, in seconds.
pub(crate) const CACHE_TTL_S: i32 = 300;

/// A setting that is asked for, by its two last path segments.
pub(crate) fn set(setting: &mut MethodSetting, name: &str, value: &str) -> Result<(), Error> {
    let not_enforced = || Error::not_enforced(format!("method setting {name} `{value}`"));
    let is_default = match name {
        "logging/loglevel" => {
            setting.logging_level = level(value)?;
            true
        }
        "logging/dataTrace" => {
            setting.data_trace_enabled = value.eq_ignore_ascii_case("true");
            true
        }
        "metrics/enabled" | "caching/enabled" | "caching/dataEncrypted" => !value.eq_ignore_ascii_case("true"),
        // AWS turns throttling off with -1.
        "throttling/burstLimit" => {
            let burst = number(name, value)?;
            setting.throttling_burst_limit = Some(burst).filter(|burst| *burst >= -1);
            setting.throttling_burst_limit.map(|_| true).ok_or_else(|| invalid(name, value))?
        }
        "throttling/rateLimit" => {
            setting.throttling_rate_limit = Some(rate(name, value)?);
            true
        }
        "caching/ttlInSeconds" => number(name, value)? == CACHE_TTL_S,
        "caching/requireAuthorizationForCacheControl" => value.eq_ignore_ascii_case("true"),
        "caching/unauthorizedCacheControlHeaderStrategy" => value == "SUCCEED_WITH_RESPONSE_HEADER",
        _ => return Err(invalid(name, value)),
    };
    if is_default { Ok(()) } else { Err(not_enforced()) }
}

/// The names [`set`] takes.
pub(crate) const NAMES: [&str; 10] = [
    "logging/loglevel",
    "logging/dataTrace",
    "metrics/enabled",
    "throttling/burstLimit",
    "throttling/rateLimit",
    "caching/enabled",
    "caching/ttlInSeconds",
    "caching/dataEncrypted",
    "caching/requireAuthorizationForCacheControl",
    "caching/unauthorizedCacheControlHeaderStrategy",
];

/// Whether a key such as `*/*`, `pets/GET` or `~1pets~1{id}/GET` names methods.
// SECURITY: a key that names none would set limits that never limit.
pub(crate) fn is_key(key: &str) -> bool {
    let Some((place, verb)) = key.rsplit_once('/') else { return false };
    !place.is_empty() && key.len() <= 2048 && (key == "*/*" || (place != "*" && HttpMethod::parse(verb).is_some()))
}

fn level(value: &str) -> Result<LoggingLevel, Error> {
    let found =
        [LoggingLevel::Off, LoggingLevel::Error, LoggingLevel::Info].into_iter().find(|level| level.as_str() == value);
    found.ok_or_else(|| Error::bad_request("Invalid logging level specified. Valid options are OFF,ERROR,INFO"))
}

fn number(name: &str, value: &str) -> Result<i32, Error> {
    value.parse().map_err(|_| invalid(name, value))
}

/// A rate, or -1 for none.
fn rate(name: &str, value: &str) -> Result<f64, Error> {
    let rate: f64 = value.parse().map_err(|_| invalid(name, value))?;
    let is_off = (rate + 1.0).abs() < f64::EPSILON;
    if is_off || (rate.is_finite() && rate >= 0.0) { Ok(rate) } else { Err(invalid(name, value)) }
}

fn invalid(name: &str, value: &str) -> Error {
    Error::bad_request(format!("Invalid value specified for {name}: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_and_throttling_are_set_and_everything_else_keeps_to_its_default() {
        for (name, value, good) in [
            ("logging/loglevel", "INFO", true),
            ("logging/loglevel", "OFF", true),
            ("logging/loglevel", "info", false),
            ("logging/dataTrace", "true", true),
            ("metrics/enabled", "false", true),
            ("metrics/enabled", "true", false),
            ("throttling/burstLimit", "5000", true),
            ("throttling/burstLimit", "-1", true),
            ("throttling/burstLimit", "0", true),
            ("throttling/burstLimit", "-2", false),
            ("throttling/burstLimit", "1.5", false),
            ("throttling/burstLimit", "99999999999", false),
            ("throttling/rateLimit", "10000.0", true),
            ("throttling/rateLimit", "0.5", true),
            ("throttling/rateLimit", "-1", true),
            ("throttling/rateLimit", "-1.0", true),
            ("throttling/rateLimit", "-0.5", false),
            ("throttling/rateLimit", "NaN", false),
            ("throttling/rateLimit", "inf", false),
            ("throttling/rateLimit", "", false),
            ("caching/enabled", "true", false),
            ("caching/ttlInSeconds", "300", true),
            ("caching/ttlInSeconds", "60", false),
            ("caching/dataEncrypted", "false", true),
            ("caching/requireAuthorizationForCacheControl", "true", true),
            ("caching/requireAuthorizationForCacheControl", "false", false),
            ("caching/unauthorizedCacheControlHeaderStrategy", "FAIL_WITH_403", false),
            ("logging/nonsense", "x", false),
        ] {
            assert_eq!(set(&mut MethodSetting::default(), name, value).is_ok(), good, "{name} {value}");
        }
        let mut setting = MethodSetting::default();
        set(&mut setting, "logging/loglevel", "ERROR").expect("a good level");
        assert_eq!(setting.logging_level, LoggingLevel::Error);
    }

    #[test]
    fn a_key_names_a_place_and_a_verb() {
        for (key, good) in [
            ("*/*", true),
            ("~1pets~1{id}/GET", true),
            ("pets/{id}/GET", true),
            ("~1/ANY", true),
            ("pets/*", false),
            ("*/GET", false),
            ("pets", false),
            ("/GET", false),
            ("pets/get", false),
        ] {
            assert_eq!(is_key(key), good, "{key}");
        }
    }
}
