//! Cross-site scripting: a value is read as HTML in each place of a page where it could stand.

mod token;
mod scan;
mod names;
mod url;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod laws;

use memchr::{memchr, memchr2};

use names::{Attribute, begins_with};
use scan::Scanner;
use token::{Kind, Place, Token};

/// An attack on a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Xss {
    /// What gave it away.
    pub kind: XssKind,
    /// Where that stands in the value, in bytes.
    pub offset: usize,
}

/// What carries a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XssKind {
    /// A document type, which changes how the rest is read.
    Doctype,
    /// A tag: `<script`, `<iframe`, `<svg`.
    Tag,
    /// A value of an attribute that is a script: `onload=…`, or a name space.
    Handler,
    /// A value of an attribute that is an address: `href=javascript:…`.
    Url,
    /// Styles.
    Style,
    /// A comment that some browsers read: `<!--[if`, `<?import`, `<!ENTITY`.
    Comment,
}

/// The attack in the value, if there is one.
pub(super) fn detect(value: &[u8]) -> Option<Xss> {
    // Without them there is neither a tag nor a value of an attribute, whatever the place.
    memchr2(b'<', b'=', value)?;
    Place::ALL.iter().filter(|place| can_attack(**place, value)).find_map(|place| in_place(value, *place))
}

/// Whether a value can attack from there; what never leaves its place cannot.
fn can_attack(place: Place, value: &[u8]) -> bool {
    match place {
        Place::Text => memchr(b'<', value).is_some(),
        Place::Tag => true,
        Place::Single => memchr(b'\'', value).is_some(),
        Place::Double => memchr(b'"', value).is_some(),
        Place::Back => memchr(b'`', value).is_some(),
    }
}

fn in_place(value: &[u8], place: Place) -> Option<Xss> {
    let mut scanner = Scanner::new(value, place);
    let mut attribute = Attribute::Harmless;
    while let Some(token) = scanner.next() {
        let kind = match token.kind {
            Kind::Doctype => Some(XssKind::Doctype),
            Kind::TagName => names::is_dangerous_tag(token.text).then_some(XssKind::Tag),
            Kind::AttributeValue => value_attacks(attribute, token.text),
            Kind::Comment => comment_attacks(token.text).then_some(XssKind::Comment),
            Kind::Text | Kind::AttributeName | Kind::TagEnd | Kind::TagSelfEnd | Kind::EndTag => None,
        };
        if let Some(kind) = kind {
            return Some(Xss { kind, offset: token.at });
        }
        attribute = attribute_of(&token);
    }
    None
}

/// What the value is that stands behind the token.
fn attribute_of(token: &Token<'_>) -> Attribute {
    match token.kind {
        Kind::AttributeName => names::attribute(token.text),
        Kind::Text
        | Kind::TagName
        | Kind::TagEnd
        | Kind::TagSelfEnd
        | Kind::EndTag
        | Kind::AttributeValue
        | Kind::Comment
        | Kind::Doctype => Attribute::Harmless,
    }
}

fn value_attacks(attribute: Attribute, value: &[u8]) -> Option<XssKind> {
    match attribute {
        Attribute::Harmless => None,
        Attribute::Script => Some(XssKind::Handler),
        Attribute::Style => Some(XssKind::Style),
        Attribute::Url => url::is_dangerous(value).then_some(XssKind::Url),
        Attribute::Indirect => (names::attribute(value) != Attribute::Harmless).then_some(XssKind::Handler),
    }
}

/// Old browsers end tags at back quotes and read some comments; XML has entities.
fn comment_attacks(comment: &[u8]) -> bool {
    memchr(b'`', comment).is_some()
        || comment.len() > 3 && (begins_with(comment, "[IF") || begins_with(comment, "XML"))
        || begins_with(comment, "IMPORT")
        || begins_with(comment, "ENTITY")
}
