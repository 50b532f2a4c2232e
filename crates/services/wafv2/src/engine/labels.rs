//! The labels that rules add and look for, as GetRuleGroup and DescribeManagedRuleGroup show them.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-labels.html>

use std::collections::BTreeSet;

use serde_json::Value;

use super::walk;

/// The labels that rules add, with their namespace.
pub(crate) fn added(rules: &Value, namespace: &str) -> Vec<String> {
    let labels = walk::members(rules, "RuleLabels").into_iter().filter_map(Value::as_array).flatten();
    let names = labels.filter_map(|label| label["Name"].as_str());
    names.map(|name| format!("{namespace}{name}")).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The labels and namespaces that rules look for.
pub(crate) fn matched(rules: &Value) -> Vec<String> {
    let statements = walk::members(rules, "LabelMatchStatement").into_iter();
    let keys = statements.filter_map(|statement| statement["Key"].as_str());
    keys.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_label_stands_once_and_in_order() {
        let rules = json!([
            {"RuleLabels": [{"Name": "b"}, {"Name": "a:x"}], "Statement": {"LabelMatchStatement": {"Key": "k"}}},
            {"RuleLabels": [{"Name": "b"}],
                "Statement": {"NotStatement": {"Statement": {"LabelMatchStatement": {"Key": "n:"}}}}},
        ]);
        assert_eq!(added(&rules, "ns:"), ["ns:a:x", "ns:b"]);
        assert_eq!(matched(&rules), ["k", "n:"]);
    }
}
