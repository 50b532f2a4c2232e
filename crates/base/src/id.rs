//! Ids as types of their own, so that swapped arguments do not compile.

use std::fmt;
use std::sync::Arc;

use smol_str::SmolStr;

/// What is wrong with the text of an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {kind}")]
pub struct InvalidId {
    /// The kind of id that was expected, in AWS's words.
    pub kind: &'static str,
    /// What was given, cut to 64 characters.
    pub text: String,
}

impl InvalidId {
    /// Says that `text` is no `kind`.
    pub fn new(kind: &'static str, text: &str) -> Self {
        Self { kind, text: text.chars().take(64).collect() }
    }
}

/// Declares a newtype over a short text that holds only bytes of `$accept`. A text that there is millions of lies in place: one
/// of its own on the heap is a cache line that a request waits for. Of others there are few, and pointers are smaller.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident($held:ty), $kind:literal, $max:literal, $accept:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name($held);

        impl $name {
            /// Checks and takes the text of an id.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let accept: fn(u8) -> bool = $accept;
                if text.is_empty() || text.len() > $max || !text.bytes().all(accept) {
                    return Err(InvalidId::new($kind, text));
                }
                Ok(Self(text.into()))
            }

            /// The id's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.as_str().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

const fn lower_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

text_id!(
    /// A REST API's id: ten lower-case letters and digits, unique in the installation.
    RestApiId(Arc<str>), "rest api id", 32, lower_alphanumeric
);
text_id!(
    /// A resource's id inside its REST API.
    ResourceId(Arc<str>), "resource id", 32, lower_alphanumeric
);
text_id!(
    /// A deployment's id inside its REST API.
    DeploymentId(Arc<str>), "deployment id", 32, lower_alphanumeric
);
text_id!(
    /// An authorizer's id inside its REST API.
    AuthorizerId(Arc<str>), "authorizer id", 32, lower_alphanumeric
);
text_id!(
    /// A stage's name: up to 128 letters, digits, `_` and `-`.
    StageName(Arc<str>), "stage name", 128, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
);
text_id!(
    /// An API key's id: ten lower-case letters and digits, unique in the installation. It tells nothing of the key's value.
    ApiKeyId(SmolStr), "api key id", 32, lower_alphanumeric
);
text_id!(
    /// A usage plan's id: lower-case letters and digits, unique in the installation.
    UsagePlanId(SmolStr), "usage plan id", 32, lower_alphanumeric
);
text_id!(
    /// An access key's public half, such as `AKIA…`.
    AccessKeyId(SmolStr), "access key id", 128, |byte| byte.is_ascii_alphanumeric() || byte == b'_'
);

/// How long the ids are that API Gateway gives its APIs.
const API_ID_CHARS: usize = 10;
/// How long the ids are that API Gateway gives resources and deployments.
const PART_ID_CHARS: usize = 6;

impl RestApiId {
    /// A fresh random id.
    pub fn random() -> Self {
        Self(random_text(API_ID_CHARS).into())
    }
}

impl ResourceId {
    /// A fresh random id.
    pub fn random() -> Self {
        Self(random_text(PART_ID_CHARS).into())
    }
}

impl AuthorizerId {
    /// A fresh random id.
    pub fn random() -> Self {
        Self(random_text(PART_ID_CHARS).into())
    }
}

impl DeploymentId {
    /// A fresh random id.
    pub fn random() -> Self {
        Self(random_text(PART_ID_CHARS).into())
    }
}

impl ApiKeyId {
    /// A fresh random id.
    pub fn random() -> Self {
        Self(random_text(API_ID_CHARS).into())
    }
}

impl UsagePlanId {
    /// A fresh random id.
    pub fn random() -> Self {
        Self(random_text(PART_ID_CHARS).into())
    }
}

/// Random lower-case letters and digits from the operating system's generator.
pub fn random_text(chars: usize) -> String {
    random_from(b"abcdefghijklmnopqrstuvwxyz0123456789", chars)
}

/// Random characters of `alphabet` (at most 256 of them), each equally likely.
pub fn random_from(alphabet: &[u8], chars: usize) -> String {
    // Bytes above the last whole multiple are thrown away, so that no letter is favoured.
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(chars);
    let mut pool = [0u8; 64];
    while text.len() < chars {
        aws_lc_rs::rand::fill(&mut pool).expect("the operating system's random generator answers");
        for byte in pool {
            if text.len() < chars && usize::from(byte) < fair {
                text.push(char::from(alphabet[usize::from(byte) % alphabet.len()]));
            }
        }
    }
    text
}

/// The id we give a request: a random UUID, the key of all its records.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct RequestId(pub uuid::Uuid);

impl RequestId {
    /// A fresh random id.
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4())
    }

    /// Reads the hyphenated form.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        uuid::Uuid::parse_str(text).map(Self).map_err(|_| InvalidId::new("request id", text))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_takes_only_its_own_alphabet() {
        for (text, good) in [("a1b2c3d4e5", true), ("", false), ("A1", false), ("a/b", false), ("a\0", false)] {
            assert_eq!(RestApiId::parse(text).is_ok(), good, "{text:?}");
        }
        for (text, good) in [("prod-1_x", true), ("a.b", false), ("", false), (&"x".repeat(129), false)] {
            assert_eq!(StageName::parse(text).is_ok(), good, "{text:?}");
        }
    }

    #[test]
    fn random_ids_have_the_right_length_and_differ() {
        let (one, two) = (RestApiId::random(), RestApiId::random());
        assert_eq!(one.as_str().len(), API_ID_CHARS);
        assert_ne!(one, two);
    }
}
