//! Which of a field's many named values are inspected, and which half of each.

use crate::json::Pointer;

/// Which half of headers, cookies or JSON members is inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchScope {
    /// Names and values.
    All,
    /// Names.
    Key,
    /// Values.
    Value,
}

impl MatchScope {
    /// Names are inspected.
    pub fn keys(self) -> bool {
        match self {
            MatchScope::All | MatchScope::Key => true,
            MatchScope::Value => false,
        }
    }

    /// Values are inspected.
    pub fn values(self) -> bool {
        match self {
            MatchScope::All | MatchScope::Value => true,
            MatchScope::Key => false,
        }
    }
}

/// Which headers or cookies are inspected, sorted and each once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Names {
    /// All.
    All,
    /// These.
    Included(Box<[Box<str>]>),
    /// All but these.
    Excluded(Box<[Box<str>]>),
}

impl Names {
    /// A header's name, in any case, is among them.
    pub(crate) fn header(&self, name: &[u8]) -> bool {
        self.select(|other| other.as_bytes().eq_ignore_ascii_case(name))
    }

    /// A cookie's name is among them.
    pub(crate) fn cookie(&self, name: &[u8]) -> bool {
        self.select(|other| other.as_bytes() == name)
    }

    fn select(&self, equals: impl Fn(&str) -> bool) -> bool {
        match self {
            Names::All => true,
            Names::Included(names) => names.iter().any(|name| equals(name)),
            Names::Excluded(names) => !names.iter().any(|name| equals(name)),
        }
    }
}

/// Which elements of a JSON body are inspected.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Included {
    /// All.
    All,
    /// Those at these JSON pointers, with all that is in them; sorted and each once. An element's name belongs to it.
    /// <https://www.rfc-editor.org/rfc/rfc6901>
    Paths(Box<[Pointer]>),
}
