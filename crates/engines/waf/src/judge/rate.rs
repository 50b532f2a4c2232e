//! Rate-based statements: what kind a request is, and whether there are too many of it.

use std::net::IpAddr;

use super::Judge;
use super::finding::shown as shown_of;
use super::origin::Origin;
use super::truth::Truth;
use crate::compile::{Key, RateTest};
use crate::facts::RateRule;
use crate::judgement::{Limited, LimitedPart};

/// What a key may be made of, in bytes; requests with longer ones are told apart by the beginning.
const KEY_BYTES_MAX: usize = 1024;
/// Ends each value of a part.
const END: u8 = 0xff;

impl<'a> Judge<'a> {
    /// Counts the request, if it is in scope and has all that makes a kind.
    pub(super) fn rate(&mut self, rate: &'a RateTest) -> Truth {
        let scope = rate.scope.as_ref().map_or(Truth::YES, |scope| self.test(scope));
        if !scope.may_hold() {
            return scope;
        }
        match self.instance(rate) {
            Ok(instance) => Truth::of(self.facts.over_limit(&rate.rule, &instance)).and(scope),
            Err(truth) => truth.and(scope),
        }
    }

    /// What is told of a rule that limits the request.
    pub(super) fn limited(&mut self, rate: &'a RateTest) -> Limited {
        let parts = rate.keys.iter().zip(&rate.told).map(|(key, (kind, name))| {
            let mut value = Vec::new();
            // What could not be said was counted as nothing, and is told so.
            let _ = self.push_key(key, &mut value);
            LimitedPart { kind, name: name.clone(), value: text_of(key, &value) }
        });
        let parts = parts.collect();
        let RateRule { id, limit, window_s } = rate.rule;
        Limited { id, limit, window_s, key: rate.key, parts }
    }

    /// What the request counts as; `Err` where that cannot be said.
    pub(super) fn instance(&mut self, rate: &'a RateTest) -> Result<Vec<u8>, Truth> {
        let mut instance = Vec::new();
        for key in &*rate.keys {
            let start = instance.len();
            self.push_key(key, &mut instance)?;
            instance.truncate(start + KEY_BYTES_MAX);
            // Several parts carry their lengths, so that no two lists of them run into one another.
            if rate.keys.len() > 1 {
                let length = u32::try_from(instance.len() - start).unwrap_or(u32::MAX);
                instance.extend(length.to_be_bytes());
            }
        }
        Ok(instance)
    }

    fn push_key(&mut self, key: &Key, instance: &mut Vec<u8>) -> Result<(), Truth> {
        match key {
            Key::Ip => push_address(self.request.client, instance),
            Key::ForwardedIp(header) => match self.origin(Some(header)) {
                Origin::Address(address) => push_address(address, instance),
                Origin::Absent => return Err(Truth::ABSENT),
                Origin::Invalid => return Err(Truth::of(header.fallback_matches)),
            },
            Key::Asn => instance.extend(self.facts.asn(self.request.client).unwrap_or(0).to_be_bytes()),
            Key::Labels(namespace) => {
                let mut labels: Vec<&str> =
                    self.labels.iter().map(|label| &**label).filter(|label| label.starts_with(&**namespace)).collect();
                if labels.is_empty() {
                    return Err(if self.budget.exhausted() { Truth::UNKNOWN } else { Truth::NO });
                }
                labels.sort_unstable();
                for label in labels {
                    push(label.as_bytes(), instance);
                }
            }
            Key::Input(input) => {
                self.contents.make(self.program, *input, &mut self.budget).map_err(|_| Truth::UNKNOWN)?;
                let count = self.contents.count(&self.program.inputs[*input]);
                if count == 0 {
                    return Err(Truth::NO);
                }
                for value in 0..count {
                    push(self.contents.value(self.program, *input, value), instance);
                }
            }
        }
        Ok(())
    }
}

/// A part of a kind as records show it.
fn text_of(key: &Key, value: &[u8]) -> Box<str> {
    match key {
        Key::Ip | Key::ForwardedIp(_) => address_of(value).map_or_else(String::new, |it| it.to_string()).into(),
        Key::Asn => <[u8; 4]>::try_from(value).map_or(0, u32::from_be_bytes).to_string().into(),
        Key::Input(_) | Key::Labels(_) => {
            let values = value.strip_suffix(&[END]).unwrap_or(value);
            let shown = values.split(|byte| *byte == END).collect::<Vec<_>>().join(&b", "[..]);
            shown_of(&shown)
        }
    }
}

/// The address that an instance of a rule about addresses is.
pub fn address_of(instance: &[u8]) -> Option<IpAddr> {
    let four = || Some(IpAddr::from(<[u8; 4]>::try_from(instance).ok()?));
    four().or_else(|| Some(IpAddr::from(<[u8; 16]>::try_from(instance).ok()?)))
}

fn push(part: &[u8], instance: &mut Vec<u8>) {
    instance.extend(part.iter().take(KEY_BYTES_MAX));
    instance.push(END);
}

fn push_address(address: std::net::IpAddr, instance: &mut Vec<u8>) {
    match address.to_canonical() {
        std::net::IpAddr::V4(address) => instance.extend(address.octets()),
        std::net::IpAddr::V6(address) => instance.extend(address.octets()),
    }
}
