//! Integration responses joined with their method responses.

use std::sync::Arc;

use model::apigateway as stored;
use snapshot::{IntegrationAnswer, MethodAnswer, Selection};

use crate::integration::templates;
use crate::mapping;

/// Compiles a method's integration responses. Patterns match the whole status code, as in AWS.
pub(crate) fn compile(
    stage: &stored::Stage,
    method: &stored::Method,
    integration: &stored::Integration,
) -> Result<Selection, String> {
    let mut selection = Selection::default();
    for (status, response) in &integration.responses {
        let answer = IntegrationAnswer {
            method: method_answer(status, method.responses.get(status))?,
            headers: mapping::response(&response.parameters, &stage.variables)?,
            templates: templates(&response.templates),
        };
        match response.selection_pattern.as_deref() {
            None | Some("") => {
                selection.default.get_or_insert(answer);
            }
            Some(pattern) => selection.patterns.push((whole(pattern)?, answer)),
        }
    }
    Ok(selection)
}

/// How much memory a compiled pattern may take.
const PATTERN_BYTES_MAX: usize = 1 << 20;

fn whole(pattern: &str) -> Result<regex::Regex, String> {
    regex::RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(PATTERN_BYTES_MAX)
        .build()
        .map_err(|_| format!("the selection pattern `{pattern}` is not a regular expression of linear time"))
}

fn method_answer(status: &str, response: Option<&stored::MethodResponse>) -> Result<MethodAnswer, String> {
    let number = status.parse().ok().and_then(|number| http::StatusCode::from_u16(number).ok());
    let media_type = response.and_then(|response| response.models.keys().next());
    Ok(MethodAnswer {
        status: number.ok_or_else(|| format!("`{status}` is not a status code"))?,
        media_type: Arc::from(media_type.map_or("application/json", String::as_str)),
    })
}
