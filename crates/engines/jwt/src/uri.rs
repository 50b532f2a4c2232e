//! `jwt://ISSUER-HOST/PATH?audience=…&scope=…`: how an authorizer of our own is written where AWS has a function's URI.
//!
//! The issuer is `https://` and everything up to the `?`, byte for byte, so that a slash at the end is the owner's choice.
//! `jwt+http://` is for an issuer on this machine, while somebody tries things.

use std::net::Ipv4Addr;

use base::limits::{JWT_AUDIENCES_MAX, JWT_SCOPES_MAX, JWT_URI_BYTES_MAX};
use percent_encoding::percent_decode_str;

/// An authorizer that checks tokens, as its URI says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizerUri {
    /// The issuer's URL: `https`, or `http` on the loopback.
    pub issuer: String,
    /// Whom tokens may be made out to; at least one.
    pub audiences: Vec<String>,
    /// The scopes of which a token must grant one, if there are any.
    pub scopes: Vec<String>,
}

/// Why a text is no such URI.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAuthorizerUri {
    /// Its scheme is another.
    #[error("it does not begin with `jwt://`")]
    Scheme,
    /// It is longer than is read.
    #[error("it is longer than {JWT_URI_BYTES_MAX} bytes")]
    TooLong,
    /// It holds what no URL holds.
    #[error("it holds a character that no URL holds")]
    Character,
    /// Its host or its port is none.
    #[error("`{0}` is not a host with perhaps a port")]
    Host(String),
    /// `jwt+http` for a host that is not this machine.
    #[error("`jwt+http://` is for issuers on the loopback only")]
    Plain,
    /// Its path leads somewhere else.
    #[error("its path holds an empty, `.` or `..` segment")]
    Path,
    /// A query parameter that is not `audience` or `scope`.
    #[error("`{0}` is not a parameter; there are `audience` and `scope`")]
    Parameter(String),
    /// A value that is empty or holds what no audience or scope can hold.
    #[error("the value of `{0}` is empty or holds a character that it cannot hold")]
    Value(&'static str),
    /// No audience, so that a token for anybody would do.
    #[error("it names no `audience`")]
    NoAudience,
    /// More audiences than are taken.
    #[error("it names more than {JWT_AUDIENCES_MAX} audiences")]
    Audiences,
    /// More scopes than are taken.
    #[error("it names more than {JWT_SCOPES_MAX} scopes")]
    Scopes,
}

const TLS: (&str, &str) = ("jwt://", "https://");
const PLAIN: (&str, &str) = ("jwt+http://", "http://");

impl AuthorizerUri {
    /// Whether a text means to be one: what does not compile must not be taken for something else.
    pub fn is_meant(text: &str) -> bool {
        let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        begins(TLS.0) || begins(PLAIN.0)
    }

    /// Reads the URI.
    pub fn parse(text: &str) -> Result<Self, NoAuthorizerUri> {
        if text.len() > JWT_URI_BYTES_MAX {
            return Err(NoAuthorizerUri::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte)) {
            return Err(NoAuthorizerUri::Character);
        }
        let with = |(own, url): (&str, &'static str)| text.strip_prefix(own).map(|rest| (url, rest));
        let (scheme, rest) = with(TLS).or_else(|| with(PLAIN)).ok_or(NoAuthorizerUri::Scheme)?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = place.find('/').map_or((place, ""), |at| place.split_at(at));
        let host = host(authority).ok_or_else(|| NoAuthorizerUri::Host(authority.to_owned()))?;
        if scheme == PLAIN.1 && !is_loopback(host) {
            return Err(NoAuthorizerUri::Plain);
        }
        check_path(path)?;
        let mut read = Self { issuer: format!("{scheme}{place}"), audiences: Vec::new(), scopes: Vec::new() };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            read.add(pair)?;
        }
        match (read.audiences.len(), read.scopes.len()) {
            (0, _) => Err(NoAuthorizerUri::NoAudience),
            (audiences, _) if audiences > JWT_AUDIENCES_MAX => Err(NoAuthorizerUri::Audiences),
            (_, scopes) if scopes > JWT_SCOPES_MAX => Err(NoAuthorizerUri::Scopes),
            _ => Ok(read),
        }
    }

    fn add(&mut self, pair: &str) -> Result<(), NoAuthorizerUri> {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = |name| percent_decode_str(value).decode_utf8().map_err(|_| NoAuthorizerUri::Value(name));
        match name {
            "audience" => {
                let audience = decoded("audience")?;
                if audience.is_empty() || audience.chars().any(char::is_control) {
                    return Err(NoAuthorizerUri::Value("audience"));
                }
                self.audiences.push(audience.into_owned());
            }
            "scope" => {
                let scope = decoded("scope")?;
                // RFC 6749, 3.3: visible ASCII without `"` and `\`; a blank would make two of it.
                let is_scope = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
                if scope.is_empty() || !scope.bytes().all(is_scope) {
                    return Err(NoAuthorizerUri::Value("scope"));
                }
                self.scopes.push(scope.into_owned());
            }
            other => return Err(NoAuthorizerUri::Parameter(other.to_owned())),
        }
        Ok(())
    }
}

/// The host of `host[:port]`, if it is one.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(literal) => {
            let end = literal.find(']')? + 2;
            let (host, port) = authority.split_at(end);
            host[1..end - 1].parse::<std::net::Ipv6Addr>().ok()?;
            (host, port.strip_prefix(':').or(port.is_empty().then_some("")))
        }
        None => authority
            .split_once(':')
            .map_or((authority, Some("")), |(host, port)| (host, Some(port).filter(|port| !port.is_empty()))),
    };
    let port = port?;
    if !port.is_empty()
        && (port.starts_with('0') || !port.bytes().all(|byte| byte.is_ascii_digit()) || port.parse::<u16>().is_err())
    {
        return None;
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_name = host.len() <= 253 && host.split('.').all(is_label);
    (host.starts_with('[') || is_name).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

fn check_path(path: &str) -> Result<(), NoAuthorizerUri> {
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        // A slash may end the issuer, and only end it.
        if matches!(segment, "." | "..") || (segment.is_empty() && segments.peek().is_some()) {
            return Err(NoAuthorizerUri::Path);
        }
    }
    Ok(())
}
