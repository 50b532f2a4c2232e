//! Reads AWS's `FieldToMatch`, strictly: exactly one member, and nothing in it that is not known.

use serde_json::Value;

use super::{Field, FieldToMatch, Included, InvalidFallbackBehavior, MatchScope, Names, OversizeHandling, PreParse};
use crate::invalid::Invalid;
use crate::json::Pointer;
use crate::strict::{Members, choice, shortened, written};

const FIELD: &str = "FIELD_TO_MATCH";
const MEMBERS: [&str; 14] = [
    "SingleHeader",
    "SingleQueryArgument",
    "AllQueryArguments",
    "UriPath",
    "QueryString",
    "Body",
    "Method",
    "JsonBody",
    "Headers",
    "Cookies",
    "HeaderOrder",
    "JA3Fingerprint",
    "JA4Fingerprint",
    "UriFragment",
];

/// A header's or an argument's name, in characters.
const NAME_CHARACTERS_MAX: usize = 64;
/// A cookie's name, in characters.
const COOKIE_NAME_CHARACTERS_MAX: usize = 60;
/// The names of one match pattern.
const NAMES_MAX: usize = 199;
/// A JSON pointer, in characters.
const POINTER_CHARACTERS_MAX: usize = 512;
/// The pointers of one match pattern. AWS's model names no bound; a rule's weight does not grow with them, ours must end.
const POINTERS_MAX: usize = 199;

const OVERSIZE: [(&str, OversizeHandling); 3] = [
    ("CONTINUE", OversizeHandling::Continue),
    ("MATCH", OversizeHandling::Match),
    ("NO_MATCH", OversizeHandling::NoMatch),
];
const SCOPES: [(&str, MatchScope); 3] =
    [("ALL", MatchScope::All), ("KEY", MatchScope::Key), ("VALUE", MatchScope::Value)];
const FALLBACKS: [(&str, InvalidFallbackBehavior); 3] = [
    ("MATCH", InvalidFallbackBehavior::Match),
    ("NO_MATCH", InvalidFallbackBehavior::NoMatch),
    ("EVALUATE_AS_STRING", InvalidFallbackBehavior::EvaluateAsString),
];

impl FieldToMatch {
    /// Reads a statement's `FieldToMatch` and, where it has them, its `PreParseTextTransformations`.
    pub fn parse(value: &Value, before: Option<&Value>) -> Result<FieldToMatch, Invalid> {
        let (name, body) = Members::read(value, FIELD, "FieldToMatch", &MEMBERS)?.only()?;
        let before = before.filter(|before| !before.is_null()).map(PreParse::parse).transpose()?;
        if before.is_some() && !matches!(name, "SingleQueryArgument" | "AllQueryArguments") {
            return Err(PreParse::misplaced());
        }
        let before = before.unwrap_or_default();
        match name {
            "Method" => empty(body, "Method", Field::Method),
            "UriPath" => empty(body, "UriPath", Field::UriPath),
            "QueryString" => empty(body, "QueryString", Field::QueryString),
            "AllQueryArguments" => empty(body, "AllQueryArguments", Field::AllQueryArguments { before }),
            "SingleQueryArgument" => {
                let name = single_name(body, "SINGLE_QUERY_ARGUMENT", "SingleQueryArgument")?;
                Ok(plain(Field::SingleQueryArgument { name, before }))
            }
            "SingleHeader" => Ok(plain(Field::SingleHeader(single_name(body, "SINGLE_HEADER", "SingleHeader")?))),
            "Body" => {
                let members = Members::read(body, FIELD, "Body", &["OversizeHandling"])?;
                Ok(FieldToMatch { field: Field::Body, oversize: oversize_or_continue(&members)?, invalid: None })
            }
            "HeaderOrder" => {
                let members = Members::read(body, FIELD, "HeaderOrder", &["OversizeHandling"])?;
                let oversize = choice(members.required("OversizeHandling")?, "OVERSIZE_HANDLING", &OVERSIZE)?;
                Ok(FieldToMatch { field: Field::HeaderOrder, oversize, invalid: None })
            }
            "Headers" => headers(body),
            "Cookies" => cookies(body),
            "JsonBody" => json_body(body),
            elsewhere => Err(Invalid {
                field: FIELD,
                parameter: elsewhere.to_owned(),
                reason: "is not available for API Gateway, and nothing else is protected here".to_owned(),
            }),
        }
    }
}

/// A field that AWS knows no limit of.
fn plain(field: Field) -> FieldToMatch {
    FieldToMatch { field, oversize: OversizeHandling::Continue, invalid: None }
}

/// A field that is written as an empty object.
fn empty(body: &Value, name: &'static str, field: Field) -> Result<FieldToMatch, Invalid> {
    Members::read(body, FIELD, name, &[])?;
    Ok(plain(field))
}

/// `{Name}`, in small letters.
fn single_name(body: &Value, field: &'static str, parameter: &'static str) -> Result<Box<str>, Invalid> {
    let members = Members::read(body, field, parameter, &["Name"])?;
    let name = name(members.required("Name")?, field, NAME_CHARACTERS_MAX)?;
    Ok(name.to_ascii_lowercase().into())
}

fn headers(body: &Value) -> Result<FieldToMatch, Invalid> {
    let members = Members::read(body, FIELD, "Headers", &["MatchPattern", "MatchScope", "OversizeHandling"])?;
    let pattern = members.required("MatchPattern")?;
    let known = ["All", "IncludedHeaders", "ExcludedHeaders"];
    let names = names(pattern, "HEADER_MATCH_PATTERN", known, |value| {
        Ok(name(value, "HEADER_MATCH_PATTERN", NAME_CHARACTERS_MAX)?.to_ascii_lowercase())
    })?;
    let scope = choice(members.required("MatchScope")?, "MAP_MATCH_SCOPE", &SCOPES)?;
    let oversize = choice(members.required("OversizeHandling")?, "OVERSIZE_HANDLING", &OVERSIZE)?;
    Ok(FieldToMatch { field: Field::Headers { names, scope }, oversize, invalid: None })
}

fn cookies(body: &Value) -> Result<FieldToMatch, Invalid> {
    let members = Members::read(body, FIELD, "Cookies", &["MatchPattern", "MatchScope", "OversizeHandling"])?;
    let pattern = members.required("MatchPattern")?;
    let known = ["All", "IncludedCookies", "ExcludedCookies"];
    let names = names(pattern, "COOKIE_MATCH_PATTERN", known, |value| {
        Ok(name(value, "COOKIE_MATCH_PATTERN", COOKIE_NAME_CHARACTERS_MAX)?.to_owned())
    })?;
    let scope = choice(members.required("MatchScope")?, "MAP_MATCH_SCOPE", &SCOPES)?;
    let oversize = choice(members.required("OversizeHandling")?, "OVERSIZE_HANDLING", &OVERSIZE)?;
    Ok(FieldToMatch { field: Field::Cookies { names, scope }, oversize, invalid: None })
}

fn json_body(body: &Value) -> Result<FieldToMatch, Invalid> {
    let known = ["MatchPattern", "MatchScope", "InvalidFallbackBehavior", "OversizeHandling"];
    let members = Members::read(body, FIELD, "JsonBody", &known)?;
    let pattern = Members::read(
        members.required("MatchPattern")?,
        "JSON_MATCH_PATTERN",
        "MatchPattern",
        &["All", "IncludedPaths"],
    )?;
    let included = match pattern.only()? {
        ("All", all) => {
            Members::read(all, "JSON_MATCH_PATTERN", "All", &[])?;
            Included::All
        }
        (_, paths) => included_paths(paths)?,
    };
    let scope = choice(members.required("MatchScope")?, "JSON_MATCH_SCOPE", &SCOPES)?;
    let invalid = members
        .get("InvalidFallbackBehavior")
        .map(|value| choice(value, "BODY_PARSING_FALLBACK_BEHAVIOR", &FALLBACKS))
        .transpose()?;
    let oversize = oversize_or_continue(&members)?;
    Ok(FieldToMatch { field: Field::JsonBody { included, scope }, oversize, invalid })
}

fn oversize_or_continue(members: &Members<'_>) -> Result<OversizeHandling, Invalid> {
    let written = members.get("OversizeHandling");
    written.map_or(Ok(OversizeHandling::Continue), |value| choice(value, "OVERSIZE_HANDLING", &OVERSIZE))
}

/// `{All} | {Included…} | {Excluded…}`, the three names in this order.
fn names(
    pattern: &Value,
    field: &'static str,
    known: [&'static str; 3],
    read: impl Fn(&Value) -> Result<String, Invalid>,
) -> Result<Names, Invalid> {
    let (name, body) = Members::read(pattern, field, "MatchPattern", &known)?.only()?;
    if name == known[0] {
        Members::read(body, field, known[0], &[])?;
        return Ok(Names::All);
    }
    let names = list(body, field, NAMES_MAX, read)?;
    Ok(if name == known[1] { Names::Included(names) } else { Names::Excluded(names) })
}

fn included_paths(paths: &Value) -> Result<Included, Invalid> {
    const FIELD: &str = "JSON_MATCH_PATTERN";
    let paths = list(paths, FIELD, POINTERS_MAX, |value| {
        let path = value.as_str().filter(|path| path.chars().count() <= POINTER_CHARACTERS_MAX && is_pointer(path));
        path.map(str::to_owned).ok_or_else(|| Invalid {
            field: FIELD,
            parameter: written(value),
            reason: "must be a JSON pointer such as /dogs/0/name, of at most 512 characters".to_owned(),
        })
    })?;
    // SECURITY: AWS admits `/` by a pattern of its own and does not say what it means. RFC 6901 reads it as a member
    // without a name, people as the whole document; a rule that inspects nothing would be open, so it is the whole.
    if paths.iter().any(|path| &**path == "/") {
        return Ok(Included::All);
    }
    let mut pointers: Vec<Pointer> = paths.iter().map(|path| Pointer::read(path)).collect();
    pointers.sort_unstable();
    Ok(Included::Paths(pointers.into()))
}

/// RFC 6901, not empty: begins with `/`, and `~` stands only in `~0` and `~1`.
fn is_pointer(path: &str) -> bool {
    path.starts_with('/') && path.split('~').skip(1).all(|behind| behind.starts_with(['0', '1']))
}

/// A list of texts, sorted and each once.
fn list(
    value: &Value,
    field: &'static str,
    count_max: usize,
    read: impl Fn(&Value) -> Result<String, Invalid>,
) -> Result<Box<[Box<str>]>, Invalid> {
    let entries = value.as_array().filter(|entries| (1..=count_max).contains(&entries.len()));
    let entries = entries.ok_or_else(|| Invalid {
        field,
        parameter: written(value),
        reason: format!("must be a list of 1 to {count_max} texts"),
    })?;
    let mut texts: Vec<String> = entries.iter().map(read).collect::<Result<_, _>>()?;
    texts.sort_unstable();
    texts.dedup();
    Ok(texts.into_iter().map(String::into_boxed_str).collect())
}

/// A name with a character that is no white space.
fn name<'a>(value: &'a Value, field: &'static str, characters_max: usize) -> Result<&'a str, Invalid> {
    let name = value.as_str().filter(|name| name.chars().count() <= characters_max && !name.trim().is_empty());
    name.ok_or_else(|| Invalid {
        field,
        parameter: value.as_str().map_or_else(|| written(value), shortened),
        reason: format!("must be a name of 1 to {characters_max} characters, not all white space"),
    })
}

#[cfg(test)]
mod tests;
