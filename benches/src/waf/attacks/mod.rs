//! Attacks of our own: what is tried against web applications, in the places and disguises that are known to be tried.

mod sql;
mod script;
mod files;
mod shell;
mod code;
mod known;

use super::encode::{Disguise, put};
use super::grammar::{Rules, expand};
use super::random::Random;
use super::wire::{Place, Sample};

/// One kind of attack.
struct Kind {
    class: &'static str,
    rules: &'static Rules<'static>,
    templates: &'static [&'static str],
    /// Where it is tried; a place that stands there twice is tried twice as often.
    places: &'static [Place],
    disguises: &'static [Disguise],
    /// How many are made of each template.
    each: usize,
}

/// All attacks; the same in every run.
pub fn all() -> Vec<Sample> {
    let mut random = Random::new(7);
    let kinds = [
        sql::INJECTION,
        sql::DOCUMENTS,
        script::SCRIPTING,
        files::LOCAL,
        files::REMOTE,
        files::METADATA,
        files::ENTITIES,
    ];
    let more = [shell::UNIX, shell::WINDOWS, shell::POWERSHELL, code::PHP, code::JAVA, code::LOG4J, code::TEMPLATES];
    let mut samples = Vec::new();
    for kind in kinds.iter().chain(&more) {
        kind.make(&mut random, &mut samples);
    }
    samples.extend(known::all(&mut random));
    samples
}

impl Kind {
    fn make(&self, random: &mut Random, samples: &mut Vec<Sample>) {
        for template in self.templates {
            for _ in 0..self.each {
                let payload = expand(random, template, self.rules);
                let place = self.places[random.below(self.places.len())];
                let mut disguise = self.disguises[random.below(self.disguises.len())];
                if !suits(place, disguise) {
                    disguise = Disguise::None;
                }
                let wire = put(random, place, &payload, disguise);
                samples.push(Sample { class: self.class, place, payload, wire });
            }
        }
    }
}

/// Whether something behind the gateway would undo the disguise there.
fn suits(place: Place, disguise: Disguise) -> bool {
    match disguise {
        Disguise::None | Disguise::Case => true,
        Disguise::Twice => matches!(place, Place::Query | Place::Path | Place::Form | Place::Cookie),
        Disguise::Every | Disguise::Percent16 => matches!(place, Place::Query | Place::Path | Place::Form),
        Disguise::Escapes => place == Place::Json,
        Disguise::Entities | Disguise::Nulls => {
            matches!(place, Place::Query | Place::Form | Place::Json | Place::Multipart)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_more_than_three_thousand_and_always_the_same() {
        let (first, second) = (all(), all());
        assert!(first.len() > 3000, "{}", first.len());
        assert!(first.iter().zip(&second).all(|(one, other)| one.wire.bytes() == other.wire.bytes()));
    }
}
