//! JSON as policies need it: keys in order, and a doubled key is an error instead of a quiet loss.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::MalformedPolicy;

/// A JSON value. `null` is nothing that a policy may hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Text(String),
    Bool(bool),
    /// A number as written out again.
    Number(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads a whole document; the depth is bounded by the reader.
    pub(crate) fn parse(text: &str) -> Result<Self, MalformedPolicy> {
        serde_json::from_str(text).map_err(|error| MalformedPolicy::syntax(error.to_string()))
    }

    /// The text of a string.
    pub(crate) fn text(self, what: &str) -> Result<String, MalformedPolicy> {
        match self {
            Node::Text(text) => Ok(text),
            Node::Bool(_) | Node::Number(_) | Node::List(_) | Node::Object(_) => {
                Err(MalformedPolicy::syntax(format!("`{what}` must be a string")))
            }
        }
    }

    /// The members of an object.
    pub(crate) fn object(self, what: &str) -> Result<Vec<(String, Node)>, MalformedPolicy> {
        match self {
            Node::Object(members) => Ok(members),
            Node::Text(_) | Node::Bool(_) | Node::Number(_) | Node::List(_) => {
                Err(MalformedPolicy::syntax(format!("`{what}` must be an object")))
            }
        }
    }

    /// One string, or a list of strings.
    pub(crate) fn texts(self, what: &str) -> Result<Vec<String>, MalformedPolicy> {
        match self {
            Node::List(nodes) => nodes.into_iter().map(|node| node.text(what)).collect(),
            node => Ok(vec![node.text(what)?]),
        }
    }

    /// One value, or a list of values, that are strings, numbers or truth values, as text.
    pub(crate) fn scalars(self, what: &str) -> Result<Vec<String>, MalformedPolicy> {
        let scalar = |node| match node {
            Node::Text(text) | Node::Number(text) => Ok(text),
            Node::Bool(value) => Ok(value.to_string()),
            Node::List(_) | Node::Object(_) => {
                Err(MalformedPolicy::syntax(format!("the values of `{what}` must be strings, numbers or booleans")))
            }
        };
        match self {
            Node::List(nodes) => nodes.into_iter().map(scalar).collect(),
            node => Ok(vec![scalar(node)?]),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, number, boolean, list or object")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members: Vec<(String, Node)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some((key, node)) = map.next_entry::<String, Node>()? {
            // SECURITY: two readers could each take another of the two.
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format!("the key `{}` is there twice", crate::malformed::cut(&key))));
            }
            members.push((key, node));
        }
        Ok(Node::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubled_key_is_an_error_at_any_depth() {
        for text in [r#"{"a":1,"a":2}"#, r#"{"a":[{"b":1,"b":1}]}"#] {
            let detail = Node::parse(text).unwrap_err().detail();
            assert!(detail.contains("is there twice"), "{detail}");
        }
        assert!(Node::parse(r#"{"a":{"b":1},"c":{"b":1}}"#).is_ok());
    }

    #[test]
    fn deep_nesting_ends_in_an_error() {
        assert!(Node::parse(&"[".repeat(100_000)).is_err());
        assert!(Node::parse(&"{\"a\":".repeat(100_000)).is_err());
    }
}
