//! Which blocks of a segment retention took, while others of it are still kept: a bit for each.

/// A set of blocks of one segment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Gone(Vec<u8>);

impl Gone {
    /// What was kept on disk: bit `n` is bit `n % 8`, from the low end, of byte `n / 8`.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn holds(&self, ordinal: u32) -> bool {
        self.0.get(ordinal as usize / 8).is_some_and(|byte| byte & (1 << (ordinal % 8)) != 0)
    }

    pub(super) fn add(&mut self, ordinal: u32) {
        let at = ordinal as usize / 8;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= 1 << (ordinal % 8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_was_added_and_nothing_else() {
        let mut gone = Gone::default();
        let added = [0, 7, 8, 63, 64, 1_000];
        for ordinal in added {
            gone.add(ordinal);
        }
        let gone = Gone::from_bytes(gone.as_bytes().to_vec());
        assert!((0..2_000).all(|ordinal| gone.holds(ordinal) == added.contains(&ordinal)));
    }
}
