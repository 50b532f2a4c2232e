//! Query arguments: the query parted at `&`, each argument at its first `=`.

use std::collections::HashMap;

use super::PreParse;
use super::extracted::{Extracted, Name, Source};
use super::pre_parse::Step;
use crate::request::Request;
use crate::transform::{Changed, TextTransformation, hex_pair};

/// An argument in a query: where its name and its value begin and end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Argument {
    pub(super) name: (usize, usize),
    pub(super) value: (usize, usize),
}

/// The values of one argument, or of all. An argument without `=` has an empty value; between two `&` there is none.
pub(super) fn extract(request: &Request<'_>, name: Option<&str>, before: &PreParse, into: &mut Extracted) {
    let source = prepare(request.query, before, into);
    let mut arguments = std::mem::take(&mut into.arguments);
    part(if source == Source::Query { request.query } else { &into.own }, &mut arguments);
    for Argument { name: found, value } in arguments.drain(..) {
        let query = if source == Source::Query { request.query } else { &into.own };
        if name.is_none_or(|name| is_called(&query[found.0..found.1], name)) {
            let name = Name::Part(source, found.0 as u32, found.1 as u32);
            into.push(request, source, value.0, value.1, name);
        }
    }
    into.arguments = arguments;
}

/// The names of all arguments.
pub(super) fn names(request: &Request<'_>, into: &mut Extracted) {
    let mut arguments = std::mem::take(&mut into.arguments);
    part(request.query, &mut arguments);
    for Argument { name, .. } in arguments.drain(..).filter(|argument| argument.name.0 < argument.name.1) {
        into.push(request, Source::Query, name.0, name.1, Name::None);
    }
    into.arguments = arguments;
}

/// An argument's name is this one, whatever its case.
///
/// SECURITY: encoded letters count as what they stand for, since every back end decodes names: `%69d` is `id`.
fn is_called(found: &[u8], name: &str) -> bool {
    let mut at = 0;
    for wanted in name.bytes() {
        let (byte, length) = match (found.get(at), hex_pair(found, at + 1)) {
            (Some(b'%'), Some(byte)) => (byte, 3),
            (Some(b'+'), _) => (b' ', 1),
            (Some(byte), _) => (*byte, 1),
            (None, _) => return false,
        };
        if byte.to_ascii_lowercase() != wanted {
            return false;
        }
        at += length;
    }
    at == found.len()
}

/// The arguments of a query, or the fields of a form that is written as one.
pub(super) fn part(query: &[u8], arguments: &mut Vec<Argument>) {
    arguments.clear();
    let mut start = 0;
    while start < query.len() {
        let end = memchr::memchr(b'&', &query[start..]).map_or(query.len(), |found| start + found);
        if start < end {
            let equals = memchr::memchr(b'=', &query[start..end]).map_or(end, |found| start + found);
            arguments.push(Argument { name: (start, equals), value: ((equals + 1).min(end), end) });
        }
        start = end + 1;
    }
}

/// Does what is to be done to the query before it is parted. Answers where the query then stands.
fn prepare(query: &[u8], before: &PreParse, into: &mut Extracted) -> Source {
    let mut source = Source::Query;
    for step in before.steps() {
        let Extracted { own, spare, arguments, .. } = into;
        let current: &[u8] = if source == Source::Query { query } else { own };
        spare.clear();
        let changed = match step {
            Step::None => Changed::Not,
            Step::UrlDecode => TextTransformation::UrlDecode.write(current, spare),
            Step::UrlDecodeUni => TextTransformation::UrlDecodeUni.write(current, spare),
            Step::ReplaceSemicolons => {
                spare.extend(current.iter().map(|byte| if *byte == b';' { b'&' } else { *byte }));
                Changed::Made
            }
            Step::CombineDuplicates => {
                part(current, arguments);
                combine(current, arguments, spare);
                Changed::Made
            }
        };
        match changed {
            Changed::Not => continue,
            Changed::Within(part) => spare.extend_from_slice(&current[part]),
            Changed::Made => {}
        }
        std::mem::swap(own, spare);
        source = Source::Own;
    }
    source
}

/// Writes `a=1&b=2&a=3` as `a=1,3&b=2`; names are compared without case, as elsewhere.
fn combine(query: &[u8], arguments: &[Argument], out: &mut Vec<u8>) {
    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut combined: Vec<(&[u8], Vec<&[u8]>)> = Vec::new();
    for argument in arguments {
        let name = &query[argument.name.0..argument.name.1];
        let value = &query[argument.value.0..argument.value.1];
        let place = *places.entry(name.to_ascii_lowercase()).or_insert(combined.len());
        match combined.get_mut(place) {
            Some((_, values)) => values.push(value),
            None => combined.push((name, vec![value])),
        }
    }
    for (index, (name, values)) in combined.iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(value);
        }
    }
}
