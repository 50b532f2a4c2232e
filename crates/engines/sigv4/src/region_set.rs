//! Where a SigV4A signature is valid: `X-Amz-Region-Set`, such as `us-east-1,eu-*` or `*`.

/// A list of regions and patterns, as the client wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionSet(String);

impl RegionSet {
    /// Takes the value of the header or the query parameter.
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The list as the client wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether a region is meant. An empty entry means none.
    pub fn covers(&self, region: &str) -> bool {
        self.0
            .split(',')
            .map(str::trim)
            .any(|pattern| !pattern.is_empty() && fits(pattern.as_bytes(), region.as_bytes()))
    }
}

/// Matches with `*` for any run of characters. Only the last `*` is ever returned to, so time is bounded by the product
/// of the lengths, and regions are short.
fn fits(pattern: &[u8], region: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while seen < region.len() {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at + 1, seen));
                at += 1;
            }
            Some(byte) if *byte == region[seen] => {
                at += 1;
                seen += 1;
            }
            Some(_) | None => {
                let Some((after_star, start)) = retry else { return false };
                retry = Some((after_star, start + 1));
                (at, seen) = (after_star, start + 1);
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_covers_what_it_names_and_nothing_else() {
        for (set, region, covered) in [
            ("us-east-1", "us-east-1", true),
            ("us-east-1", "us-east-11", false),
            ("us-east-11", "us-east-1", false),
            ("eu-west-1,us-east-1", "us-east-1", true),
            ("eu-west-1, us-east-1 ", "us-east-1", true),
            ("eu-west-1", "us-east-1", false),
            ("*", "us-east-1", true),
            ("us-*", "us-east-1", true),
            ("us-*", "eu-west-1", false),
            ("*-1", "us-east-1", true),
            ("us-*-1", "us-east-1", true),
            ("us-*-2", "us-east-1", false),
            ("us-**-1*", "us-east-1", true),
            ("US-EAST-1", "us-east-1", false),
            ("us-east-?", "us-east-1", false),
            ("", "us-east-1", false),
            (",", "us-east-1", false),
            (",,*", "us-east-1", true),
        ] {
            assert_eq!(RegionSet::new(set).covers(region), covered, "{set} and {region}");
        }
    }

    #[test]
    fn many_stars_cost_no_more_than_the_lengths() {
        let set = RegionSet::new(&"*a".repeat(20_000));
        assert!(!set.covers(&"a".repeat(60)));
    }
}
