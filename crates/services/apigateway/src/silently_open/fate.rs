//! What becomes of something that a caller sets.

use std::path::Path;

use serde_json::Value as Json;

use crate::testing::Refusal;

/// A verdict on a member or a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    /// It names what the call is about, or which part of a list is answered.
    Names,
    /// It does what it says; the file that does it.
    Enforced(&'static str),
    /// It neither protects nor opens anything; why.
    Harmless(&'static str),
    /// It is refused. `more` are values to try beyond the usual ones, `but` those that ask for nothing. Both in JSON.
    Refused { more: &'static [&'static str], but: &'static [&'static str] },
    /// A list of PATCH operations: the other table has its paths.
    Patched,
}

/// Whatever it is set to.
pub(super) const REFUSED: Fate = Fate::Refused { more: &[], but: &[] };
/// Whatever it is set to, but an empty text.
pub(super) const REFUSED_TEXT: Fate = Fate::Refused { more: &[], but: &["\"\""] };
/// Only `true`.
pub(super) const REFUSED_FLAG: Fate = Fate::Refused { more: &[], but: &["false"] };

/// One row, for an operation or `*`.
pub(super) type Row = (&'static str, &'static str, Fate);

/// The verdict of a table, the operation's own before everybody's.
pub(super) fn of(table: &[Row], operation: &str, member: &str) -> Option<Fate> {
    let row = |owner: &str| table.iter().find(|row| row.0 == owner && row.1 == member);
    row(operation).or_else(|| row("*")).map(|row| row.2)
}

/// Every row stands once, belongs to something that exists, and names a file that exists.
pub(super) fn check_table(table: &[Row], existing: &[(String, String)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    for (at, (operation, member, fate)) in table.iter().enumerate() {
        let twice = table[..at].iter().any(|row| row.0 == *operation && row.1 == *member);
        assert!(!twice, "{operation} {member} stands twice");
        let exists = existing.iter().any(|(known, name)| (*operation == "*" || known == operation) && name == member);
        assert!(exists, "{operation} has no {member}: remove the row");
        match fate {
            Fate::Enforced(file) => assert!(root.join(file).is_file(), "{operation} {member}: there is no {file}"),
            Fate::Harmless(why) => assert!(!why.is_empty(), "{operation} {member}: say why it is harmless"),
            Fate::Names | Fate::Refused { .. } | Fate::Patched => {}
        }
    }
}

/// The JSON texts of a row.
pub(super) fn values(texts: &[&str]) -> Vec<Json> {
    texts.iter().map(|text| serde_json::from_str(text).expect("the table holds JSON")).collect()
}

/// Holds answers to what was tried against the verdict: all are refused, and at least one as not enforced.
pub(super) fn hold_refused(what: &str, answers: &[(Json, Result<Json, Refusal>)]) {
    for (value, answer) in answers {
        assert!(answer.is_err(), "{what} is silently open: {value} was accepted");
    }
    let says_so = |answer: &Result<Json, Refusal>| {
        answer.as_ref().is_err_and(|(_, message)| message.contains("not enforced by this version of Portcullis yet"))
    };
    assert!(answers.iter().any(|(_, answer)| says_so(answer)), "{what} is refused for other reasons: {answers:?}");
}
