//! Which pieces of a body stand at or in one of the included paths.

use std::cmp::Ordering;

/// A JSON pointer, split and with its own escapes undone. <https://www.rfc-editor.org/rfc/rfc6901>
///
/// Pointers are in the order of their names, shorter names first: so the items of an array come in the order of their
/// numbers. A pointer comes before those that go on from where it ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pointer(Box<[Box<str>]>);

impl Ord for Pointer {
    fn cmp(&self, other: &Pointer) -> Ordering {
        let names = self.0.iter().zip(&other.0).map(|(name, other)| by_length(name.as_bytes(), other.as_bytes()));
        names.fold(Ordering::Equal, Ordering::then).then(self.0.len().cmp(&other.0.len()))
    }
}

impl PartialOrd for Pointer {
    fn partial_cmp(&self, other: &Pointer) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn by_length(name: &[u8], other: &[u8]) -> Ordering {
    name.len().cmp(&other.len()).then_with(|| name.cmp(other))
}

impl Pointer {
    /// Reads a pointer that begins with `/` and in which `~` stands in `~0` and `~1` alone.
    pub(crate) fn read(text: &str) -> Pointer {
        Pointer(text.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~").into()).collect())
    }
}

/// An object or array that is being read, and where its pieces stand among the paths.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// How the paths narrow down to it.
    here: Range,
    /// The same for the member or item that is being read.
    child: Range,
    /// The next item's number; `None` in objects.
    item: Option<u32>,
}

/// The paths that lead to a place: a range of them, since they are in order.
#[derive(Debug, Clone, Copy)]
struct Range {
    first: u32,
    end: u32,
    /// The place is at or in one of the paths.
    included: bool,
}

/// Follows a body's pieces.
pub(crate) struct Tracker<'p> {
    /// In order, each once.
    paths: &'p [Pointer],
    frames: &'p mut Vec<Frame>,
    /// Where the piece that comes next stands.
    place: Range,
}

impl<'p> Tracker<'p> {
    /// Begins at the body's root, with frames that were used before or not.
    pub(crate) fn new(paths: &'p [Pointer], frames: &'p mut Vec<Frame>) -> Tracker<'p> {
        frames.clear();
        Tracker { paths, frames, place: Range { first: 0, end: paths.len() as u32, included: false } }
    }

    /// A member's name, without escapes; answers whether it is inspected.
    pub(crate) fn key(&mut self, name: &[u8]) -> bool {
        let depth = self.frames.len();
        if let Some(frame) = self.frames.last_mut() {
            frame.child = narrow(self.paths, frame.here, depth - 1, name);
            self.place = frame.child;
        }
        self.place.included
    }

    /// A scalar; answers whether it is inspected.
    pub(crate) fn scalar(&mut self) -> bool {
        self.count_item();
        self.place.included
    }

    /// An object or array begins.
    pub(crate) fn open(&mut self, array: bool) {
        self.count_item();
        self.frames.push(Frame { here: self.place, child: self.place, item: array.then_some(0) });
    }

    /// The innermost object or array ends.
    pub(crate) fn close(&mut self) {
        self.frames.pop();
    }

    fn count_item(&mut self) {
        let depth = self.frames.len();
        if let Some(frame) = self.frames.last_mut()
            && let Some(item) = frame.item
        {
            // Items come in order as the paths do: those that are behind need not be looked at again.
            let ahead = Range { first: frame.child.first.max(frame.here.first), ..frame.here };
            let mut digits = [0; 10];
            frame.child = narrow(self.paths, ahead, depth - 1, decimal(item, &mut digits));
            frame.item = Some(item + 1);
        }
        if let Some(frame) = self.frames.last() {
            self.place = frame.child;
        }
    }
}

/// The paths that go on with a name at a depth.
fn narrow(paths: &[Pointer], here: Range, depth: usize, name: &[u8]) -> Range {
    if here.included || here.first == here.end {
        return here;
    }
    let leading = &paths[here.first as usize..here.end as usize];
    let is_before = |path: &Pointer| by_length(path.0[depth].as_bytes(), name).is_lt();
    // Mostly the first one decides; only where it comes before the name are the others sought through.
    let before = if is_before(&leading[0]) { leading.partition_point(is_before) } else { 0 };
    let first = here.first + before as u32;
    if leading.get(before).is_none_or(|path| path.0[depth].as_bytes() != name) {
        return Range { first, end: first, included: false };
    }
    let equal = leading[before..].partition_point(|path| path.0[depth].as_bytes() == name);
    // The shortest of those that begin alike comes first: where it ends here, all that follows is included.
    let included = paths[first as usize].0.len() == depth + 1;
    Range { first, end: first + equal as u32, included }
}

fn decimal(mut number: u32, digits: &mut [u8; 10]) -> &[u8] {
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &digits[at..];
        }
    }
}
