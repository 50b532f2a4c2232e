//! Keys: the account and region first, then the table, then the record's own path.

use base::Scope;

/// A table's name; `model` declares them as constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(pub &'static str);

/// The place of one document. Its parts never hold NUL; path segments are separated by `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Who owns it and where.
    pub scope: Scope,
    /// The table, as text because change feeds are read back from the store.
    pub table: String,
    /// The path inside the table, such as `a1b2c3/stages/prod`. Sorted bytewise.
    pub id: String,
}

impl Key {
    /// A key in `table`.
    pub fn new(scope: Scope, table: Table, id: impl Into<String>) -> Self {
        Self { scope, table: table.0.to_owned(), id: id.into() }
    }

    /// Whether it is a place at all: NUL is in no stored key, and not every backend can even ask for it.
    pub fn is_storable(&self) -> bool {
        !self.table.contains('\0') && !self.id.contains('\0')
    }

    /// The ids from which a scan of this prefix begins: those at or above the answer, bytewise.
    pub fn scan_from(&self, after: Option<&str>) -> String {
        // Ids hold no NUL, so nothing lies between an id and itself followed by the next character.
        let next = after.map(|after| format!("{after}\u{1}")).unwrap_or_default();
        next.max(self.id.clone())
    }

    /// The lowest text above every id that begins with this prefix, or `None` where there is no such text.
    pub fn scan_to(&self) -> Option<String> {
        above(&self.id)
    }
}

/// The lowest text above every text that begins with `prefix`, in the order of code points, which is that of bytes.
pub fn above(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // Stepping in a range of `char` skips the surrogates.
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_prefix_ends_where_its_last_character_is_raised() {
        let cases =
            [("", None), ("a", Some("b")), ("a/", Some("a0")), ("a\u{d7ff}", Some("a\u{e000}")), ("\u{10ffff}", None)];
        for (prefix, end) in cases {
            assert_eq!(above(prefix).as_deref(), end, "{prefix:?}");
        }
        assert_eq!(above("a\u{10ffff}").as_deref(), Some("b"));
    }

    proptest! {
        #[test]
        fn a_text_lies_inside_the_bounds_just_when_it_has_the_prefix(prefix in "[a\u{10ffff}]{0,3}", text in "[a-c\u{10ffff}]{0,5}") {
            let inside = text >= prefix && above(&prefix).is_none_or(|end| text < end);
            prop_assert_eq!(inside, text.starts_with(&prefix));
        }
    }
}
