//! A rule's statement with everything it names at hand.

use std::sync::Arc;

use aws_lc_rs::digest;

use super::Needs;
use super::input::{Gathered, Wanted};
use crate::document::{
    Aggregation, CustomKey, ForwardedIp, ForwardedIpSet, Inspected, IpSet, IpSetMatch, LIST_PREFIX, Pattern, RateBased,
    Statement,
};
use crate::facts::RateRule;
use crate::field::{Field, MatchScope, Names, PreParse};
use crate::label::LabelMatch;
use crate::references::References;

/// When a rule matches.
#[derive(Debug)]
pub(crate) enum Test {
    /// Whatever comes.
    Always,
    /// A condition holds.
    Condition(u32),
    /// An address is in a set.
    IpSet(Arc<IpSet>, Option<ForwardedIpSet>),
    /// An address is in a list of the operator's.
    List(Arc<str>, Option<ForwardedIpSet>),
    /// An address is in one of these countries.
    Geo(Box<[[u8; 2]]>, Option<ForwardedIp>),
    /// An address is in one of these networks.
    Asn(Box<[u32]>, Option<ForwardedIp>),
    /// A label was added, seen from this namespace.
    Label(LabelMatch, Arc<str>),
    /// There are too many of its kind.
    Rate(Box<RateTest>),
    /// All of these.
    And(Box<[Test]>),
    /// One of these.
    Or(Box<[Test]>),
    /// Not this.
    Not(Box<Test>),
}

/// Counts requests by their kinds.
#[derive(Debug)]
pub(crate) struct RateTest {
    /// What is told to whoever counts.
    pub(crate) rule: RateRule,
    /// What makes a kind; nothing if all requests in scope are one.
    pub(crate) keys: Box<[Key]>,
    /// What records call the whole of it, and each part.
    pub(crate) key: &'static str,
    pub(crate) told: Box<[Told]>,
    /// Only these are counted.
    pub(crate) scope: Option<Test>,
}

/// What records call a part of what makes a kind, and its name.
pub(crate) type Told = (&'static str, Option<Box<str>>);

/// A part of what makes a kind.
#[derive(Debug)]
pub(crate) enum Key {
    /// The connection's address.
    Ip,
    /// A header's first address.
    ForwardedIp(ForwardedIp),
    /// The values of an input.
    Input(usize),
    /// The labels of a namespace, which is written in full.
    Labels(Arc<str>),
    /// The network of the connection's address.
    Asn,
}

/// Builds tests out of statements.
pub(super) struct Builder<'a> {
    pub(super) references: &'a dyn References,
    pub(super) gathered: &'a mut Gathered,
    pub(super) needs: &'a mut Needs,
    /// The namespace of whose statements they are.
    pub(super) own: Option<&'a Arc<str>>,
    /// Names the rule among all rules of all web ACLs.
    pub(super) identity: &'a str,
}

impl Builder<'_> {
    /// A statement's test, or what is wrong with it.
    pub(super) fn test(&mut self, statement: &Statement) -> Result<Test, String> {
        Ok(match statement {
            Statement::ByteMatch(it) => {
                self.condition(&it.inspected, Wanted::Bytes(Arc::clone(&it.search), it.constraint))
            }
            Statement::RegexMatch(it) => self.pattern(&it.inspected, &it.pattern),
            Statement::Words(it) => self.condition(&it.inspected, Wanted::Words(Arc::clone(&it.words))),
            Statement::RegexPatternSet(it) => {
                let set = self.references.regex_patterns(&it.arn);
                let set =
                    set.ok_or_else(|| format!("names the regex pattern set `{}`, which does not exist", it.arn))?;
                Test::Or(set.patterns.iter().map(|pattern| self.pattern(&it.inspected, pattern)).collect())
            }
            Statement::Size(it) => self.condition(&it.inspected, Wanted::Size(it.comparison, it.size)),
            Statement::Sqli(it) => self.condition(&it.inspected, Wanted::Sqli(it.sensitivity)),
            Statement::Xss(it) => self.condition(&it.inspected, Wanted::Xss),
            Statement::IpSet(it) => self.addresses(it)?,
            Statement::Geo(it) => {
                self.needs.geo = true;
                Test::Geo(it.countries.as_slice().into(), it.forwarded.clone())
            }
            Statement::Asn(it) => {
                self.needs.asn = true;
                Test::Asn(it.numbers.as_slice().into(), it.forwarded.clone())
            }
            Statement::Label(it) => Test::Label(it.clone(), self.own()?),
            Statement::RateBased(it) => Test::Rate(Box::new(self.rate(it)?)),
            Statement::And(several) => Test::And(self.tests(several)?),
            Statement::Or(several) => Test::Or(self.tests(several)?),
            Statement::Not(one) => Test::Not(Box::new(self.test(one)?)),
            Statement::RuleGroup(_) | Statement::Managed(_) => {
                return Err("refers to a rule group within a statement".to_owned());
            }
        })
    }

    fn tests(&mut self, statements: &[Statement]) -> Result<Box<[Test]>, String> {
        statements.iter().map(|statement| self.test(statement)).collect()
    }

    fn condition(&mut self, inspected: &Inspected, wanted: Wanted) -> Test {
        Test::Condition(self.gathered.condition(inspected, wanted, None))
    }

    fn pattern(&mut self, inspected: &Inspected, pattern: &Pattern) -> Test {
        let wanted = Wanted::Regex(Arc::clone(&pattern.source));
        Test::Condition(self.gathered.condition(inspected, wanted, Some(&pattern.regex)))
    }

    fn addresses(&self, it: &IpSetMatch) -> Result<Test, String> {
        let forwarded = it.forwarded.clone();
        match it.arn.strip_prefix(LIST_PREFIX) {
            Some(list) if self.references.has_list(list) => Ok(Test::List(list.into(), forwarded)),
            Some(list) => Err(format!("needs the list of addresses `{list}`, which this installation does not have")),
            None => match self.references.ip_set(&it.arn) {
                Some(set) => Ok(Test::IpSet(set, forwarded)),
                None => Err(format!("names the IP set `{}`, which does not exist", it.arn)),
            },
        }
    }

    fn own(&self) -> Result<Arc<str>, String> {
        self.own.cloned().ok_or_else(|| "uses labels, and its label namespace is not known".to_owned())
    }

    fn rate(&mut self, it: &RateBased) -> Result<RateTest, String> {
        self.needs.rates = true;
        let keys: Box<[Key]> = match &it.aggregation {
            Aggregation::Ip => Box::new([Key::Ip]),
            Aggregation::ForwardedIp(header) => Box::new([Key::ForwardedIp(header.clone())]),
            Aggregation::Constant => Box::new([]),
            Aggregation::CustomKeys(keys) => keys.iter().map(|key| self.key(key)).collect::<Result<_, _>>()?,
        };
        let id = fingerprint(&[self.identity, &it.settings]);
        Ok(RateTest {
            rule: RateRule { id, limit: it.limit, window_s: it.window_s },
            keys,
            key: match &it.aggregation {
                Aggregation::Ip => "IP",
                Aggregation::ForwardedIp(_) => "FORWARDED_IP",
                Aggregation::Constant => "CONSTANT",
                Aggregation::CustomKeys(_) => "CUSTOMKEYS",
            },
            told: match &it.aggregation {
                Aggregation::Ip => Box::new([("IP", None)]),
                Aggregation::ForwardedIp(header) => Box::new([("FORWARDED_IP", Some((&*header.name).into()))]),
                Aggregation::Constant => Box::default(),
                Aggregation::CustomKeys(keys) => keys.iter().map(told).collect(),
            },
            scope: it.scope_down.as_ref().map(|scope| self.test(scope)).transpose()?,
        })
    }

    fn key(&mut self, key: &CustomKey) -> Result<Key, String> {
        Ok(match key {
            CustomKey::Header(name, chain) => {
                Key::Input(self.gathered.input(&Field::SingleHeader(name.clone()), chain.steps()))
            }
            CustomKey::Cookie(name, chain) => {
                let names = Names::Included(Box::new([name.clone()]));
                Key::Input(self.gathered.input(&Field::Cookies { names, scope: MatchScope::Value }, chain.steps()))
            }
            CustomKey::QueryArgument(name, chain) => {
                let field = Field::SingleQueryArgument { name: name.clone(), before: PreParse::default() };
                Key::Input(self.gathered.input(&field, chain.steps()))
            }
            CustomKey::QueryString(chain) => Key::Input(self.gathered.input(&Field::QueryString, chain.steps())),
            CustomKey::UriPath(chain) => Key::Input(self.gathered.input(&Field::UriPath, chain.steps())),
            CustomKey::HttpMethod => Key::Input(self.gathered.input(&Field::Method, &[])),
            CustomKey::ForwardedIp(header) => Key::ForwardedIp(header.clone()),
            CustomKey::Ip => Key::Ip,
            CustomKey::LabelNamespace(namespace) if namespace.starts_with("awswaf:") => {
                Key::Labels(Arc::clone(namespace))
            }
            CustomKey::LabelNamespace(namespace) => Key::Labels(format!("{}{namespace}", self.own()?).into()),
            CustomKey::Asn => {
                self.needs.asn = true;
                Key::Asn
            }
        })
    }
}

/// What records call a key, and its name.
fn told(key: &CustomKey) -> Told {
    match key {
        CustomKey::Header(name, _) => ("HEADER", Some(name.clone())),
        CustomKey::Cookie(name, _) => ("COOKIE", Some(name.clone())),
        CustomKey::QueryArgument(name, _) => ("QUERY_ARGUMENT", Some(name.clone())),
        CustomKey::QueryString(_) => ("QUERY_STRING", None),
        CustomKey::UriPath(_) => ("URI_PATH", None),
        CustomKey::HttpMethod => ("HTTP_METHOD", None),
        CustomKey::ForwardedIp(header) => ("FORWARDED_IP", Some((&*header.name).into())),
        CustomKey::Ip => ("IP", None),
        CustomKey::LabelNamespace(namespace) => ("LABEL_NAMESPACE", Some((&**namespace).into())),
        CustomKey::Asn => ("ASN", None),
    }
}

/// Names a rule and its settings: the beginning of a SHA-256, with lengths, so that no two lists of texts run into one another.
// SECURITY: settings are what owners write. Under a sum that is easily turned back, one could write a rule that counts for
// another account's.
fn fingerprint(texts: &[&str]) -> u64 {
    let mut hash = digest::Context::new(&digest::SHA256);
    for text in texts {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.finish().as_ref().first_chunk().copied().map(u64::from_le_bytes).expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_named_by_a_hash_that_nobody_can_aim_at() {
        let texts = ["arn:aws:wafv2:eu-west-1:000000000000:regional/webacl/shop/1/often", "{}"];
        let whole: Vec<u8> =
            texts.iter().flat_map(|text| (text.len() as u64).to_le_bytes().into_iter().chain(text.bytes())).collect();
        let hash = digest::digest(&digest::SHA256, &whole);
        assert_eq!(fingerprint(&texts).to_le_bytes(), hash.as_ref()[..8]);
        for other in [
            ["arn:aws:wafv2:eu-west-1:000000000000:regional/webacl/shop/1/ofte", "n{}"],
            ["arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shop/1/often", "{}"],
        ] {
            assert_ne!(fingerprint(&other), fingerprint(&texts));
        }
    }
}
