//! An integration's URI: stage variables filled in, `{parameters}` kept, checked once.

use std::collections::BTreeMap;

use http::uri::{Authority, Scheme};
use snapshot::integration::UriPiece;

/// A checked URI template.
#[derive(Debug)]
pub(crate) struct Endpoint {
    /// `http` or `https`.
    pub(crate) scheme: Scheme,
    /// Set when no parameter stands in it.
    pub(crate) authority: Option<Authority>,
    /// The rest: the path and query when `authority` is set, else everything behind `://`.
    pub(crate) target: Vec<UriPiece>,
}

/// Reads a URI such as `http://${stageVariables.host}/pets/{id}`.
pub(crate) fn compile(text: &str, variables: &BTreeMap<String, String>) -> Result<Endpoint, String> {
    let filled = fill(text, variables)?;
    let (scheme, rest) = if let Some(rest) = filled.strip_prefix("https://") {
        (Scheme::HTTPS, rest)
    } else if let Some(rest) = filled.strip_prefix("http://") {
        (Scheme::HTTP, rest)
    } else {
        return Err(format!("its URI `{filled}` begins with neither http:// nor https://"));
    };
    if let Some(bad) =
        rest.bytes().find(|byte| !byte.is_ascii_graphic() || matches!(byte, b'#' | b'\\' | b'"' | b'<' | b'>'))
    {
        return Err(format!("its URI `{filled}` holds the byte 0x{bad:02x}"));
    }
    let host_end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_end);
    if host.contains(['{', '}']) {
        return Ok(Endpoint { scheme, authority: None, target: pieces(rest)? });
    }
    let authority: Authority = host.parse().map_err(|_| format!("`{host}` in its URI is not a host"))?;
    if authority.host().is_empty() || host.contains('@') || !is_port(&host[authority.host().len()..]) {
        return Err(format!("`{host}` in its URI is not a host"));
    }
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    Ok(Endpoint { scheme, authority: Some(authority), target: pieces(&path)? })
}

/// Nothing, or a colon and a port. SECURITY: `evil:80.internal` would lead to `evil`.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|port| {
            port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
        })
}

const MARK: &str = "${stageVariables.";

/// Replaces every `${stageVariables.NAME}`.
pub(crate) fn fill(text: &str, variables: &BTreeMap<String, String>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(MARK) {
        filled.push_str(&rest[..start]);
        let behind = &rest[start + MARK.len()..];
        let end = behind.find('}').ok_or_else(|| format!("`{text}` has a stage variable that does not end"))?;
        let name = &behind[..end];
        let value =
            variables.get(name).ok_or_else(|| format!("the stage has no variable `{name}`, which `{text}` names"))?;
        filled.push_str(value);
        rest = &behind[end + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

fn pieces(text: &str) -> Result<Vec<UriPiece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        if start > 0 {
            pieces.push(UriPiece::Text(rest[..start].to_owned()));
        }
        let behind = &rest[start + 1..];
        let end = behind.find('}').ok_or_else(|| format!("`{text}` has a parameter that does not end"))?;
        let name = behind[..end].trim_end_matches('+');
        if name.is_empty() || name.contains('{') {
            return Err(format!("`{text}` has a parameter without a name"));
        }
        pieces.push(UriPiece::Parameter(name.to_owned()));
        rest = &behind[end + 1..];
    }
    if rest.contains('}') {
        return Err(format!("`{text}` has a `}}` without a `{{`"));
    }
    if !rest.is_empty() {
        pieces.push(UriPiece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn variables() -> BTreeMap<String, String> {
        BTreeMap::from([("up".to_owned(), "127.0.0.1:9".to_owned()), ("evil".to_owned(), "a b".to_owned())])
    }

    #[test]
    fn a_uri_is_filled_and_cut() {
        let endpoint = compile("http://${stageVariables.up}/pets/{id}?x={y}", &variables()).expect("good");
        assert_eq!(endpoint.authority.expect("fixed").as_str(), "127.0.0.1:9");
        assert_eq!(
            endpoint.target,
            [
                UriPiece::Text("/pets/".into()),
                UriPiece::Parameter("id".into()),
                UriPiece::Text("?x=".into()),
                UriPiece::Parameter("y".into()),
            ]
        );
    }

    #[test]
    fn a_uri_that_cannot_be_called_says_why() {
        for (text, why) in [
            ("ftp://x", "neither http"),
            ("http://${stageVariables.no}/", "no variable `no`"),
            ("http://${stageVariables.evil}/", "0x20"),
            ("http://${stageVariables.up/", "does not end"),
            ("http://user@host/", "not a host"),
            ("http:///path", "not a host"),
            ("http://h/{", "does not end"),
            ("http://h/{}", "without a name"),
            ("http://h/}", "without a `{`"),
            ("http://h/a#b", "0x23"),
        ] {
            let fault = compile(text, &variables()).expect_err(text);
            assert!(fault.contains(why), "{text}: {fault}");
        }
    }

    #[test]
    fn a_uri_without_a_path_asks_for_the_root() {
        let endpoint = compile("https://example.com?a=b", &variables()).expect("good");
        assert_eq!(endpoint.target, [UriPiece::Text("/?a=b".into())]);
    }

    #[test]
    fn a_port_is_a_number() {
        // The library takes the host before the colon and forgets what is no number behind it.
        for host in ["h:80.internal", "h:", "h:65536", "h:x", "[::1]:80.internal", "[::1]x"] {
            let fault = compile(&format!("http://{host}/"), &variables()).expect_err(host);
            assert!(fault.contains("not a host"), "{host}: {fault}");
        }
        for host in ["h:80", "[::1]:80", "[::1]", "h"] {
            assert!(compile(&format!("http://{host}/"), &variables()).is_ok(), "{host}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_endpoint_or_says_why(
            text in "(https?://)?([a-z.:@{}/?#]|\\$\\{stageVariables\\.[a-z]{0,4}\\}?|\\PC){0,12}", value in "\\PC{0,12}"
        ) {
            let variables = BTreeMap::from([("up".to_owned(), value)]);
            if let Ok(endpoint) = compile(&text, &variables) {
                let host = endpoint.authority.as_ref().map_or("-", |authority| authority.host());
                prop_assert!(!host.is_empty() && !host.contains('@'));
                let good = |piece: &UriPiece| match piece {
                    UriPiece::Text(text) => text.bytes().all(|byte| byte.is_ascii_graphic()),
                    UriPiece::Parameter(name) => !name.is_empty(),
                };
                prop_assert!(endpoint.target.iter().all(good));
            }
        }
    }
}
