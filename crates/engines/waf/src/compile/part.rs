//! A part of the request, and the texts that are looked for in it.

use super::texts::Texts;
use crate::field::Field;

/// A part of the request that rules look into.
#[derive(Debug)]
pub(crate) struct Part {
    /// Which.
    pub(crate) field: Field,
    /// The texts of all conditions on this part.
    pub(crate) texts: Texts,
}

impl Part {
    /// It is read from the body.
    pub(crate) fn is_body(&self) -> bool {
        match self.field {
            Field::Body | Field::BodyValues | Field::JsonBody { .. } => true,
            Field::Method
            | Field::UriPath
            | Field::QueryString
            | Field::SingleQueryArgument { .. }
            | Field::AllQueryArguments { .. }
            | Field::ArgumentNames
            | Field::SingleHeader(_)
            | Field::Headers { .. }
            | Field::Cookies { .. }
            | Field::HeaderOrder => false,
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        size_of::<Part>() + self.texts.memory_bytes()
    }
}
