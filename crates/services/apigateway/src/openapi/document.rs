//! A document's bytes: JSON or YAML, which version of which specification, and its references.

use base::limits::IMPORT_BYTES_MAX;
use serde_json::Value;

use crate::error::Error;

/// Which specification a document follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// OpenAPI 3.0.
    OpenApi3,
    /// Swagger 2.0.
    Swagger2,
}

/// A document as a tree.
#[derive(Debug)]
pub(crate) struct Document {
    /// Which specification it follows.
    pub(crate) dialect: Dialect,
    /// The whole tree.
    pub(crate) root: Value,
}

/// How often a reference may lead to another one.
const HOPS_MAX: usize = 16;

impl Document {
    /// Reads a document, JSON or YAML by its first character.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > IMPORT_BYTES_MAX {
            return Err(Error::bad_request(format!("The API definition is larger than {IMPORT_BYTES_MAX} bytes.")));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8"))?;
        let root: Value = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|fault| malformed(&fault.to_string()))?
        } else {
            serde_saphyr::from_str(text).map_err(|fault| malformed(first_line(&fault.to_string())))?
        };
        let dialect = match (root.get("openapi").and_then(Value::as_str), version_2(&root)) {
            (Some(version), _) if version.starts_with("3.") => Dialect::OpenApi3,
            (None, true) => Dialect::Swagger2,
            (Some(_) | None, _) => {
                return Err(malformed("it says neither `openapi: 3.0.x` nor `swagger: \"2.0\"`"));
            }
        };
        Ok(Self { dialect, root })
    }

    /// The value itself, or what its `$ref` leads to inside this document.
    pub(crate) fn resolve<'d>(&'d self, value: &'d Value) -> Result<&'d Value, String> {
        let mut at = value;
        for _ in 0..HOPS_MAX {
            let Some(reference) = at.get("$ref") else { return Ok(at) };
            let reference = reference.as_str().ok_or("a `$ref` is not text")?;
            let pointer = reference
                .strip_prefix('#')
                .ok_or_else(|| format!("the reference `{reference}` leads outside the document"))?;
            at = self.root.pointer(pointer).ok_or_else(|| format!("the reference `{reference}` leads nowhere"))?;
        }
        Err("its references go round in a circle".to_owned())
    }
}

/// YAML writes the version as a number where it is not quoted.
fn version_2(root: &Value) -> bool {
    match root.get("swagger") {
        Some(Value::String(text)) => text == "2.0",
        Some(Value::Number(number)) => number.as_f64() == Some(2.0),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => false,
    }
}

fn malformed(why: &str) -> Error {
    Error::bad_request(format!("Invalid OpenAPI input: {why}."))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_document_is_json_or_yaml_of_a_known_version() {
        for (text, dialect) in [
            (r#"{"openapi": "3.0.1"}"#, Some(Dialect::OpenApi3)),
            ("openapi: 3.0.3\ninfo: {}\n", Some(Dialect::OpenApi3)),
            ("swagger: \"2.0\"\n", Some(Dialect::Swagger2)),
            ("swagger: 2.0\n", Some(Dialect::Swagger2)),
            ("openapi: 2.9\n", None),
            ("{}", None),
            ("[]", None),
            ("", None),
            ("a: [", None),
            ("openapi: 3.0.0\nopenapi: 3.0.1\n", None),
        ] {
            assert_eq!(Document::parse(text.as_bytes()).ok().map(|found| found.dialect), dialect, "{text}");
        }
    }

    #[test]
    fn references_stay_inside_and_end() {
        let document = Document::parse(
            br##"{"openapi":"3.0.0","a":{"$ref":"#/b"},"b":{"c":1},"x":{"$ref":"#/x"},"o":{"$ref":"http://e/x"}}"##,
        );
        let document = document.expect("good");
        let at = |name: &str| document.resolve(document.root.get(name).expect("there")).map(Value::to_string);
        assert_eq!(at("a"), Ok(r#"{"c":1}"#.to_owned()));
        assert!(at("x").expect_err("a circle").contains("circle"));
        assert!(at("o").expect_err("outside").contains("outside"));
    }

    #[test]
    fn a_document_that_swells_is_refused() {
        // Each alias doubles the one before: 2^30 strings from half a kilobyte.
        let level = |level: usize| format!("a{level}: &a{level} [*a{below}, *a{below}]\n", below = level - 1);
        let bomb = format!("openapi: 3.0.0\na0: &a0 [x, x]\n{}", (1..30).map(level).collect::<Vec<_>>().concat());
        assert!(Document::parse(bomb.as_bytes()).is_err());
        assert!(Document::parse("[".repeat(100_000).as_bytes()).is_err());
        assert!(Document::parse(format!("{{\"a\":{}", "[".repeat(100_000)).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = Document::parse(&bytes);
        }
    }
}
