//! Finds members of AWS's JSON by their names, however deep they stand.

use serde_json::Value;

/// Every member of this name that is set.
// The depth is bounded where the JSON was read.
pub(super) fn members<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    let mut found = Vec::new();
    collect(value, name, &mut found);
    found
}

fn collect<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                if key == name {
                    found.push(value);
                }
                collect(value, name, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, name, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_found_inside_one_another_and_null_is_none() {
        let value = json!([{"A": {"A": 1, "B": [{"A": 2}]}}, {"A": null}, "A"]);
        let found = members(&value, "A");
        assert_eq!(found, [&json!({"A": 1, "B": [{"A": 2}]}), &json!(1), &json!(2)]);
    }
}
