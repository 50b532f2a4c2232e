//! Labels: what rules write on a request for later rules to read.
//!
//! A label is written with the namespace of whoever adds it before it. A statement that names a label without such a
//! namespace means the labels of its own web ACL or rule group.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-labels.html>

use std::sync::Arc;

use serde_json::Value;

use crate::document::{invalid, list, text};
use crate::invalid::Invalid;
use crate::strict::{Members, choice};

/// Every namespace that AWS gives begins with it.
const OWN: &str = "awswaf:";
const RESERVED: [&str; 8] = ["awswaf", "aws", "waf", "rulegroup", "webacl", "regexpatternset", "ipset", "managed"];
const PART_CHARACTERS_MAX: usize = 128;
const NAMESPACES_MAX: usize = 5;
const LABELS_MAX: usize = 100;
const FIELD: &str = "LABEL_MATCH_STATEMENT";

/// An earlier rule labelled the request.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_LabelMatchStatement.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelMatch {
    /// The whole label, or a namespace of it.
    pub scope: LabelScope,
    /// What is looked for; a namespace ends with `:`.
    pub key: Arc<str>,
}

/// What of a label is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelScope {
    /// Its name, with any number of namespaces before it.
    Label,
    /// Its namespaces.
    Namespace,
}

impl LabelMatch {
    pub(crate) fn parse(value: &Value) -> Result<LabelMatch, Invalid> {
        let members = Members::read(value, FIELD, "LabelMatchStatement", &["Scope", "Key"])?;
        let scopes = [("LABEL", LabelScope::Label), ("NAMESPACE", LabelScope::Namespace)];
        let scope = choice(members.required("Scope")?, FIELD, &scopes)?;
        let key = text(members.required("Key")?, FIELD, "Key", 1024, is_label)?;
        if key.ends_with(':') != (scope == LabelScope::Namespace) {
            return Err(invalid(FIELD, key, "a namespace ends with a colon, a label does not"));
        }
        Ok(LabelMatch { scope, key: key.into() })
    }

    /// Whether a label is what is looked for, seen from a web ACL or rule group with this namespace.
    pub fn holds(&self, label: &str, own_namespace: &str) -> bool {
        let label = if self.key.starts_with(OWN) {
            label
        } else {
            let Some(inside) = label.strip_prefix(own_namespace) else { return false };
            inside
        };
        let qualified = self.key.starts_with(OWN);
        match self.scope {
            LabelScope::Label if qualified => label == &*self.key,
            // The name, with any number of the namespaces before it.
            LabelScope::Label => {
                let before = label.strip_suffix(&*self.key);
                before.is_some_and(|before| before.is_empty() || before.ends_with(':'))
            }
            LabelScope::Namespace if qualified => label.starts_with(&*self.key),
            LabelScope::Namespace => {
                let mut starts = label.match_indices(&*self.key).map(|(at, _)| at);
                starts.any(|at| at == 0 || label.as_bytes()[at - 1] == b':')
            }
        }
    }
}

/// Reads `RuleLabels`: names with at most five namespaces, none of which could be taken for one of AWS's.
pub(crate) fn rule_labels(value: &Value) -> Result<Vec<Arc<str>>, Invalid> {
    const FIELD: &str = "RULE";
    let entries = list(value, FIELD, "RuleLabels")?;
    if entries.len() > LABELS_MAX {
        return Err(invalid(FIELD, entries.len().to_string(), "a rule adds at most 100 labels"));
    }
    let mut labels: Vec<Arc<str>> = Vec::with_capacity(entries.len());
    for entry in entries {
        let members = Members::read(entry, FIELD, "Label", &["Name"])?;
        let name = text(members.required("Name")?, FIELD, "Name", 1024, is_label)?;
        let parts = || name.split(':');
        if parts().any(|part| part.is_empty() || part.len() > PART_CHARACTERS_MAX)
            || parts().count() > NAMESPACES_MAX + 1
        {
            let reason = "a label has at most five namespaces, each part of it 1 to 128 characters";
            return Err(invalid(FIELD, name, reason));
        }
        // SECURITY: a label of one's own must never pass for one that somebody else's rule gave.
        if let Some(reserved) = parts().find(|part| RESERVED.contains(part)) {
            return Err(invalid(FIELD, reserved, "the word is reserved and can't be part of a label"));
        }
        labels.push(name.into());
    }
    Ok(labels)
}

/// Reads `LabelNamespace`: what AWS puts before the labels of a web ACL or rule group.
pub(crate) fn own_namespace(value: &Value) -> Result<Arc<str>, Invalid> {
    namespace(value, "RULE")
}

/// Reads a namespace with its colon.
pub(crate) fn namespace(value: &Value, field: &'static str) -> Result<Arc<str>, Invalid> {
    let namespace = text(value, field, "Namespace", 1024, is_label)?;
    if !namespace.ends_with(':') {
        return Err(invalid(field, namespace, "a namespace ends with a colon"));
    }
    Ok(namespace.into())
}

fn is_label(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | ':')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_label_is_found_by_its_full_name_or_within_its_own_context() {
        let label = "awswaf:000000000000:webacl:shop:team:bots:scraper";
        let own = "awswaf:000000000000:webacl:shop:";
        for (scope, key, from, found) in [
            ("LABEL", label, own, true),
            ("LABEL", label, "awswaf:000000000000:rulegroup:shop:", true),
            ("LABEL", "scraper", own, true),
            ("LABEL", "bots:scraper", own, true),
            ("LABEL", "team:bots:scraper", own, true),
            ("LABEL", "scraper", "awswaf:000000000000:rulegroup:shop:", false),
            ("LABEL", "raper", own, false),
            ("LABEL", "Scraper", own, false),
            ("LABEL", "bots", own, false),
            ("LABEL", "awswaf:000000000000:webacl:shop:team:bots", own, false),
            ("NAMESPACE", "team:", own, true),
            ("NAMESPACE", "team:bots:", own, true),
            ("NAMESPACE", "bots:", own, true),
            ("NAMESPACE", "eam:", own, false),
            ("NAMESPACE", "scraper:", own, false),
            ("NAMESPACE", "awswaf:000000000000:webacl:shop:", "x:", true),
            ("NAMESPACE", "awswaf:000000000000:webacl:other:", own, false),
            ("NAMESPACE", "team:", "awswaf:managed:aws:x:", false),
        ] {
            let statement = LabelMatch::parse(&json!({ "Scope": scope, "Key": key })).unwrap();
            assert_eq!(statement.holds(label, from), found, "{scope} {key} from {from}");
        }
    }

    #[test]
    fn keys_and_names_that_could_be_read_in_two_ways_are_refused() {
        for written in [
            json!({ "Scope": "LABEL", "Key": "a:" }),
            json!({ "Scope": "NAMESPACE", "Key": "a" }),
            json!({ "Scope": "LABEL", "Key": "a b" }),
            json!({ "Scope": "Label", "Key": "a" }),
            json!({ "Scope": "LABEL" }),
        ] {
            assert!(LabelMatch::parse(&written).is_err(), "{written}");
        }
        for name in ["a::b", ":a", "a:", "awswaf:x", "a:managed:b", "a:b:c:d:e:f:g", "ä", ""] {
            assert!(rule_labels(&json!([{ "Name": name }])).is_err(), "{name}");
        }
        assert_eq!(rule_labels(&json!([{ "Name": "a:b:c:d:e:f" }])).unwrap().len(), 1);
    }
}
