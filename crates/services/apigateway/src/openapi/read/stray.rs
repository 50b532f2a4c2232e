//! Extensions of AWS's at places where AWS has none.

use serde_json::Value;

use super::{EXTENSION, LATER};
use crate::openapi::report::Report;

/// Refuses every extension in `value`, however deep.
// SECURITY: whoever writes an extension means it; one at a place that nobody reads must not be overlooked.
pub(super) fn refuse(value: Option<&Value>, place: &str, report: &mut Report) {
    let mut open: Vec<&Value> = value.into_iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    if name.starts_with(EXTENSION) {
                        report.error(format!("{name} in {place}: {LATER}"));
                    }
                    open.push(value);
                }
            }
            Value::Array(items) => open.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
