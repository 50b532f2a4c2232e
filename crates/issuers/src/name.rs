//! When two URLs name one issuer.

use std::net::Ipv4Addr;

/// An issuer's URL in one form: a host has no case, and no path is the same as `/`. None where it is no URL of an issuer:
/// `https`, or `http` on the loopback.
pub fn named(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if rest.is_empty() || !(scheme == "https" || (scheme == "http" && is_loopback(url))) {
        return None;
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.to_ascii_lowercase();
    Some(if path.is_empty() { format!("{scheme}://{host}") } else { format!("{scheme}://{host}/{path}") })
}

/// Whether a URL is for this machine, by its own words.
pub(crate) fn is_loopback(url: &str) -> bool {
    let Ok(url) = url.parse::<http::Uri>() else { return false };
    let Some(host) =
        url.authority().filter(|authority| !authority.as_str().contains('@')).map(http::uri::Authority::host)
    else {
        return false;
    };
    host == "localhost" || host == "[::1]" || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_one_name() {
        for (url, name) in [
            ("https://Issuer.example", Some("https://issuer.example")),
            ("https://issuer.example/", Some("https://issuer.example")),
            ("https://issuer.example/Realm", Some("https://issuer.example/Realm")),
            ("https://issuer.example/Realm/", Some("https://issuer.example/Realm/")),
            ("http://127.0.0.1:9/a", Some("http://127.0.0.1:9/a")),
            ("http://localhost:9", Some("http://localhost:9")),
            ("http://issuer.example", None),
            ("http://localhost.example", None),
            ("http://127.0.0.1@issuer.example", None),
            ("http://[::1]:80/", Some("http://[::1]:80")),
            ("https://", None),
            ("file:///etc/passwd", None),
            ("issuer.example", None),
        ] {
            assert_eq!(named(url).as_deref(), name, "{url}");
        }
    }
}
