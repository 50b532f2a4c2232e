//! The services a node answers for.

use operation::Service;

/// All of them. Conformance, coverage and the security matrix read this list too.
pub(crate) fn services() -> Vec<Service> {
    vec![
        apigateway::service(),
        lambda::service(),
        wafv2::service(),
        iam::service(),
        sts::service(),
        cloudtrail::service(),
        installation::service(),
    ]
}
