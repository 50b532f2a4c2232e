//! A SHA-256 in lower-case hexadecimal, without an allocation.

use aws_lc_rs::digest;

/// Sixty-four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hex([u8; 64]);

impl Hex {
    /// Of 32 bytes; what is missing counts as zero.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut digits = [b'0'; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Self(digits)
    }

    /// Of the SHA-256 of `bytes`.
    pub(crate) fn sha256(bytes: &[u8]) -> Self {
        Self::of(digest::digest(&digest::SHA256, bytes).as_ref())
    }

    /// Reads 64 digits of either case.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let digits: [u8; 64] = text.try_into().ok()?;
        digits.iter().all(u8::is_ascii_hexdigit).then(|| Self(digits.map(|digit| digit.to_ascii_lowercase())))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_lower_case_whatever_was_read() {
        let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let hex = Hex::sha256(b"");
        assert_eq!(hex.as_bytes(), of_nothing.as_bytes());
        assert_eq!(Hex::read(of_nothing.to_uppercase().as_bytes()), Some(hex));
        for text in ["", "UNSIGNED-PAYLOAD", &of_nothing[1..], &of_nothing.replace('e', "g")] {
            assert_eq!(Hex::read(text.as_bytes()), None, "{text}");
        }
    }
}
