//! `${stageVariables.NAME}` inside an integration's settings.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html>

use super::stage_variables;

const MARK: &str = "${stageVariables.";

/// Puts `stand_in` where stage variables stand. `None` where a reference is broken.
pub(crate) fn replace(text: &str, stand_in: &str) -> Option<String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(MARK) {
        filled.push_str(&rest[..start]);
        let behind = &rest[start + MARK.len()..];
        let end = behind.find('}')?;
        if !stage_variables::is_name(&behind[..end]) {
            return None;
        }
        filled.push_str(stand_in);
        rest = &behind[end + 1..];
    }
    filled.push_str(rest);
    if filled.contains("${") { None } else { Some(filled) }
}
