//! Whom a trust policy names, and a trust policy that names them by their unique ids.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use std::collections::BTreeSet;

use serde_json::Value;

use super::Role;

impl Role {
    /// The trust policy as it was meant when it was set: users and roles stand in it by their unique ids, so that one
    /// made anew under an old ARN is not trusted. Sessions cannot be named by id: see [`Role::trusted_sessions`].
    pub fn trust_by_id(&self) -> String {
        renamed(&self.trust, |named| self.trusted_ids.get(named).filter(|_| named.starts_with(IAM)).cloned())
    }

    /// The sessions that the trust policy names by ARN, each with the id that its role had when the policy was set.
    pub fn trusted_sessions(&self) -> impl Iterator<Item = (&str, &str)> {
        let sessions = self.trusted_ids.iter().filter(|(named, _)| !named.starts_with(IAM));
        sessions.map(|(named, id)| (named.as_str(), id.as_str()))
    }
}

/// What the ARNs of users and roles begin with; those of sessions are of sts.
const IAM: &str = "arn:aws:iam:";

/// Everybody whom the document's `Principal` and `NotPrincipal` elements name under `AWS`. What is no policy names nobody.
pub fn named(document: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let _ = renamed(document, |name| {
        found.insert(name.to_owned());
        None
    });
    found
}

/// The document with other names for some of those it names.
pub fn renamed(document: &str, mut rename: impl FnMut(&str) -> Option<String>) -> String {
    let Ok(mut policy) = serde_json::from_str::<Value>(document) else { return document.to_owned() };
    let mut changed = false;
    for name in policy.get_mut("Statement").into_iter().flat_map(each).flat_map(principals) {
        if let Value::String(text) = name
            && let Some(other) = rename(text)
        {
            *text = other;
            changed = true;
        }
    }
    if changed { policy.to_string() } else { document.to_owned() }
}

fn principals(statement: &mut Value) -> impl Iterator<Item = &mut Value> {
    let elements = statement.as_object_mut().into_iter().flatten();
    let elements = elements.filter(|(name, _)| matches!(name.as_str(), "Principal" | "NotPrincipal"));
    elements.filter_map(|(_, element)| element.get_mut("AWS")).flat_map(each)
}

/// One value, or each of a list.
fn each(value: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter_mut()),
        one => Box::new(std::iter::once(one)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"Statement":[{"Principal":{"AWS":["arn:aws:iam::1:user/a","arn:aws:iam::1:role/b"],"Service":"x"}},{"NotPrincipal":{"AWS":"arn:aws:iam::1:user/a"}},{"Principal":"*"}]}"#;

    #[test]
    fn everybody_who_is_named_is_found() {
        let found: Vec<_> = named(DOCUMENT).into_iter().collect();
        assert_eq!(found, ["arn:aws:iam::1:role/b", "arn:aws:iam::1:user/a"]);
        for nothing in ["", "[]", "1", "{}", r#"{"Statement":1}"#, r#"{"Statement":[{"Principal":{"AWS":1}}]}"#] {
            assert!(named(nothing).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn names_are_replaced_wherever_they_stand() {
        let renamed = renamed(DOCUMENT, |name| (name == "arn:aws:iam::1:user/a").then(|| "AIDA1".to_owned()));
        assert!(!renamed.contains("user/a") && renamed.matches("AIDA1").count() == 2, "{renamed}");
        assert!(renamed.contains("role/b"));
    }

    #[test]
    fn a_document_that_names_nobody_else_stays_as_it_is() {
        let spaced = "{ \"Statement\": [ { \"Principal\": \"*\" } ] }";
        assert_eq!(renamed(spaced, |_| Some("x".to_owned())), spaced);
    }
}
