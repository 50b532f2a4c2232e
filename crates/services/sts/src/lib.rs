//! The service sts: who calls. Temporary credentials are refused by name until they exist.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html>
//!
//! It must not know: the snapshot, HTTP, other services. Begin with [`service`], the table of its operations.

mod get_caller_identity;
mod refused;

use operation::{Registered, Service};
use wire::Protocol;

/// The service's table.
pub fn service() -> Service {
    Service {
        name: "sts",
        event_source: "sts.amazonaws.com",
        api_version: "2011-06-15",
        xml_namespace: Some("https://sts.amazonaws.com/doc/2011-06-15/"),
        protocol: Protocol::Query,
        targets: &[],
        global: true,
        tags: operation::no_tags,
        operations: vec![Registered::of::<get_caller_identity::GetCallerIdentity>()],
        refused: refused::all(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_operation_of_the_api_is_served_or_refused_once() {
        let service = super::service();
        let served = service.operations.iter().map(|known| known.spec.name);
        let mut names: Vec<_> = served.chain(service.refused.iter().map(|known| known.name)).collect();
        names.sort_unstable();
        let expected = [
            "AssumeRole",
            "AssumeRoleWithSAML",
            "AssumeRoleWithWebIdentity",
            "AssumeRoot",
            "DecodeAuthorizationMessage",
            "GetAccessKeyInfo",
            "GetCallerIdentity",
            "GetDelegatedAccessToken",
            "GetFederationToken",
            "GetScopedCredentials",
            "GetSessionToken",
            "GetWebIdentityToken",
        ];
        assert_eq!(names, expected);
    }
}
