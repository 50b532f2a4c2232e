//! Condition keys: what a request tells about itself, typed, with one or more values each.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::net::IpAddr;

use base::Timestamp;

use crate::Value;

/// The condition keys of a request. Their names have no case.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// Sorted by the names' hashes, then by the names, in lower case: a decision looks up many.
    entries: Vec<(KeyName, Vec<Value>)>,
}

/// A key's name in lower case, with its hash in front.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyName {
    hash: u64,
    folded: Box<str>,
}

impl KeyName {
    pub(crate) fn new(name: &str) -> Self {
        let folded = name.to_ascii_lowercase();
        Self { hash: name_hash(&folded), folded: folded.into() }
    }

    /// The name in lower case.
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }
}

/// FNV-1a, which is quick for short texts; nothing depends on its having no collisions.
pub(crate) fn name_hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

static NONE: Keys = Keys { entries: Vec::new() };

impl Keys {
    /// No keys yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// No keys at all.
    pub(crate) fn none() -> &'static Self {
        &NONE
    }

    /// Sets a key to a text; numbers are texts too.
    #[must_use]
    pub fn text(self, key: &str, value: impl Into<String>) -> Self {
        self.values(key, [Value::text(value)])
    }

    /// Sets a key to several texts. Without any it counts as absent.
    #[must_use]
    pub fn texts<T: Into<String>>(self, key: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.values(key, values.into_iter().map(Value::text))
    }

    /// Sets a key to a whole number.
    #[must_use]
    pub fn number(self, key: &str, value: i64) -> Self {
        self.text(key, value.to_string())
    }

    /// Sets a key to a truth value.
    #[must_use]
    pub fn boolean(self, key: &str, value: bool) -> Self {
        self.values(key, [Value::boolean(value)])
    }

    /// Sets a key to an address.
    #[must_use]
    pub fn address(self, key: &str, value: IpAddr) -> Self {
        self.values(key, [Value::address(value)])
    }

    /// Sets a key to a moment.
    #[must_use]
    pub fn time(self, key: &str, value: Timestamp) -> Self {
        self.values(key, [Value::time(value)])
    }

    /// Sets a key to bytes.
    #[must_use]
    pub fn binary(self, key: &str, value: &[u8]) -> Self {
        self.values(key, [Value::binary(value.to_vec())])
    }

    /// Sets a key to several values that were read by their type. Without any it counts as absent.
    #[must_use]
    pub fn values(mut self, key: &str, values: impl IntoIterator<Item = Value>) -> Self {
        let (key, values) = (KeyName::new(key), values.into_iter().collect());
        match self.entries.binary_search_by(|(name, _)| name.cmp(&key)) {
            Ok(at) => self.entries[at].1 = values,
            Err(at) => self.entries.insert(at, (key, values)),
        }
        self
    }

    /// Sets `aws:CurrentTime` and `aws:EpochTime`, to the second, as AWS knows the time.
    #[must_use]
    pub fn now(self, now: Timestamp) -> Self {
        let second = now.as_second();
        self.time("aws:CurrentTime", Timestamp::from_second(second).unwrap_or(now)).number("aws:EpochTime", second)
    }

    /// Sets what temporary credentials tell: when they were issued, and how long ago the second factor was shown, if
    /// any was. Permanent credentials have none of these keys.
    #[must_use]
    pub fn temporary_credentials(self, issued: Timestamp, second_factor_age_seconds: Option<i64>) -> Self {
        let keys = self
            .time("aws:TokenIssueTime", issued)
            .boolean("aws:MultiFactorAuthPresent", second_factor_age_seconds.is_some());
        match second_factor_age_seconds {
            Some(age) => keys.number("aws:MultiFactorAuthAge", age),
            None => keys,
        }
    }

    /// Every key, its name in lower case, with the texts of its values.
    pub fn each(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        self.entries.iter().map(|(key, values)| (&*key.folded, values.iter().map(|value| value.text.as_str())))
    }

    /// The values of a key; none when it is absent.
    pub(crate) fn of(&self, key: &KeyName) -> &[Value] {
        match self.entries.binary_search_by(|(name, _)| name.cmp(key)) {
            Ok(at) => &self.entries[at].1,
            Err(_) => &[],
        }
    }

    /// Whether a key has a value.
    pub fn has(&self, key: &str) -> bool {
        !self.of(&KeyName::new(key)).is_empty()
    }

    /// The text of a key with exactly one value: only such keys can stand in a variable.
    pub(crate) fn single_text(&self, key: &KeyName) -> Option<&str> {
        match self.of(key) {
            [only] => Some(&only.text),
            [] | [_, ..] => None,
        }
    }
}
