//! What a usage plan may be. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlan.html>

use base::limits::METHOD_THROTTLES_PER_STAGE;
use base::{Quota, QuotaPeriod, Timestamp};
use model::apigateway::{ApiStage, HttpMethod, Throttle};

use crate::error::Error;

/// The longest name, description and product code, in characters.
const TEXT_CHARS_MAX: usize = 1024;
/// The longest name of a method: a path and a verb.
const METHOD_BYTES_MAX: usize = 2048;

/// A name: anything but nothing.
pub(crate) fn name(name: &str) -> Result<(), Error> {
    if name.trim().is_empty() {
        return Err(Error::bad_request("Usage Plan name cannot be empty"));
    }
    text("name", Some(name.to_owned())).map(drop)
}

/// A description or product code; an empty one is none.
pub(crate) fn text(what: &str, text: Option<String>) -> Result<Option<String>, Error> {
    match text.filter(|text| !text.is_empty()) {
        Some(long) if long.chars().count() > TEXT_CHARS_MAX => {
            Err(Error::bad_request(format!("Usage Plan {what} can be at most {TEXT_CHARS_MAX} characters long")))
        }
        text => Ok(text),
    }
}

/// A throttle. Nothing but numbers that limit something.
// SECURITY: a rate that is no number would limit nothing.
pub(crate) fn throttle(throttle: &Throttle) -> Result<(), Error> {
    if throttle.rate_limit.is_some_and(|rate| !rate.is_finite() || rate < 0.0) {
        return Err(Error::bad_request("Usage Plan throttle rate limit must be a number that is not negative"));
    }
    if throttle.burst_limit.is_some_and(|burst| burst < 0) {
        return Err(Error::bad_request("Usage Plan throttle burst limit must not be negative"));
    }
    Ok(())
}

/// A quota as it is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Calls in a period.
    pub(crate) limit: Option<i32>,
    /// How many fewer in the first one.
    pub(crate) offset: Option<i32>,
    /// The period.
    pub(crate) period: Option<QuotaPeriod>,
}

/// A quota: it counts from `now` on.
pub(crate) fn quota(asked: Asked, now: Timestamp) -> Result<Quota, Error> {
    let Some(period) = asked.period else { return Err(Error::bad_request("Usage Plan quota must have a period")) };
    let Some(limit) = asked.limit else { return Err(Error::bad_request("Usage Plan quota must have a limit")) };
    let limit = u32::try_from(limit).map_err(|_| Error::bad_request("Usage Plan quota limit must not be negative"))?;
    let offset = u32::try_from(asked.offset.unwrap_or_default())
        .map_err(|_| Error::bad_request("Usage Plan quota offset must not be negative"))?;
    Ok(Quota { limit, offset, period, since: now })
}

/// A method's name in a plan, `/pets/{id}/GET` (`/GET` at the root), whether it was written so, escaped, or without its
/// first slash.
pub(crate) fn method(name: &str) -> Result<String, Error> {
    let plain = name.replace("~1", "/").replace("~0", "~");
    let plain = format!("/{}", plain.trim_start_matches('/'));
    let verb = plain.rsplit_once('/').and_then(|(_, verb)| HttpMethod::parse(verb));
    if verb.is_none() || plain.len() > METHOD_BYTES_MAX {
        let shown: String = name.chars().take(128).collect();
        return Err(Error::bad_request(format!(
            "Invalid method throttle specified: {shown}. It must be a resource's path and a verb, such as /pets/GET"
        )));
    }
    Ok(plain)
}

/// A stage's part of a plan.
pub(crate) fn stage(stage: &ApiStage) -> Result<(), Error> {
    if stage.throttle.len() > METHOD_THROTTLES_PER_STAGE {
        let most = format!("A stage of a Usage Plan can throttle at most {METHOD_THROTTLES_PER_STAGE} methods");
        return Err(Error::LimitExceeded(most));
    }
    stage.throttle.values().try_for_each(throttle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throttle_is_made_of_numbers_that_limit() {
        for (rate_limit, burst_limit, good) in [
            (Some(0.0), Some(0), true),
            (Some(10.5), None, true),
            (None, Some(5), true),
            (None, None, true),
            (Some(-1.0), None, false),
            (Some(f64::NAN), None, false),
            (Some(f64::INFINITY), None, false),
            (None, Some(-1), false),
        ] {
            assert_eq!(throttle(&Throttle { burst_limit, rate_limit }).is_ok(), good, "{rate_limit:?} {burst_limit:?}");
        }
    }

    #[test]
    fn a_quota_needs_a_limit_and_a_period() {
        let asked = Asked { limit: Some(10), offset: Some(2), period: Some(QuotaPeriod::Week) };
        let made = quota(asked, Timestamp::UNIX_EPOCH).expect("it is whole");
        assert_eq!((made.limit, made.offset, made.period), (10, 2, QuotaPeriod::Week));
        for bad in [
            Asked { limit: None, ..asked },
            Asked { period: None, ..asked },
            Asked { limit: Some(-1), ..asked },
            Asked { offset: Some(-1), ..asked },
        ] {
            assert!(quota(bad, Timestamp::UNIX_EPOCH).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_method_is_a_path_and_a_verb() {
        for (name, expected) in [
            ("/pets/GET", Some("/pets/GET")),
            ("pets/GET", Some("/pets/GET")),
            ("~1pets~1{id}/ANY", Some("/pets/{id}/ANY")),
            ("//GET", Some("/GET")),
            ("/pets", None),
            ("/pets/get", None),
            ("*/*", None),
            ("", None),
            ("GET", Some("/GET")),
        ] {
            assert_eq!(method(name).ok().as_deref(), expected, "{name}");
        }
    }
}
