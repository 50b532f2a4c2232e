//! A part of the request, and the automaton that looks for texts in it.

use super::input::Clue;
use super::scanner::Scanner;
use crate::field::Field;

/// A part of the request that rules look into.
#[derive(Debug)]
pub(crate) struct Part {
    /// Which.
    pub(crate) field: Field,
    /// Looks for the texts of all conditions on this part; absent where none has any.
    pub(crate) scanner: Option<Scanner>,
    /// For each text: what it means.
    pub(crate) clues: Vec<Box<[Clue]>>,
}

impl Part {
    /// It is read from the body.
    pub(crate) fn is_body(&self) -> bool {
        match self.field {
            Field::Body | Field::JsonBody { .. } => true,
            Field::Method
            | Field::UriPath
            | Field::QueryString
            | Field::SingleQueryArgument { .. }
            | Field::AllQueryArguments { .. }
            | Field::SingleHeader(_)
            | Field::Headers { .. }
            | Field::Cookies { .. }
            | Field::HeaderOrder => false,
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let lists: usize = self.clues.iter().map(|list| list.len() * size_of::<Clue>() + 16).sum();
        size_of::<Part>() + lists + self.scanner.as_ref().map_or(0, Scanner::memory_bytes)
    }
}
