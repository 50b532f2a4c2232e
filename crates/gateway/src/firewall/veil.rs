//! What records of judged requests must not show: credentials never, and what the log's settings leave out.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/logging-management-configure.html>
//!
//! SECURITY: a value that is veiled is veiled wherever it is told: in the headers, in what matched, in what a rate counts by.

use std::borrow::Cow;

use snapshot::Redacted;
use waf::{Finding, LimitedPart, Request};

use super::page;

/// What stands in place of a value, as at AWS.
pub(crate) const HIDDEN: &str = "REDACTED";

/// Headers that are as good as a key to whoever reads them.
const CREDENTIALS: [&str; 6] =
    ["authorization", "proxy-authorization", "x-api-key", "x-amz-security-token", page::HEADER, page::SOLUTION];
/// The same in a query: of presigned URLs.
const CREDENTIAL_ARGUMENTS: [&str; 2] = ["x-amz-signature", "x-amz-security-token"];

/// What is hidden of one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Veil<'a> {
    redacted: Option<&'a Redacted>,
    /// The query holds a credential.
    presigned: bool,
    /// A cookie is the token.
    tokened: bool,
}

impl<'a> Veil<'a> {
    /// What credentials ask for, and the settings of a log.
    pub(crate) fn of(redacted: Option<&'a Redacted>, seen: &Request<'_>) -> Self {
        let names = seen.query.split(|byte| *byte == b'&').map(name_of);
        let presigned = names.into_iter().any(|name| is_one_of(&name, &CREDENTIAL_ARGUMENTS));
        let mut cookies = seen.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(b"cookie"));
        let tokened = cookies.any(|header| pairs(header.value).any(|(name, _)| name == page::COOKIE.as_bytes()));
        Self { redacted, presigned, tokened }
    }

    /// The method as it may be seen.
    pub(crate) fn method<'t>(&self, method: &'t [u8]) -> Cow<'t, str> {
        hide(self.redacted.is_some_and(|it| it.method), method)
    }

    /// The path as it may be seen.
    pub(crate) fn path<'t>(&self, path: &'t [u8]) -> Cow<'t, str> {
        hide(self.hides_path(), path)
    }

    /// The query as it may be seen.
    pub(crate) fn query<'t>(&self, query: &'t [u8]) -> Cow<'t, str> {
        if self.hides_query() || !self.presigned {
            return hide(self.hides_query(), query);
        }
        let shown = query.split(|byte| *byte == b'&').map(|argument| {
            if is_one_of(&name_of(argument), &CREDENTIAL_ARGUMENTS) {
                let name = argument.split(|byte| *byte == b'=').next().unwrap_or_default();
                [name, b"=", HIDDEN.as_bytes()].concat()
            } else {
                argument.to_vec()
            }
        });
        String::from_utf8_lossy(&shown.collect::<Vec<_>>().join(&b'&')).into_owned().into()
    }

    /// A header's value as it may be seen.
    pub(crate) fn header<'t>(&self, name: &[u8], value: &'t [u8]) -> Cow<'t, str> {
        if self.hides_header(&String::from_utf8_lossy(name)) {
            return HIDDEN.into();
        }
        if !self.tokened || !name.eq_ignore_ascii_case(b"cookie") {
            return String::from_utf8_lossy(value);
        }
        let shown = value.split(|byte| *byte == b';').map(|pair| {
            let named = pairs(pair).any(|(name, _)| name == page::COOKIE.as_bytes());
            if named { format!(" {}={HIDDEN}", page::COOKIE) } else { String::from_utf8_lossy(pair).into_owned() }
        });
        shown.collect::<Vec<_>>().join(";").trim_start().to_owned().into()
    }

    /// What matched, as it may be seen.
    pub(crate) fn finding<'t>(&self, finding: &'t Finding) -> &'t str {
        let name = finding.name.as_deref();
        let hidden = match finding.location {
            "METHOD" => self.redacted.is_some_and(|it| it.method),
            "URI" => self.hides_path(),
            "QUERY_STRING" => self.hides_query() || self.presigned,
            "SINGLE_QUERY_ARG" | "ALL_QUERY_ARGS" => self.hides_argument(name),
            // Where it is not known which header it was, it may be any.
            "HEADER" => name.is_none_or(|name| self.hides_header_whole(name)),
            "COOKIE" => self.hides_cookie(name),
            // Bodies, labels, addresses and the names of headers: settings of a log cannot leave them out.
            _ => false,
        };
        if hidden { HIDDEN } else { &finding.matched }
    }

    /// The name of the place where something matched, as it may be seen: an argument's name is a part of the query.
    pub(crate) fn place<'t>(&self, finding: &'t Finding) -> Option<&'t str> {
        let of_query = matches!(finding.location, "SINGLE_QUERY_ARG" | "ALL_QUERY_ARGS");
        let of_cookies = finding.location == "COOKIE" && self.hides_header("cookie");
        let name = finding.name.as_deref()?;
        Some(if of_query && self.hides_query() || of_cookies { HIDDEN } else { name })
    }

    /// A part of what a rate counts by, as it may be seen.
    pub(crate) fn part<'t>(&self, part: &'t LimitedPart) -> &'t str {
        let name = part.name.as_deref();
        let hidden = match part.kind {
            "HEADER" | "FORWARDED_IP" => name.is_some_and(|name| self.hides_header_whole(name)),
            "COOKIE" => self.hides_cookie(name),
            "QUERY_ARGUMENT" => self.hides_argument(name),
            "QUERY_STRING" => self.hides_query() || self.presigned,
            "URI_PATH" => self.hides_path(),
            "HTTP_METHOD" => self.redacted.is_some_and(|it| it.method),
            _ => false,
        };
        if hidden { HIDDEN } else { &part.value }
    }

    fn hides_path(&self) -> bool {
        self.redacted.is_some_and(|it| it.path)
    }

    fn hides_query(&self) -> bool {
        self.redacted.is_some_and(|it| it.query)
    }

    fn hides_argument(&self, name: Option<&str>) -> bool {
        self.hides_query()
            || self.presigned && name.is_none_or(|name| is_one_of(&name_of(name.as_bytes()), &CREDENTIAL_ARGUMENTS))
    }

    fn hides_header(&self, name: &str) -> bool {
        let redacted = self.redacted.into_iter().flat_map(|it| &*it.headers);
        is_one_of(name, &CREDENTIALS) || redacted.into_iter().any(|hidden| hidden.eq_ignore_ascii_case(name))
    }

    /// What matched within a line of cookies may be the token's.
    fn hides_header_whole(&self, name: &str) -> bool {
        self.hides_header(name) || self.tokened && name.eq_ignore_ascii_case("cookie")
    }

    fn hides_cookie(&self, name: Option<&str>) -> bool {
        self.hides_header("cookie") || name.map_or(self.tokened, |name| name == page::COOKIE)
    }
}

fn hide(hidden: bool, text: &[u8]) -> Cow<'_, str> {
    if hidden { HIDDEN.into() } else { String::from_utf8_lossy(text) }
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// An argument's name, decoded: an encoded name is read by the backend all the same.
fn name_of(argument: &[u8]) -> String {
    let name = argument.split(|byte| *byte == b'=').next().unwrap_or_default();
    percent_encoding::percent_decode(name).decode_utf8_lossy().into_owned()
}

/// Names and values of a line of cookies.
fn pairs(line: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    line.split(|byte| *byte == b';').map(|pair| {
        let pair = pair.trim_ascii();
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        (&pair[..at], pair.get(at + 1..).unwrap_or_default())
    })
}
