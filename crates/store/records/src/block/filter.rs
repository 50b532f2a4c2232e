//! A filter of request ids: says for certain that a block lacks an id, and almost for certain that it has it.
//!
//! A Bloom filter of 16 bits for each id and eight probes: one block in about 1,700 is read in vain.

use base::id::RequestId;

/// Bits for each id.
const BITS_PER_ID: usize = 16;

/// Ids that go in without a pause: some 10 to 20 microseconds.
const IDS_AT_ONCE: usize = 500;

/// Bits that are set for each id.
pub(super) const PROBES: u64 = 8;

/// A set of ids that may claim too much and never too little.
///
/// Bit `n` is bit `n % 8`, from the low end, of byte `n / 8`. An id's bits are `(one + i * two) % bits` for `i` from 0 to
/// 7, with the two numbers of [`IdFilter::probe`]: plain enough for a backend to check in its own language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdFilter(Vec<u8>);

impl IdFilter {
    /// The filter of some ids, by their numbers of [`IdFilter::probe`], with a call of `pause` now and then. One that is
    /// repeated costs room, nothing else.
    pub(super) fn of(probes: &[(u32, u32)], mut pause: impl FnMut()) -> Self {
        let mut filter = Self(vec![0; (probes.len() * BITS_PER_ID).div_ceil(8)]);
        for some in probes.chunks(IDS_AT_ONCE) {
            for probe in some {
                for bit in bits_of(*probe, filter.0.len()) {
                    filter.0[bit / 8] |= 1 << (bit % 8);
                }
            }
            pause();
        }
        filter
    }

    /// The filter a store kept.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// What a store keeps.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether the block may hold something of this request; `false` is certain.
    pub fn may_hold(&self, id: RequestId) -> bool {
        Self::may_hold_in(&self.0, Self::probe(id))
    }

    /// The same on the bytes a store kept, with the id's numbers made once for many filters.
    pub fn may_hold_in(bytes: &[u8], probe: (u32, u32)) -> bool {
        !bytes.is_empty() && bits_of(probe, bytes.len()).all(|bit| bytes[bit / 8] & (1 << (bit % 8)) != 0)
    }

    /// The two numbers an id is looked up by.
    pub fn probe(id: RequestId) -> (u32, u32) {
        // Our ids are random, but a fixed version digit is not: mix, so that every bit of the id counts.
        let (high, low) = id.0.as_u64_pair();
        let mixed = mix(high ^ mix(low));
        ((mixed >> 32) as u32, mixed as u32 | 1)
    }
}

/// SplitMix64's finish: every bit of the input moves about half of the output's.
fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

fn bits_of((one, two): (u32, u32), bytes: usize) -> impl Iterator<Item = usize> {
    let bits = bytes as u64 * 8;
    // Dividing costs more than all else here, so the steps between the bits are divided once.
    let (mut bit, step) = (u64::from(one) % bits, u64::from(two) % bits);
    (0..PROBES).map(move |_| {
        let this = bit;
        bit += step;
        if bit >= bits {
            bit -= bits;
        }
        this as usize
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_that_went_in_is_found_and_few_others() {
        let ids: Vec<RequestId> = (0..4_000).map(|_| RequestId::random()).collect();
        let filter = IdFilter::of(&ids.iter().map(|id| IdFilter::probe(*id)).collect::<Vec<_>>(), || ());
        assert!(ids.iter().all(|id| filter.may_hold(*id)));
        // 57 are to be expected.
        let wrong = (0..100_000).filter(|_| filter.may_hold(RequestId::random())).count();
        assert!(wrong < 200, "{wrong} of 100,000 claimed in vain");
    }

    #[test]
    fn an_empty_filter_holds_nothing() {
        assert!(!IdFilter::default().may_hold(RequestId::random()));
    }

    #[test]
    fn the_bits_are_those_that_a_backend_computes_for_itself() {
        for (probe, bytes) in [((0, 1), 1), ((7, 9), 2), ((u32::MAX, u32::MAX), 3), ((123_456_789, 987_654_321), 1_777)]
        {
            let bits = bytes as u64 * 8;
            let want = (0..PROBES).map(|i| (u64::from(probe.0) + i * u64::from(probe.1)) % bits);
            assert!(bits_of(probe, bytes).map(|bit| bit as u64).eq(want), "{probe:?} in {bytes} bytes");
        }
    }
}
