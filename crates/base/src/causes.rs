//! Puts an error and its causes on one line, for our own log and records.

use std::error::Error;

/// The error's text and those of its sources, joined by colons.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the store is away")]
    struct Away(#[source] std::io::Error);

    #[test]
    fn every_cause_is_told() {
        let fault = Away(std::io::Error::other("no route"));
        assert_eq!(with_causes(&fault), "the store is away: no route");
        assert_eq!(with_causes(&std::io::Error::other("alone")), "alone");
    }
}
