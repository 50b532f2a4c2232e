//! The firewall's reasons in words.

use std::fmt::Write as _;

use crate::reason::{Firewall, Found, Judged};

pub(super) fn sentence(reason: &Firewall) -> String {
    match reason {
        Firewall::NoneAttached => "no web ACL is attached to the stage".to_owned(),
        Firewall::Allowed(judged) => told(judged, "lets it pass"),
        Firewall::Blocked(judged) => told(judged, "blocks it"),
        Firewall::Interrupted { judged, action, token } => {
            format!("{}; the request's token: {token}", told(judged, &format!("answers {action}")))
        }
        Firewall::Solved { acl, action } => format!("web ACL `{acl}` gives a token: the {action} was solved"),
        Firewall::Broken { acl, why } => format!("web ACL `{acl}` cannot judge, so nobody passes: {why}"),
        Firewall::BodyBroke { why } => format!("the part of the body that the web ACL inspects did not arrive: {why}"),
        Firewall::NoRoom => "other bodies fill the memory set aside for those that are inspected".to_owned(),
    }
}

fn told(judged: &Judged, does: &str) -> String {
    let Judged { acl, rule, inside, found, counted, exhausted, labels: _ } = judged;
    let mut text = match (rule, inside) {
        (None, _) => format!("web ACL `{acl}` {does}: its default action"),
        (Some(rule), None) => format!("web ACL `{acl}` {does}: rule `{rule}`"),
        (Some(rule), Some((group, inner))) => format!("web ACL `{acl}` {does}: rule `{inner}` of `{group}` (`{rule}`)"),
    };
    // Writing to a string cannot fail.
    for Found { condition, location, name, transformations, matched, offset } in found {
        let _ = write!(text, "; {condition} in {location}");
        if let Some(name) = name {
            let _ = write!(text, " `{name}`");
        }
        if !transformations.is_empty() {
            let _ = write!(text, " after {transformations}");
        }
        let _ = write!(text, ": `{matched}` at byte {offset}");
    }
    if !counted.is_empty() {
        let _ = write!(text, "; counted by `{}`", counted.join("`, `"));
    }
    if *exhausted {
        text.push_str("; the request took more steps than one may, and what was left to inspect counted as a match");
    }
    text
}
