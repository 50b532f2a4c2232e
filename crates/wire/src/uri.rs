//! The paths of a service's model: patterns with labels, and what a request's path put into them.
//! <https://smithy.io/2.0/spec/http-bindings.html#http-uri>

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::pairs;

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A pattern such as `/restapis/{restapi_id}/stages/{stage_name}` or `/restapis?mode=import`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UriPattern {
    segments: Vec<Segment>,
    /// Query parameters that must be there; without a value, any value will do.
    constants: Vec<(String, Option<String>)>,
}

/// A segment of a pattern, the least specific first.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Greedy(String),
    Label(String),
    Literal(String),
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a URI pattern: {what}")]
pub struct InvalidPattern {
    pattern: String,
    what: &'static str,
}

/// What a request's path put into its pattern's labels, percent-decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    values: Vec<(String, String)>,
    constants: Vec<String>,
}

impl Labels {
    /// No labels: for protocols without paths.
    pub const fn none() -> Self {
        Self { values: Vec::new(), constants: Vec::new() }
    }

    /// The value of a label.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(label, _)| label == name).map(|(_, value)| value.as_str())
    }

    /// Whether the pattern itself asks for this query parameter, so that it is no input.
    pub(crate) fn is_constant(&self, parameter: &str) -> bool {
        self.constants.iter().any(|constant| constant == parameter)
    }
}

impl UriPattern {
    /// Reads a pattern of the model.
    pub fn parse(pattern: &str) -> Result<Self, InvalidPattern> {
        let refuse = |what| InvalidPattern { pattern: pattern.to_owned(), what };
        let (path, query) = pattern.split_once('?').unwrap_or((pattern, ""));
        let path = path.strip_prefix('/').ok_or(refuse("it does not begin with a slash"))?;
        let parts = path.split('/').filter(|_| !path.is_empty());
        let segments: Vec<Segment> = parts.map(segment).collect::<Result<_, _>>().map_err(refuse)?;
        if segments.iter().filter(|segment| matches!(segment, Segment::Greedy(_))).count() > 1 {
            return Err(refuse("it has more than one greedy label"));
        }
        let constants = query.split('&').filter(|part| !part.is_empty()).map(|part| match part.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (part.to_owned(), None),
        });
        Ok(Self { constants: constants.collect(), segments })
    }

    /// What a path, split and then decoded, puts into the labels; `None` where it does not match.
    pub(crate) fn matches(&self, path: &[String], query: &[(String, String)]) -> Option<Labels> {
        let constant = |(name, wanted): &(String, Option<String>)| {
            query.iter().any(|(given, value)| given == name && wanted.as_ref().is_none_or(|wanted| wanted == value))
        };
        if !self.constants.iter().all(constant) {
            return None;
        }
        let mut values = Vec::new();
        let mut rest = path;
        for (index, segment) in self.segments.iter().enumerate() {
            // A greedy label leaves as many segments as the pattern still has behind it.
            let take = match segment {
                Segment::Greedy(_) => rest.len().checked_sub(self.segments.len() - index - 1)?,
                Segment::Label(_) | Segment::Literal(_) => 1,
            };
            let (taken, left) = rest.split_at_checked(take)?;
            match segment {
                Segment::Literal(text) if taken[0] == *text => {}
                Segment::Literal(_) => return None,
                // An empty label is no resource: `/restapis//stages` names nothing.
                Segment::Label(_) | Segment::Greedy(_) if taken.iter().all(String::is_empty) => return None,
                Segment::Label(name) | Segment::Greedy(name) => values.push((name.clone(), taken.join("/"))),
            }
            rest = left;
        }
        let constants = self.constants.iter().map(|(name, _)| name.clone()).collect();
        rest.is_empty().then_some(Labels { values, constants })
    }

    /// Orders patterns: exact text before labels before greedy labels, segment by segment; then the longer, then the
    /// one with more constant parameters.
    pub(crate) fn specificity(&self) -> (Vec<u8>, usize) {
        let rank = |segment: &Segment| match segment {
            Segment::Greedy(_) => 0,
            Segment::Label(_) => 1,
            Segment::Literal(_) => 2,
        };
        (self.segments.iter().map(rank).collect(), self.constants.len())
    }

    /// The path and constant query of a request whose labels have these values; `None` where one is missing or empty.
    pub fn fill<'v>(&self, label: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
        let mut uri = String::new();
        for segment in &self.segments {
            uri.push('/');
            match segment {
                Segment::Literal(text) => uri.push_str(text),
                Segment::Label(name) => {
                    let value = label(name).filter(|value| !value.is_empty())?;
                    uri.extend(utf8_percent_encode(value, RESERVED));
                }
                Segment::Greedy(name) => {
                    let value = label(name).filter(|value| !value.is_empty())?;
                    let parts = value.split('/').map(|part| utf8_percent_encode(part, RESERVED).to_string());
                    uri.push_str(&parts.collect::<Vec<_>>().join("/"));
                }
            }
        }
        if uri.is_empty() {
            uri.push('/');
        }
        for (index, (name, value)) in self.constants.iter().enumerate() {
            uri.push(if index == 0 { '?' } else { '&' });
            uri.push_str(name);
            if let Some(value) = value {
                uri.push('=');
                uri.push_str(value);
            }
        }
        Some(uri)
    }
}

/// Percent-encodes all but unreserved characters.
pub(crate) fn encode_component(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Splits a raw path at its slashes and only then decodes, so that `%2F` stays inside its segment.
pub(crate) fn split(raw_path: &str) -> Option<Vec<String>> {
    let path = raw_path.strip_prefix('/')?;
    if path.is_empty() {
        return Some(Vec::new());
    }
    if path.bytes().filter(|byte| *byte == b'/').count() >= crate::limits::SEGMENTS_MAX {
        return None;
    }
    path.split('/').map(pairs::decode).collect()
}

fn segment(text: &str) -> Result<Segment, &'static str> {
    let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
        return if text.is_empty() {
            Err("it has an empty segment")
        } else if text.contains(['{', '}']) {
            Err("a label is not a whole segment")
        } else {
            Ok(Segment::Literal(text.to_owned()))
        };
    };
    let (name, greedy) = inner.strip_suffix('+').map_or((inner, false), |name| (name, true));
    if name.is_empty() || name.contains(['{', '}']) {
        return Err("a label has no name");
    }
    Ok(if greedy { Segment::Greedy(name.to_owned()) } else { Segment::Label(name.to_owned()) })
}
