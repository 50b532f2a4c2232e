//! Request parameters: `method.request.{place}.{name}` and whether it is required.

use std::collections::BTreeMap;

use serde_json::Value;

use super::operation::Place;
use crate::openapi::document::Document;
use crate::openapi::report::Report;

/// Adds a list of parameters; later ones replace earlier ones of the same place and name.
pub(super) fn read(
    document: &Document,
    place: Place<'_>,
    list: &Value,
    found: &mut BTreeMap<String, bool>,
    report: &mut Report,
) {
    let Some(list) = list.as_array() else {
        report.error(format!("The parameters of {place} are not a list"));
        return;
    };
    for parameter in list {
        let parameter = match document.resolve(parameter) {
            Ok(parameter) => parameter,
            Err(why) => {
                report.error(format!("A parameter of {place}: {why}"));
                continue;
            }
        };
        let name = parameter.get("name").and_then(Value::as_str);
        let kind = parameter.get("in").and_then(Value::as_str);
        let (Some(name), Some(kind)) = (name, kind) else {
            report.error(format!("A parameter of {place} has no name or no place"));
            continue;
        };
        let required = parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
        let kind = match kind {
            "query" => "querystring",
            "header" => "header",
            "path" => "path",
            // Swagger 2's bodies have schemas, which nothing enforces yet.
            "body" | "formData" => {
                report.warn(format!("The parameter '{name}' in {kind} of {place} is not enforced"));
                continue;
            }
            _ => {
                report.warn(format!("The parameter '{name}' in {kind} of {place} is left out"));
                continue;
            }
        };
        found.insert(format!("method.request.{kind}.{name}"), required);
    }
}
