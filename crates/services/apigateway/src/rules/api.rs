//! What a REST API's own settings may be. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html>

use model::apigateway as stored;

use crate::choices::{ApiKeySourceType, EndpointAccessMode, EndpointType, IpAddressType, SecurityPolicy};
use crate::error::Error;

/// The longest name and description, in characters.
const TEXT_CHARS_MAX: usize = 1024;

/// A name: anything but nothing.
pub(crate) fn name(name: &str) -> Result<(), Error> {
    if name.trim().is_empty() {
        return Err(Error::bad_request("Name cannot be empty"));
    }
    if name.chars().count() > TEXT_CHARS_MAX {
        return Err(Error::bad_request(format!(
            "Invalid API name specified, can be at most {TEXT_CHARS_MAX} characters."
        )));
    }
    Ok(())
}

/// A description, where one is given at creation.
pub(crate) fn description(description: Option<&str>) -> Result<(), Error> {
    if description == Some("") {
        return Err(Error::bad_request("Description cannot be an empty string"));
    }
    if description.is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
        return Err(Error::bad_request(format!(
            "Invalid API description specified, can be at most {TEXT_CHARS_MAX} characters."
        )));
    }
    Ok(())
}

/// An endpoint configuration as it is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// One type; absent for `EDGE`.
    pub(crate) types: Option<Vec<EndpointType>>,
    /// `ipv4` unless said.
    pub(crate) ip_address_type: Option<IpAddressType>,
    /// The interface endpoints of a private API.
    pub(crate) vpc_endpoint_ids: Vec<String>,
}

/// How an API is reached.
pub(crate) fn endpoint(endpoint: &Endpoint) -> Result<stored::EndpointType, Error> {
    let kind = match endpoint.types.as_deref() {
        None | Some([EndpointType::Edge]) => stored::EndpointType::Edge,
        Some([]) => {
            return Err(Error::bad_request("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED."));
        }
        Some([EndpointType::Regional]) => stored::EndpointType::Regional,
        Some([EndpointType::Private]) if endpoint.ip_address_type == Some(IpAddressType::Ipv4) => {
            return Err(Error::bad_request("Only dualstack ipAddressType is supported for Private APIs."));
        }
        Some([EndpointType::Private]) => return Err(Error::not_enforced("endpointConfiguration.types `PRIVATE`")),
        Some(_) => return Err(Error::bad_request("Cannot create an api with multiple Endpoint Types.")),
    };
    if endpoint.ip_address_type == Some(IpAddressType::Dualstack) {
        return Err(Error::not_enforced("endpointConfiguration.ipAddressType `dualstack`"));
    }
    if !endpoint.vpc_endpoint_ids.is_empty() {
        return Err(Error::not_enforced("endpointConfiguration.vpcEndpointIds"));
    }
    Ok(kind)
}

/// The TLS policies that exist so far.
pub(crate) fn security_policy(policy: SecurityPolicy) -> Result<stored::SecurityPolicy, Error> {
    match policy {
        SecurityPolicy::Tls10 => Ok(stored::SecurityPolicy::Tls10),
        SecurityPolicy::Tls12 => Ok(stored::SecurityPolicy::Tls12),
        SecurityPolicy::Tls13Only
        | SecurityPolicy::Tls13OnlyFips
        | SecurityPolicy::Tls12PfsPq
        | SecurityPolicy::Tls12FipsPq
        | SecurityPolicy::Tls12FipsPfsPq
        | SecurityPolicy::Tls12Pq
        | SecurityPolicy::Tls12Of2021
        | SecurityPolicy::EdgeTls13
        | SecurityPolicy::EdgeTls12Pfs
        | SecurityPolicy::EdgeTls12Of2018
        | SecurityPolicy::Tls12Ext2Pq
        | SecurityPolicy::Tls12Ext2FipsPq => {
            let name = wire::Choice::as_text(&policy);
            Err(Error::not_enforced(format!("securityPolicy `{name}`")))
        }
    }
}

/// Where API keys are read from.
pub(crate) fn key_source(source: ApiKeySourceType) -> stored::ApiKeySource {
    match source {
        ApiKeySourceType::Header => stored::ApiKeySource::Header,
        ApiKeySourceType::Authorizer => stored::ApiKeySource::Authorizer,
    }
}

/// What belongs to later capabilities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Later {
    /// Whether host and server name must agree.
    pub(crate) endpoint_access_mode: Option<EndpointAccessMode>,
    /// Compress answers from this size on.
    pub(crate) minimum_compression_size: Option<i32>,
}

/// The largest size compression may begin at (AWS).
const COMPRESSION_BYTES_MAX: i32 = 10_485_760;

/// Refuses what is not enforced yet; defaults pass.
pub(crate) fn later(later: &Later) -> Result<(), Error> {
    if later.minimum_compression_size.is_some_and(|size| !(0..=COMPRESSION_BYTES_MAX).contains(&size)) {
        return Err(Error::bad_request("Invalid minimum compression size, must be between 0 and 10485760"));
    }
    if later.endpoint_access_mode == Some(EndpointAccessMode::Strict) {
        return Err(Error::not_enforced("endpointAccessMode `STRICT`"));
    }
    if later.minimum_compression_size.is_some() {
        return Err(Error::not_enforced("minimumCompressionSize"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_edge_or_regional() {
        use EndpointType::{Edge, Private, Regional};
        let not_both = "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.";
        let private =
            "endpointConfiguration.types `PRIVATE` is not enforced by this version of Portcullis yet, so it is refused";
        for (types, expected) in [
            (None, Ok("EDGE")),
            (Some(vec![Edge]), Ok("EDGE")),
            (Some(vec![Regional]), Ok("REGIONAL")),
            (Some(vec![]), Err(not_both)),
            (Some(vec![Edge, Regional]), Err("Cannot create an api with multiple Endpoint Types.")),
            (Some(vec![Private]), Err(private)),
        ] {
            let found = endpoint(&Endpoint { types: types.clone(), ..Endpoint::default() });
            let found = found.map(stored::EndpointType::as_str).map_err(|error| error.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{types:?}");
        }
    }

    #[test]
    fn what_is_not_enforced_is_refused_and_its_default_is_not() {
        assert_eq!(later(&Later::default()), Ok(()));
        let defaults = Later { endpoint_access_mode: Some(EndpointAccessMode::Basic), minimum_compression_size: None };
        assert_eq!(later(&defaults), Ok(()));
        for refused in [
            Later { endpoint_access_mode: Some(EndpointAccessMode::Strict), ..Later::default() },
            Later { minimum_compression_size: Some(0), ..Later::default() },
            Later { minimum_compression_size: Some(-1), ..Later::default() },
        ] {
            assert!(later(&refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn a_name_is_not_empty() {
        for (text, good) in [("pets", true), ("", false), ("  ", false), (&"x".repeat(1025), false)] {
            assert_eq!(name(text).is_ok(), good, "{text}");
        }
        assert!(description(Some("")).is_err() && description(None).is_ok());
    }
}
