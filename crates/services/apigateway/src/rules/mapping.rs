//! Parameter mapping: which expressions may stand on either side.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html>

use std::collections::BTreeMap;

use snapshot::Variable;

use super::parameters::{is_name, request_name, response_name};
use super::stage_variables;
use crate::error::Error;

const LATER: &str = "(the mapping language of API Gateway comes in a later version)";
/// Longer texts are no header or parameter value.
const STATIC_BYTES_MAX: usize = 8192;

/// Checks an integration's request parameters against what the method declares.
pub(crate) fn check_request(
    mappings: &BTreeMap<String, String>,
    declared: &BTreeMap<String, bool>,
) -> Result<(), Error> {
    let mut faults = Vec::new();
    for (target, source) in mappings {
        if !is_request_target(target) {
            faults.push(format!("Invalid mapping expression specified: {target}"));
        }
        faults.extend(from_request(source, declared)?);
    }
    found(&faults)
}

/// Checks an integration response's parameters against what the method response declares.
pub(crate) fn check_response(
    mappings: &BTreeMap<String, String>,
    declared: &BTreeMap<String, bool>,
) -> Result<(), Error> {
    let mut faults = Vec::new();
    for (target, source) in mappings {
        if response_name(target).is_none() {
            faults.push(format!("Invalid mapping expression specified: {target}"));
        } else if !declared.contains_key(target) {
            faults.push(format!("Invalid mapping expression parameter specified: {target}"));
        }
        faults.extend(from_response(source)?);
    }
    found(&faults)
}

fn is_request_target(target: &str) -> bool {
    let parts = target.strip_prefix("integration.request.").and_then(|rest| rest.split_once('.'));
    parts.is_some_and(|(place, name)| matches!(place, "header" | "querystring" | "path") && is_name(place, name))
}

/// What is wrong with a source of the integration request, if anything.
fn from_request(source: &str, declared: &BTreeMap<String, bool>) -> Result<Option<String>, Error> {
    if is_body(source, "method.request.body") {
        return Err(Error::not_enforced(format!("mapping from `{source}` {LATER}")));
    }
    if source.starts_with("method.request.") {
        // The plural forms read the parameter that is declared in the singular.
        let single = source.replacen("method.request.multivalue", "method.request.", 1);
        let known = request_name(&single, &["header", "querystring", "path"]);
        return Ok(match known {
            None => Some(format!("Invalid mapping expression specified: {source}")),
            Some(_) if declared.contains_key(&single) => None,
            Some(_) => Some(format!("Invalid mapping expression parameter specified: {source}")),
        });
    }
    from_anywhere(source)
}

/// What is wrong with a source of the method response, if anything.
fn from_response(source: &str) -> Result<Option<String>, Error> {
    if is_body(source, "integration.response.body") {
        return Err(Error::not_enforced(format!("mapping from `{source}` {LATER}")));
    }
    if let Some(rest) = source.strip_prefix("integration.response.") {
        let header = rest.strip_prefix("header.").or_else(|| rest.strip_prefix("multivalueheader."));
        let good = header.is_some_and(|name| is_name("header", name));
        return Ok(if good { None } else { Some(format!("Invalid mapping expression specified: {source}")) });
    }
    from_anywhere(source)
}

fn from_anywhere(source: &str) -> Result<Option<String>, Error> {
    let invalid = || Some(format!("Invalid mapping expression specified: {source}"));
    if let Some(text) = source.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        // SECURITY: a line break in a header's value would begin another header.
        let good = text.len() <= STATIC_BYTES_MAX && !text.chars().any(char::is_control);
        return Ok(if good { None } else { invalid() });
    }
    if let Some(name) = source.strip_prefix("stageVariables.") {
        return Ok(if stage_variables::is_name(name) { None } else { invalid() });
    }
    if let Some(name) = source.strip_prefix("context.") {
        if let Some(key) = name.strip_prefix("authorizer.") {
            let good = is_name("header", key);
            return Ok(if good { None } else { invalid() });
        }
        if name.starts_with("identity.cognito") {
            return Err(Error::not_enforced(format!("mapping from `{source}`")));
        }
        return Ok(if Variable::parse(name).is_some() { None } else { invalid() });
    }
    Ok(invalid())
}

/// The body, or a JSONPath into it.
fn is_body(source: &str, body: &str) -> bool {
    source.strip_prefix(body).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn found(faults: &[String]) -> Result<(), Error> {
    if faults.is_empty() { Ok(()) } else { Err(invalid_mapping(faults)) }
}

/// AWS's frame around what is wrong with an expression.
pub(crate) fn invalid_expression(expression: &str) -> Error {
    invalid_mapping(&[format!("Invalid mapping expression specified: {expression}")])
}

fn invalid_mapping(faults: &[String]) -> Error {
    Error::bad_request(format!("Invalid mapping expression specified: {}", invalid(faults)))
}

/// AWS's frame around what a validation found.
pub(crate) fn invalid(faults: &[String]) -> Error {
    Error::bad_request(format!("Validation Result: warnings : [], errors : [{}]", faults.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn declared(names: &[&str]) -> BTreeMap<String, bool> {
        names.iter().map(|name| ((*name).to_owned(), true)).collect()
    }

    const FRAME: &str = "Invalid mapping expression specified: Validation Result: warnings : [], errors : ";

    #[test]
    fn a_request_mapping_has_a_known_source() {
        let declared = declared(&["method.request.path.id", "method.request.header.X", "method.request.querystring.q"]);
        for (source, wrong) in [
            ("method.request.path.id", None),
            ("method.request.multivalueheader.X", None),
            ("method.request.multivaluequerystring.q", None),
            ("'static'", None),
            ("''", None),
            ("context.requestId", None),
            ("context.identity.sourceIp", None),
            ("context.authorizer.principalId", None),
            ("context.authorizer.claims.sub", None),
            ("context.authorizer.", Some("[Invalid mapping expression specified: context.authorizer.]")),
            ("stageVariables.name", None),
            ("true", Some("[Invalid mapping expression specified: true]")),
            ("'open", Some("[Invalid mapping expression specified: 'open]")),
            ("'", Some("[Invalid mapping expression specified: ']")),
            ("'a\r\nX: b'", Some("[Invalid mapping expression specified: 'a\r\nX: b']")),
            ("context.nonsense", Some("[Invalid mapping expression specified: context.nonsense]")),
            ("stageVariables.a-b", Some("[Invalid mapping expression specified: stageVariables.a-b]")),
            ("method.request.cookie.a", Some("[Invalid mapping expression specified: method.request.cookie.a]")),
            (
                "method.request.querystring.x",
                Some("[Invalid mapping expression parameter specified: method.request.querystring.x]"),
            ),
            (
                "integration.response.header.X",
                Some("[Invalid mapping expression specified: integration.response.header.X]"),
            ),
        ] {
            let answer = check_request(&map(&[("integration.request.header.A", source)]), &declared);
            assert_eq!(
                answer.map_err(|error| error.to_string()).err(),
                wrong.map(|wrong| format!("{FRAME}{wrong}")),
                "{source}"
            );
        }
    }

    #[test]
    fn sources_that_need_the_mapping_language_are_refused_by_name() {
        for source in [
            "method.request.body",
            "method.request.body.a",
            "method.request.body[0]",
            "context.identity.cognitoIdentityId",
        ] {
            let answer = check_request(&map(&[("integration.request.header.A", source)]), &BTreeMap::new());
            assert!(matches!(answer, Err(Error::NotEnforced { .. })), "{source}");
        }
        let answer = check_response(
            &map(&[("method.response.header.A", "integration.response.body.a")]),
            &declared(&["method.response.header.A"]),
        );
        assert!(matches!(answer, Err(Error::NotEnforced { .. })));
    }

    #[test]
    fn a_target_is_a_header_a_query_parameter_or_a_path_parameter() {
        for (target, good) in [
            ("integration.request.header.X", true),
            ("integration.request.querystring.q", true),
            ("integration.request.path.id", true),
            ("integration.request.body.x", false),
            ("integration.request.header.a b", false),
            ("method.request.header.X", false),
        ] {
            assert_eq!(check_request(&map(&[(target, "'x'")]), &BTreeMap::new()).is_ok(), good, "{target}");
        }
    }

    #[test]
    fn a_response_header_must_be_declared() {
        let header = "method.response.header.Access-Control-Allow-Origin";
        assert_eq!(check_response(&map(&[(header, "'*'")]), &declared(&[header])), Ok(()));
        let missing = check_response(&map(&[(header, "'*'")]), &BTreeMap::new()).expect_err("it is not declared");
        assert_eq!(missing.to_string(), format!("{FRAME}[Invalid mapping expression parameter specified: {header}]"));
        assert!(check_response(&map(&[(header, "integration.response.header.X")]), &declared(&[header])).is_ok());
        assert!(check_response(&map(&[(header, "method.request.header.X")]), &declared(&[header])).is_err());
    }
}
