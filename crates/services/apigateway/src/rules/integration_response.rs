//! What an integration response may be. <https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegrationResponse.html>

use std::collections::BTreeMap;

use model::apigateway::{IntegrationResponse, MethodResponse};
use regex::RegexBuilder;

use super::{mapping, template};
use crate::choices::ContentHandlingStrategy;
use crate::error::Error;

/// An integration response as it is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fields {
    /// A regular expression over the backend's status code.
    pub(crate) selection_pattern: Option<String>,
    /// `method.response.header.X` to its source.
    pub(crate) parameters: BTreeMap<String, String>,
    /// Media type to template.
    pub(crate) templates: BTreeMap<String, String>,
    /// How bodies are converted.
    pub(crate) content_handling: Option<ContentHandlingStrategy>,
}

impl Fields {
    /// A stored response as it would be asked for.
    pub(crate) fn of(response: &IntegrationResponse) -> Self {
        Self {
            selection_pattern: response.selection_pattern.clone(),
            parameters: response.parameters.clone(),
            templates: response.templates.clone(),
            content_handling: None,
        }
    }
}

/// Checks an integration response against the method response of the same status. AWS takes one without a method
/// response, as long as it maps no header.
pub(crate) fn build(fields: Fields, method_response: Option<&MethodResponse>) -> Result<IntegrationResponse, Error> {
    if fields.content_handling.is_some() {
        return Err(Error::not_enforced("contentHandling"));
    }
    selection_pattern(fields.selection_pattern.as_deref())?;
    let nothing = BTreeMap::new();
    let declared = method_response.map_or(&nothing, |response| &response.parameters);
    mapping::check_response(&fields.parameters, declared)?;
    template::check(&fields.templates)?;
    Ok(IntegrationResponse {
        selection_pattern: fields.selection_pattern,
        parameters: fields.parameters,
        templates: fields.templates,
    })
}

/// Refuses a second response of the same pattern, which could never be selected.
pub(crate) fn check_unique(
    responses: &BTreeMap<String, IntegrationResponse>,
    status: &str,
    pattern: Option<&str>,
) -> Result<(), Error> {
    let pattern = pattern.unwrap_or_default();
    let same = |other: &IntegrationResponse| other.selection_pattern.as_deref().unwrap_or_default() == pattern;
    if !responses.iter().any(|(other, response)| other != status && same(response)) {
        return Ok(());
    }
    let name = if pattern.is_empty() { "default" } else { pattern };
    Err(Error::conflict(format!("Integration response with selection pattern {name} already exists")))
}

const PATTERN_BYTES_MAX: usize = 4096;
/// How much memory a compiled pattern may take; the compiler of stages allows the same.
const COMPILED_BYTES_MAX: usize = 1 << 20;

/// An empty pattern is the default response's.
fn selection_pattern(pattern: Option<&str>) -> Result<(), Error> {
    let Some(pattern) = pattern else { return Ok(()) };
    let build = |text: &str| RegexBuilder::new(text).size_limit(COMPILED_BYTES_MAX).build().is_ok();
    // By itself too: `a)|(?:b` would fit into the group around it, and then match more than the whole status.
    let good = pattern.len() <= PATTERN_BYTES_MAX && build(pattern) && build(&format!("^(?:{pattern})$"));
    if !good {
        return Err(Error::bad_request(format!(
            "Invalid selection pattern specified: {}. It must be a regular expression without look-around and \
             back-references",
            pattern.chars().take(100).collect::<String>()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_regular_expression_of_linear_time() {
        for (pattern, good) in [
            ("", true),
            ("4\\d{2}", true),
            ("5.*|404", true),
            (".*\\[BadRequest\\].*", true),
            ("(", false),
            ("4..)|(?:5..", false),
            ("a{1000}{1000}{1000}", false),
            ("(?=x)", false),
            ("(a)\\1", false),
            (&"x".repeat(5000), false),
        ] {
            let fields = Fields { selection_pattern: Some(pattern.to_owned()), ..Fields::default() };
            assert_eq!(build(fields, None).is_ok(), good, "{pattern}");
        }
    }

    #[test]
    fn a_mapped_header_needs_its_method_response() {
        let header = "method.response.header.X";
        let fields =
            Fields { parameters: BTreeMap::from([(header.to_owned(), "'1'".to_owned())]), ..Fields::default() };
        assert!(build(fields.clone(), None).is_err());
        let declared =
            MethodResponse { parameters: BTreeMap::from([(header.to_owned(), false)]), ..MethodResponse::default() };
        let response = build(fields, Some(&declared)).expect("the header is declared");
        assert_eq!(build(Fields::of(&response), Some(&declared)), Ok(response));
    }

    #[test]
    fn content_handling_is_refused() {
        let fields = Fields { content_handling: Some(ContentHandlingStrategy::ConvertToBinary), ..Fields::default() };
        assert!(matches!(build(fields, None), Err(Error::NotEnforced { .. })));
    }
}
