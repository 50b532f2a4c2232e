//! What two texts have in common at their ends.

use bytes::Bytes;

use super::reader::take_array;

/// So many bytes of a text are those of another, at the front and at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Alike {
    front: u16,
    end: u16,
}

impl Alike {
    /// What it takes to say so.
    pub(super) const HEAD_BYTES: usize = 4;

    /// How `text` is like `other`. `None` where saying so would take no less than the text itself.
    pub(super) fn of(other: &[u8], text: &[u8]) -> Option<Self> {
        let front = common_front(other, text);
        let end = common_end(&other[front..], &text[front..]);
        if front + end <= Self::HEAD_BYTES {
            return None;
        }
        Some(Self { front: u16::try_from(front).ok()?, end: u16::try_from(end).ok()? })
    }

    /// How many bytes of a text of `length` are its own.
    pub(super) fn differs(self, length: usize) -> usize {
        length - usize::from(self.front) - usize::from(self.end)
    }

    /// How long the text is of which so many bytes are its own.
    pub(super) fn length(self, own: usize) -> usize {
        usize::from(self.front) + own + usize::from(self.end)
    }

    /// Writes how `text` is like the other, and what is its own.
    pub(super) fn put(self, text: &[u8], out: &mut Vec<u8>) {
        let [[one, two], [three, four]] = [self.front.to_le_bytes(), self.end.to_le_bytes()];
        out.extend_from_slice(&[one, two, three, four]);
        out.extend_from_slice(&text[self.front.into()..text.len() - usize::from(self.end)]);
    }

    /// Takes what [`Alike::put`] wrote first off the front.
    pub(super) fn take(kept: &mut Bytes) -> Option<Self> {
        let (front, end) = (take_array(kept)?, take_array(kept)?);
        Some(Self { front: u16::from_le_bytes(front), end: u16::from_le_bytes(end) })
    }

    /// The text, of the other and what is its own. `None` where the other is too short.
    pub(super) fn whole(self, other: &[u8], own: &[u8]) -> Option<Vec<u8>> {
        let front = other.get(..self.front.into())?;
        let end = &other[other.len().checked_sub(self.end.into())?..];
        Some([front, own, end].concat())
    }
}

/// Compared at once.
const WORD: usize = size_of::<u64>();

fn common_front(one: &[u8], other: &[u8]) -> usize {
    let mut alike = 0;
    for (one, other) in one.chunks_exact(WORD).zip(other.chunks_exact(WORD)) {
        match word(one) ^ word(other) {
            0 => alike += WORD,
            // The first byte is the lowest.
            differs => return alike + differs.trailing_zeros() as usize / 8,
        }
    }
    alike + one[alike..].iter().zip(&other[alike..]).take_while(|(one, other)| one == other).count()
}

fn common_end(one: &[u8], other: &[u8]) -> usize {
    let mut alike = 0;
    for (one, other) in one.rchunks_exact(WORD).zip(other.rchunks_exact(WORD)) {
        match word(one) ^ word(other) {
            0 => alike += WORD,
            differs => return alike + differs.leading_zeros() as usize / 8,
        }
    }
    let (one, other) = (&one[..one.len() - alike], &other[..other.len() - alike]);
    alike + one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count()
}

fn word(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_common_is_found_to_the_byte() {
        for length in 0..40 {
            let text: Vec<u8> = (0..length).collect();
            assert_eq!((common_front(&text, &text), common_end(&text, &text)), (text.len(), text.len()));
            for at in 0..text.len() {
                let mut other = text.clone();
                other[at] ^= 0x80;
                assert_eq!((common_front(&text, &other), common_end(&text, &other)), (at, text.len() - at - 1));
            }
            assert_eq!((common_front(&text, b""), common_end(b"", &text)), (0, 0));
        }
    }

    #[test]
    fn what_overlaps_is_common_once() {
        for (other, text, front, end) in
            [("aaaaaaaaaa", "aaaaaaa", 7, 0), ("aaaaaaa", "aaaaaaaaaa", 7, 0), ("abcabcabc", "abcabcabcabc", 9, 0)]
        {
            assert_eq!(Alike::of(other.as_bytes(), text.as_bytes()), Some(Alike { front, end }), "{other} {text}");
        }
        assert_eq!(Alike::of(b"abXYZcd", b"ab123cd"), None, "saying so would take as long");
    }

    proptest! {
        #[test]
        fn a_text_is_made_again_of_the_other_and_its_own(
            front in "[ab]{0,20}", end in "[ab]{0,20}", own in "[abc]{0,5}", others in "[abc]{0,5}",
        ) {
            let (other, text) = ([&front[..], &others, &end].concat(), [&front[..], &own, &end].concat());
            let Some(alike) = Alike::of(other.as_bytes(), text.as_bytes()) else { return Ok(()) };
            let mut put = Vec::new();
            alike.put(text.as_bytes(), &mut put);
            prop_assert_eq!(put.len(), Alike::HEAD_BYTES + alike.differs(text.len()));
            let mut kept = Bytes::from(put);
            prop_assert_eq!(Alike::take(&mut kept), Some(alike));
            prop_assert_eq!(alike.length(kept.len()), text.len());
            prop_assert_eq!(alike.whole(other.as_bytes(), &kept), Some(text.into_bytes()));
        }

        #[test]
        fn anything_is_made_a_text_or_refused(front: u16, end: u16, other: Vec<u8>, own: Vec<u8>) {
            let alike = Alike { front, end };
            let fits = usize::from(front.max(end)) <= other.len();
            prop_assert_eq!(alike.whole(&other, &own).is_some(), fits);
        }
    }
}
