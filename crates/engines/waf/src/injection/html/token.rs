//! The pieces of HTML, and the places of a page where a value can stand.

/// Where a value is put in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Between tags.
    Text,
    /// Inside of a tag, as a value without quotes or where a name stands.
    Tag,
    /// In a value between `'`.
    Single,
    /// In a value between `"`.
    Double,
    /// In a value between back quotes, which old browsers take.
    Back,
}

impl Place {
    pub(super) const ALL: [Place; 5] = [Place::Text, Place::Tag, Place::Single, Place::Double, Place::Back];
}

/// What a piece of HTML is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// The name behind `<`, or behind `</` where something follows it.
    TagName,
    /// `>`.
    TagEnd,
    /// `/>`.
    TagSelfEnd,
    /// The name between `</` and `>`.
    EndTag,
    AttributeName,
    AttributeValue,
    Comment,
    Doctype,
}

/// A piece of HTML.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// Where it stands in the value.
    pub(super) at: usize,
    pub(super) text: &'a [u8],
}
