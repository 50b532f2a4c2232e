//! Who owns a thing and where: the account and the region that begin every key.

use std::fmt;

use smol_str::SmolStr;

use crate::id::InvalidId;

/// An AWS account's id: twelve digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId([u8; 12]);

impl AccountId {
    /// Checks and takes twelve digits.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let digits: [u8; 12] = text.as_bytes().try_into().map_err(|_| InvalidId::new("account id", text))?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(InvalidId::new("account id", text));
        }
        Ok(Self(digits))
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits are UTF-8")
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for AccountId {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl std::str::FromStr for AccountId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> String {
        id.as_str().to_owned()
    }
}

/// A region's name such as `us-east-1`, or `global` for services without one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(SmolStr);

impl Region {
    /// Checks and takes a region's name: lower-case letters, digits and hyphens, at most 32.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() || text.len() > 32 || !text.bytes().all(fits) {
            return Err(InvalidId::new("region", text));
        }
        Ok(Self(text.into()))
    }

    /// The home of IAM, STS and Route 53, which have no region.
    pub fn global() -> Self {
        Self(SmolStr::new_static("global"))
    }

    /// The region's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Region {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl std::str::FromStr for Region {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> String {
        region.0.into()
    }
}

/// The account and region a thing belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Scope {
    /// The owner.
    pub account: AccountId,
    /// The place.
    pub region: Region,
}

impl Scope {
    /// The same account's home for services without a region.
    #[must_use]
    pub fn global(&self) -> Self {
        Self { account: self.account, region: Region::global() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_is_twelve_digits() {
        for (text, good) in
            [("000000000000", true), ("12345678901", false), ("1234567890123", false), ("12345678901a", false)]
        {
            assert_eq!(AccountId::parse(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_region_cannot_smuggle_separators() {
        for (text, good) in [("eu-west-1", true), ("eu/west", false), ("", false), ("EU-west-1", false)] {
            assert_eq!(Region::parse(text).is_ok(), good, "{text}");
        }
    }
}
