//! What web ACLs have seen: samples of requests, and the addresses that rate-based rules limit.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-testing-view-sample.html>

mod sampled_requests;
mod managed_keys;
mod shapes;
#[cfg(test)]
mod tests;

use operation::Registered;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<sampled_requests::GetSampledRequests>(),
        Registered::of::<managed_keys::GetRateBasedStatementManagedKeys>(),
    ]
}
