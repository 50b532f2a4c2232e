//! The meter step's reasons in words.

use crate::reason::{Meter, ThrottleLayer};

/// A reason in words.
pub(super) fn sentence(reason: &Meter) -> String {
    match reason {
        Meter::Unmetered => "the method asks for no API key, and no limit but the account's is set".to_owned(),
        Meter::WithinThrottle { source } => {
            format!("the method asks for no API key, and the throttle of {} has room", source.name())
        }
        Meter::WithinPlan { key, plan } => format!("API key `{key}` may call by usage plan `{plan}`, which has room"),
        Meter::NoKey => "the method asks for an API key, and the request brings none".to_owned(),
        Meter::RepeatedKey => "the request brings more than one API key".to_owned(),
        Meter::UnknownKey => "the method asks for an API key, and no key of this account has the value sent".to_owned(),
        Meter::DisabledKey { key } => format!("API key `{key}` is not enabled"),
        Meter::NoPlan { key } => format!("API key `{key}` belongs to no usage plan that has this stage"),
        Meter::Throttled { source, key, plan, rate_milli, burst } => {
            let whose = match (source, key, plan) {
                (ThrottleLayer::PlanMethod | ThrottleLayer::Plan, Some(key), Some(plan)) => {
                    format!(" `{plan}`, whose API key is `{key}`,")
                }
                (..) => String::new(),
            };
            let rate = rate(*rate_milli);
            format!("the throttle of {}{whose} lets pass {rate} a second and {burst} at once", source.name())
        }
        Meter::QuotaExceeded { key, plan, limit, period } => {
            let period = period.as_str();
            format!("API key `{key}` has used up the quota of usage plan `{plan}`: {limit} a {period}")
        }
        Meter::QuotaUncounted { key, plan, why } => {
            format!("the quota of usage plan `{plan}` for API key `{key}` cannot be counted: {why}")
        }
    }
}

/// Thousandths of requests a second, without needless zeros.
fn rate(milli: u64) -> String {
    let text = format!("{}.{:03}", milli / 1000, milli % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn a_rate_is_written_without_needless_zeros() {
        for (milli, text) in [(0, "0"), (1000, "1"), (1500, "1.5"), (10, "0.01"), (10_000_000, "10000")] {
            assert_eq!(rate(milli), text);
        }
    }
}
