//! What stands in the request: parts as they were received, and what transformations make of them, each made once.

use std::ops::Range;

use crate::budget::{Budget, Exhausted};
use crate::compile::{Input, Part, Program};
use crate::field::{Extent, Extracted, Field};
use crate::judgement::Oversize;
use crate::request::Request;
use crate::transform::{Changed, TextTransformation};

/// What was made so far.
pub(super) struct Contents<'r> {
    request: &'r Request<'r>,
    parts: Vec<Option<Box<Extracted>>>,
    inputs: Vec<Made>,
    /// For each input that was scanned: the texts that were seen in its values.
    seen: Vec<Option<Seen>>,
}

/// The texts that stand in an input's values, and in which of them: conditions need not look at the others.
#[derive(Default)]
pub(super) struct Seen {
    /// A text, and a mask of values; a text may stand here several times.
    pub(super) at: Vec<(usize, u64)>,
    /// Texts of the values that share the last bit.
    rest: Vec<u64>,
}

impl Seen {
    /// Adds the texts of a value, which stand in `words` bit by bit.
    fn add(&mut self, value: usize, words: &[u64]) {
        let mask = mask(value);
        let shared = value >= LAST_BIT;
        if shared {
            self.rest.resize(words.len(), 0);
        }
        for (word, bits) in words.iter().enumerate() {
            let mut bits = *bits;
            if shared {
                bits &= !self.rest[word];
                self.rest[word] |= bits;
            }
            while bits != 0 {
                let text = word * 64 + usize::try_from(bits.trailing_zeros()).expect("below 64");
                bits &= bits - 1;
                self.at.push((text, mask));
            }
        }
    }
}

/// From this one on, values share a bit.
const LAST_BIT: usize = 63;

/// A value's bit in a mask of values.
pub(super) fn mask(value: usize) -> u64 {
    1 << value.min(LAST_BIT)
}

/// How far an input is made.
enum Made {
    /// Nobody asked for it yet.
    Not,
    /// The budget did not suffice.
    Failed,
    /// The part as it was received.
    Received,
    /// The transformation changed nothing: its values are those of this input.
    Same(usize),
    /// What changed; the others are those of the input that it is made of.
    Changed(Values),
}

/// Values that a transformation changed, in one buffer.
struct Values {
    bytes: Vec<u8>,
    places: Vec<Option<Range<usize>>>,
}

impl Values {
    /// A value, if it was changed.
    fn get(&self, place: usize) -> Option<&[u8]> {
        self.places[place].clone().map(|range| &self.bytes[range])
    }
}

impl<'r> Contents<'r> {
    pub(super) fn new(program: &Program, request: &'r Request<'r>) -> Contents<'r> {
        Contents {
            request,
            parts: program.parts.iter().map(|_| None).collect(),
            inputs: program.inputs.iter().map(|_| Made::Not).collect(),
            seen: program.inputs.iter().map(|_| None).collect(),
        }
    }

    /// Makes an input, and what it is made of.
    pub(super) fn make(&mut self, program: &Program, input: usize, budget: &mut Budget) -> Result<(), Exhausted> {
        match self.inputs[input] {
            Made::Not => {}
            Made::Failed => return Err(Exhausted),
            Made::Received | Made::Same(_) | Made::Changed(_) => return Ok(()),
        }
        let made = match program.inputs[input].made_of {
            None => self.receive(&program.parts[program.inputs[input].part], program.inputs[input].part, budget),
            Some((of, step)) => {
                self.make(program, of, budget).and_then(|()| self.transform(program, self.settled(of), step, budget))
            }
        };
        self.inputs[input] = made.unwrap_or(Made::Failed);
        match self.inputs[input] {
            Made::Failed => Err(Exhausted),
            Made::Not | Made::Received | Made::Same(_) | Made::Changed(_) => Ok(()),
        }
    }

    fn receive(&mut self, part: &Part, place: usize, budget: &mut Budget) -> Result<Made, Exhausted> {
        let mut extracted = Box::<Extracted>::default();
        part.field.extract(self.request, &mut extracted);
        // INVARIANT: what is larger than the budget is not looked at; what it was extracted from is bounded by itself.
        budget.spend(extracted.values(self.request).map(|value| value.bytes.len() + 8).sum(), 1)?;
        self.parts[place] = Some(extracted);
        Ok(Made::Received)
    }

    fn transform(
        &self,
        program: &Program,
        of: usize,
        step: TextTransformation,
        budget: &mut Budget,
    ) -> Result<Made, Exhausted> {
        let count = self.count(&program.inputs[of]);
        let mut changed = Values { bytes: Vec::new(), places: Vec::new() };
        let mut buffer = Vec::new();
        for place in 0..count {
            let value = self.value(program, of, place);
            budget.spend(value.len() + 4, steps_a_byte(step))?;
            buffer.clear();
            let transformed = match step.write(value, &mut buffer) {
                Changed::Not => continue,
                Changed::Within(range) if range == (0..value.len()) => continue,
                Changed::Within(range) => &value[range],
                Changed::Made => &buffer,
            };
            budget.occupy(transformed.len())?;
            changed.places.resize(count, None);
            changed.places[place] = Some(changed.bytes.len()..changed.bytes.len() + transformed.len());
            changed.bytes.extend_from_slice(transformed);
        }
        Ok(if changed.places.is_empty() { Made::Same(of) } else { Made::Changed(changed) })
    }

    /// The input whose values are an input's.
    pub(super) fn settled(&self, input: usize) -> usize {
        match self.inputs[input] {
            Made::Same(other) => other,
            Made::Not | Made::Failed | Made::Received | Made::Changed(_) => input,
        }
    }

    /// The part that an input is made of, as it was received.
    pub(super) fn received(&self, input: &Input) -> Option<&Extracted> {
        self.parts[input.part].as_deref()
    }

    /// The part is longer than what is inspected.
    pub(super) fn is_oversize(&self, input: &Input) -> bool {
        self.received(input).is_some_and(|part| part.extent() == Extent::Oversize)
    }

    /// The body is no JSON, and the part is made of it.
    pub(super) fn is_broken(&self, input: &Input) -> bool {
        self.received(input).is_some_and(|part| part.broken().is_some())
    }

    /// How many values an input has.
    pub(super) fn count(&self, input: &Input) -> usize {
        self.received(input).map_or(0, Extracted::len)
    }

    /// A value of an input that is made.
    pub(super) fn value(&self, program: &Program, input: usize, place: usize) -> &[u8] {
        let mut input = self.settled(input);
        loop {
            let made_of = program.inputs[input].made_of;
            if let (Made::Changed(values), Some((of, _))) = (&self.inputs[input], made_of) {
                match values.get(place) {
                    Some(value) => return value,
                    None => input = self.settled(of),
                }
                continue;
            }
            let part = self.received(&program.inputs[input]);
            return part.and_then(|part| part.value(self.request, place)).unwrap_or(&[]);
        }
    }

    /// The texts that stand in the values of an input. The input is made only where that takes it: texts are looked for
    /// without regard to case, and values that a transformation did not change were scanned before it.
    pub(super) fn seen(&mut self, program: &Program, input: usize, budget: &mut Budget) -> Result<&Seen, Exhausted> {
        let mut input = input;
        while let Some((of, TextTransformation::Lowercase | TextTransformation::Uppercase)) =
            program.inputs[input].made_of
        {
            input = of;
        }
        self.make(program, input, budget)?;
        let settled = self.settled(input);
        if settled != input {
            return self.seen(program, settled, budget);
        }
        if self.seen[input].is_none() {
            let seen = self.scan(program, input, budget)?;
            self.seen[input] = Some(seen);
        }
        Ok(self.seen[input].as_ref().expect("it was scanned above"))
    }

    fn scan(&mut self, program: &Program, input: usize, budget: &mut Budget) -> Result<Seen, Exhausted> {
        let mut seen = Seen::default();
        let texts = &program.parts[program.inputs[input].part].texts;
        if texts.is_empty() {
            return Ok(seen);
        }
        let mut words = vec![0; texts.words()];
        let mut look = |place: usize, value: &[u8], seen: &mut Seen| {
            if texts.scan(value, &mut words, budget)? > 0 {
                seen.add(place, &words);
                words.fill(0);
            }
            Ok(())
        };
        if let (Made::Changed(values), Some((of, _))) = (&self.inputs[input], program.inputs[input].made_of) {
            for place in 0..values.places.len() {
                values.get(place).map_or(Ok(()), |value| look(place, value, &mut seen))?;
            }
            if values.places.iter().any(Option::is_none) {
                let before = self.seen(program, of, budget)?;
                seen.at.extend_from_slice(&before.at);
            }
            return Ok(seen);
        }
        let part = self.received(&program.inputs[input]);
        for (place, value) in part.into_iter().flat_map(|part| part.values(self.request)).enumerate() {
            look(place, value.bytes, &mut seen)?;
        }
        Ok(seen)
    }

    /// Which parts were longer than what is inspected.
    pub(super) fn oversize(&self, program: &Program) -> Vec<Oversize> {
        let mut oversize = Vec::new();
        for (part, extracted) in program.parts.iter().zip(&self.parts) {
            let kind = match part.field {
                Field::Body | Field::BodyValues => Oversize::Body,
                Field::JsonBody { .. } => Oversize::JsonBody,
                Field::Headers { .. } | Field::HeaderOrder => Oversize::Headers,
                Field::Cookies { .. } => Oversize::Cookies,
                Field::Method
                | Field::UriPath
                | Field::QueryString
                | Field::SingleQueryArgument { .. }
                | Field::AllQueryArguments { .. }
                | Field::ArgumentNames
                | Field::SingleHeader(_) => continue,
            };
            let over = extracted.as_ref().is_some_and(|part| part.extent() == Extent::Oversize);
            if over && !oversize.contains(&kind) {
                oversize.push(kind);
            }
        }
        oversize
    }
}

/// What a byte costs.
fn steps_a_byte(step: TextTransformation) -> u64 {
    match step {
        TextTransformation::Md5 | TextTransformation::Sha256 => 4,
        _ => 1,
    }
}
