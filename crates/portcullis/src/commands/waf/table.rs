//! What rules did, as a table.

use std::fmt::Write as _;

use serde_json::Value;

const COLUMNS: [(&str, &str); 6] = [
    ("allowed", "Allowed"),
    ("blocked", "Blocked"),
    ("counted", "Counted"),
    ("captcha", "Captcha"),
    ("challenge", "Challenge"),
    ("solved", "Solved"),
];

/// The web ACLs, one below the other.
pub(super) fn of(acls: &Value) -> String {
    let acls = acls.as_array().map(Vec::as_slice).unwrap_or_default();
    if acls.is_empty() {
        return "no web ACL judges requests here\n".to_owned();
    }
    acls.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(acl: &Value) -> String {
    let rules = acl["Rules"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names: Vec<String> = rules.iter().map(name).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max("rule".len());
    let took = match acl["TimedRequests"].as_i64() {
        Some(0) | None => "none timed yet".to_owned(),
        Some(timed) => format!("{:.1} us each ({timed} timed)", acl["Microseconds"].as_f64().unwrap_or_default()),
    };
    let mut text =
        format!("web ACL {}: {} requests, {took}\n", acl["Name"].as_str().unwrap_or_default(), acl["Requests"]);
    // Writing to a string cannot fail.
    let _ = write!(text, "  {:width$}  {:>9}  {:>7}", "rule", "us", "share");
    for (title, _) in COLUMNS {
        let _ = write!(text, "  {title:>9}");
    }
    text.push('\n');
    for (rule, name) in rules.iter().zip(names) {
        let (us, share) =
            (rule["Microseconds"].as_f64().unwrap_or_default(), rule["Share"].as_f64().unwrap_or_default());
        let _ = write!(text, "  {name:width$}  {us:>9.2}  {:>6.2}%", share * 100.0);
        for (_, member) in COLUMNS {
            let _ = write!(text, "  {:>9}", rule[member].as_i64().unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

fn name(rule: &Value) -> String {
    let name = rule["Rule"].as_str().unwrap_or_default();
    rule["GroupRule"].as_str().map_or_else(|| name.to_owned(), |group_rule| format!("{group_rule}/{name}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rules_stand_in_lines_of_equal_columns() {
        let rule = |group: Option<&str>, rule: &str, blocked: i64| json!({ "GroupRule": group, "Rule": rule, "Blocked": blocked, "Share": 0.125, "Microseconds": 1.234 });
        let acl = json!({
            "Name": "shop", "Requests": 800, "TimedRequests": 4, "Microseconds": 9.87,
            "Rules": [rule(Some("common"), "NoUserAgent_HEADER", 100), rule(None, "own", 7)],
        });
        let text = of(&json!([acl]));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "web ACL shop: 800 requests, 9.9 us each (4 timed)");
        assert!(lines[2].contains("common/NoUserAgent_HEADER       1.23   12.50%"), "{text}");
        assert!(lines[1..].iter().all(|line| line.len() == lines[1].len()), "{text}");
        assert_eq!(of(&json!([])), "no web ACL judges requests here\n");
    }
}
