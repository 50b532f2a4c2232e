//! Harmless requests: what browsers, applications and people send, with much in it that looks like an attack and is none.

mod words;
mod prose;
mod browse;
mod api;
mod forms;
mod queries;
mod source;
mod documents;
mod fresh;
mod late;
mod short;

use super::random::Random;
use super::wire::{Place, Sample, Wire};

/// What makes one request of a class, and how many of them there are.
type Class = (&'static str, usize, fn(&mut Random) -> Wire);

const CLASSES: [Class; 20] = [
    ("pages and searches", 12_000, browse::page),
    ("calls of interfaces", 9_000, api::call),
    ("texts in many languages", 7_000, prose::text),
    ("texts that sound like SQL", 2_000, prose::like_sql),
    ("names and addresses", 3_000, forms::person),
    ("forms", 4_000, forms::form),
    ("cookies", 2_500, browse::cookies),
    ("filter expressions", 2_500, queries::filter),
    ("GraphQL", 1_500, queries::graphql),
    ("source code", 3_000, source::code),
    ("base64 and data URLs", 1_500, documents::base64),
    ("rich text", 1_500, documents::rich_text),
    ("Markdown", 1_000, documents::markdown),
    ("uploads", 1_000, documents::upload),
    ("XML and CSV", 1_000, documents::table),
    ("logs and metrics", 1_500, documents::telemetry),
    ("code, shell, SQL and quotes, first seen", 1_500, fresh::text),
    ("logs, tickets, manuals and patterns, read", 1_500, late::read),
    ("logs, tickets, manuals and patterns, never read", 1_500, late::held_out),
    ("short values", 2_000, short::values),
];

/// All of them; the same in every run.
pub fn all() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (at, (class, count, make)) in CLASSES.iter().enumerate() {
        let mut random = Random::new(1000 + at as u64);
        for _ in 0..*count {
            let wire = make(&mut random);
            samples.push(Sample { class, place: Place::Whole, payload: String::new(), wire });
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_more_than_fifty_thousand() {
        assert!(all().len() > 50_000);
    }
}
