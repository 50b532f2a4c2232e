//! The URI of an integration: a function's invocation, or `http` or `https`, a host, `{parameters}` and `${stageVariables.NAME}`.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html>

use base::Scope;
use snapshot::{FunctionArn, NoInvocation};

use super::stage_reference;
use crate::error::Error;

/// Longer URIs reach no server of ours.
const URI_BYTES_MAX: usize = 8192;

/// Checks a URI.
pub(crate) fn check(uri: &str) -> Result<(), Error> {
    if is_endpoint(uri) { Ok(()) } else { Err(Error::bad_request("Invalid HTTP endpoint specified for URI")) }
}

/// Checks the invocation of a function in this region. Other services of AWS are refused by name.
pub(crate) fn check_function(uri: &str, scope: &Scope) -> Result<(), Error> {
    let invalid = || Error::bad_request("AWS ARN for integration must contain path or action");
    if uri.len() > URI_BYTES_MAX {
        return Err(invalid());
    }
    // A stage variable may be a function's name or qualifier, or a part of either; `1` is a valid part of both.
    let filled = stage_reference::replace(uri, "1").ok_or_else(invalid)?;
    match FunctionArn::of_invocation(&filled) {
        Ok(function) if function.region == scope.region => Ok(()),
        Ok(_) => Err(Error::bad_request(format!(
            "Invalid region in the integration's ARN; functions run in {}",
            scope.region
        ))),
        Err(NoInvocation::Service(service)) => {
            Err(Error::not_enforced(format!("an integration with the service `{service}`")))
        }
        Err(NoInvocation::Function(_)) => Err(Error::bad_request("Invalid function ARN or invalid uri")),
        Err(NoInvocation::Form) => Err(invalid()),
    }
}

fn is_endpoint(uri: &str) -> bool {
    if uri.len() > URI_BYTES_MAX {
        return false;
    }
    // A stage variable may be a whole host, a port or a part of either; `1` is a valid part of all of them.
    let Some(filled) = stage_reference::replace(uri, "1").and_then(|uri| without_parameters(&uri)) else {
        return false;
    };
    // The scheme is written out, because it decides about TLS.
    let scheme = ["http://", "https://"].into_iter().find(|scheme| uri.starts_with(scheme));
    let Some(rest) = scheme.and_then(|scheme| filled.strip_prefix(scheme)) else { return false };
    let fits = |byte: u8| byte.is_ascii_graphic() && !b"#\\\"<>^`{|}".contains(&byte);
    rest.bytes().all(fits) && is_authority(&rest[..rest.find(['/', '?']).unwrap_or(rest.len())])
}

/// The URI with `1` where `{name}` or `{name+}` stood; `None` where a brace does not pair.
fn without_parameters(uri: &str) -> Option<String> {
    let mut filled = String::with_capacity(uri.len());
    let mut rest = uri;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        let behind = &rest[start + 1..];
        let end = behind.find('}')?;
        let name = behind[..end].strip_suffix('+').unwrap_or(&behind[..end]);
        if !super::parameters::is_name("path", name) {
            return None;
        }
        filled.push('1');
        rest = &behind[end + 1..];
    }
    filled.push_str(rest);
    Some(filled)
}

/// `host` or `host:port`. SECURITY: user information would hide the real host from a reader.
fn is_authority(text: &str) -> bool {
    if let Some(bracketed) = text.strip_prefix('[') {
        let Some((address, port)) = bracketed.split_once(']') else { return false };
        return address.parse::<std::net::Ipv6Addr>().is_ok() && is_port_suffix(port);
    }
    let (host, port) = text.find(':').map_or((text, ""), |colon| text.split_at(colon));
    let is_label = |label: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.len() <= 63 && label.bytes().all(fits)
    };
    let labels = host.strip_suffix('.').unwrap_or(host);
    labels.len() <= 253 && labels.split('.').all(is_label) && is_port_suffix(port)
}

fn is_port_suffix(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|port| {
            port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_uri_is_http_with_a_host() {
        for (uri, good) in [
            ("http://petstore.example/pets", true),
            ("https://petstore.example", true),
            ("http://localhost:8080/pets/{id}?a=b", true),
            ("http://127.0.0.1:9000", true),
            ("http://[::1]:9000/x", true),
            ("https://${stageVariables.host}/{proxy}", true),
            ("https://${stageVariables.host}:${stageVariables.port}/", true),
            ("https://a-${stageVariables.x}.example/${stageVariables.path}", true),
            ("http://{region}.example/", true),
            ("http://a.example/{proxy+}", true),
            ("http://a.example/a%20b", true),
            ("", false),
            ("petstore.example", false),
            ("ftp://a.example", false),
            ("HTTP://a.example", false),
            ("http://", false),
            ("http:///x", false),
            ("http://a b/", false),
            ("http://a.example/a b", false),
            ("http://a.example/\r\nX: y", false),
            ("http://user:pw@a.example/", false),
            ("http://a.example:0/", false),
            ("http://a.example:99999/", false),
            ("http://a.example:x/", false),
            ("http://a..b/", false),
            ("http://a.example/#part", false),
            ("http://a.example/{id", false),
            ("http://a.example/id}", false),
            ("http://a.example/{}", false),
            ("http://{a@b}.example/", false),
            ("http://${stageVariables.a-b}/", false),
            ("http://${stageVariables.host/", false),
            ("http://${other.host}/", false),
            ("${stageVariables.whole}", false),
            ("http://ä.example/", false),
            ("http://[::x]/", false),
        ] {
            assert_eq!(check(uri).is_ok(), good, "{uri:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in ".{0,200}") {
            let _ = check(&text);
        }

        #[test]
        fn what_passes_names_no_user(host in "[a-z@:./{}$]{1,30}") {
            if check(&format!("http://{host}")).is_ok() {
                prop_assert!(!host.split(['/', '?']).next().is_some_and(|authority| authority.contains('@')));
            }
        }
    }
}
