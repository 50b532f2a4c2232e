//! What a request asks its upstream for, judged once.

use http::uri::PathAndQuery;

use crate::head::alphanumeric_and;

/// A path and perhaps a query, as [`http::Uri`] takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(String);

/// It holds what no path or query may hold, or is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the path or query is malformed")]
pub struct TargetError;

/// The library takes no longer ones.
const BYTES_MAX: usize = (u16::MAX - 1) as usize;

impl Target {
    /// Takes a path, which begins with a slash, and perhaps a query. A fragment ends here.
    pub fn parse(text: String) -> Result<Self, TargetError> {
        // Most are plain, which is seen in one look; the library judges the others, and where a query begins.
        if text.starts_with('/') && text.len() <= BYTES_MAX && is_plain(text.as_bytes()) {
            return Ok(Self(text));
        }
        let parsed = PathAndQuery::try_from(text).map_err(|_| TargetError)?;
        Ok(Self(parsed.as_str().to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Without an early exit, since most go to the end.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().fold(true, |all, byte| all & PLAIN[usize::from(*byte)])
}

/// What may stand in a path as well as in a query and means nothing else there (RFC 3986, section 3.3), and what divides
/// them.
static PLAIN: [bool; 256] = alphanumeric_and(b"-._~!$&'()*+,;=:@%/?");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) {
        let theirs = PathAndQuery::try_from(text).map(|parsed| parsed.as_str().to_owned());
        let ours = Target::parse(text.to_owned()).map(|target| target.as_str().to_owned());
        assert_eq!(ours.ok(), theirs.ok(), "{text:?}");
    }

    #[test]
    fn every_byte_is_judged_as_the_library_does() {
        for byte in 0..=char::MAX as u32 {
            let Some(byte) = char::from_u32(byte).filter(|byte| byte.len_utf8() < 3) else { continue };
            for text in [format!("/a{byte}b?c"), format!("/?a{byte}b"), format!("{byte}a")] {
                check(&text);
            }
        }
    }

    #[test]
    fn what_is_too_long_is_refused() {
        for length in [BYTES_MAX - 1, BYTES_MAX, BYTES_MAX + 1] {
            check(&format!("/{}", "a".repeat(length - 1)));
            assert_eq!(Target::parse(format!("/{}", "a".repeat(length - 1))).is_ok(), length <= BYTES_MAX);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_as_the_library_does(text in "/?[a-z0-9%/?#&=.\\\\{}\"<> |^`\\[\\]]{0,20}|/\\PC{0,20}|\\PC{0,10}") {
            check(&text);
        }
    }
}
