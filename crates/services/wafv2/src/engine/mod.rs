//! Between what is stored and the engine that will judge by it: the engine reads, weighs and refuses; this brings it
//! what rules name. <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rules.html>

pub(crate) mod labels;
mod walk;
mod world;

use std::sync::Arc;

use base::Scope as Place;
use base::limits::{IP_SET_ADDRESSES_MAX, WEB_ACL_CAPACITY_MAX, WEB_ACL_REFERENCES_MAX};
use model::wafv2::{AddressVersion, IpSet, Owned, RegexPatternSet, RuleGroup, WebAcl};
use operation::{Call, Failure};
use serde_json::{Value, json};
use waf::capacity::weigh;
use waf::compile::{Broken, check};
use waf::document;
use wire::shape::Json;

use crate::error::Error;
use crate::{arn, find};
use world::World;

/// What the engine found in rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rules {
    /// What they weigh, in WCU.
    pub(crate) capacity: u32,
    /// The ARNs that they name.
    pub(crate) references: Vec<String>,
}

/// Whether a caller was asked for permission on each rule group that rules name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Yes: rule groups of other accounts may be named.
    OnEach,
    /// No: only the caller's own account's are.
    OnNone,
}

/// Reads the document of a web ACL.
pub(crate) async fn web_acl(call: &mut Call<'_>, document: &Value, asked: Asked) -> Result<Rules, Failure> {
    let read = document::WebAcl::parse(document).map_err(Error::from)?;
    let references = owned(&read.references());
    let managed = walk::members(document, "ManagedRuleGroupStatement").len();
    if references.len() + managed > WEB_ACL_REFERENCES_MAX {
        return Err(Error::Limits { what: format!("{WEB_ACL_REFERENCES_MAX} references in a web ACL") }.into());
    }
    let world = World::load(call, &references, asked).await?;
    let capacity = weigh(&read.rules, &world).map_err(Error::from)?;
    if capacity > WEB_ACL_CAPACITY_MAX {
        return Err(Error::Limits { what: format!("{WEB_ACL_CAPACITY_MAX} WCU in a web ACL, not {capacity}") }.into());
    }
    answerable(call, &read, &world)?;
    Ok(Rules { capacity, references })
}

/// Reads the document of a rule group whose rules may weigh `capacity`.
pub(crate) async fn rule_group(call: &mut Call<'_>, document: &Value, capacity: u32) -> Result<Rules, Failure> {
    let read = document::RuleGroup::parse(document).map_err(Error::from)?;
    let references = owned(&read.references());
    let world = World::load(call, &references, Asked::OnNone).await?;
    let weight = weigh(&read.rules, &world).map_err(Error::from)?;
    if weight > capacity {
        return Err(Error::Limits { what: format!("{capacity} WCU in this rule group, not {weight}") }.into());
    }
    // A group is judged within a web ACL, and what it asks for is asked there.
    let arn = RuleGroup::arn_of(&call.scope, "group", "0");
    let world = World { rule_groups: [(arn.clone(), Arc::new(read))].into(), ..world };
    let around = document::WebAcl::parse(&json!({"Name": "around", "DefaultAction": {"Allow": {}}, "Rules": [{
        "Name": "group", "Priority": 0, "OverrideAction": {"None": {}},
        "Statement": {"RuleGroupReferenceStatement": {"ARN": arn}},
        "VisibilityConfig": {"SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": false, "MetricName": "group"},
    }]}));
    answerable(call, &around.map_err(Error::from)?, &world)?;
    Ok(Rules { capacity: weight, references })
}

/// Refuses a change of a rule group that would break a web ACL which names it, as the change stands in the transaction.
// SECURITY: a web ACL that does not compile closes its stages; that must not happen to somebody who changed nothing.
pub(crate) async fn still_stands(call: &mut Call<'_>, acl: &WebAcl) -> Result<(), Failure> {
    let read = document::WebAcl::parse(&acl.document).map_err(Error::from)?;
    let world = World::of(call, &acl.scope, &acl.references, Asked::OnEach).await?;
    check(&read, &world).map(drop).map_err(|broken| {
        let told = find::told_to(&call.scope, acl);
        Error::InvalidOperation(format!("With these rules {told} would not work any more: {broken}")).into()
    })
}

/// What rules weigh that nobody keeps.
pub(crate) async fn capacity(call: &mut Call<'_>, rules: &Value) -> Result<u32, Failure> {
    // The bodies of custom responses belong to whatever will keep the rules.
    let keys = walk::members(rules, "CustomResponseBodyKey");
    let body = |key: &Value| Some((key.as_str()?.to_owned(), json!({"ContentType": "TEXT_PLAIN", "Content": "x"})));
    let bodies: serde_json::Map<String, Value> = keys.into_iter().filter_map(body).collect();
    let mut document = json!({
        "Name": "checked", "LabelNamespace": format!("awswaf:{}:webacl:checked:", call.scope.account),
        "DefaultAction": {"Allow": {}}, "Rules": rules,
    });
    if !bodies.is_empty() {
        document["CustomResponseBodies"] = Value::Object(bodies);
    }
    Ok(web_acl(call, &document, Asked::OnNone).await?.capacity)
}

/// Reads the addresses of an IP set.
pub(crate) fn ip_set(addresses: &[String], version: AddressVersion) -> Result<(), Error> {
    if addresses.len() > IP_SET_ADDRESSES_MAX {
        return Err(Error::Limits { what: format!("{IP_SET_ADDRESSES_MAX} addresses in an IP set") });
    }
    document::IpSet::parse(addresses, world::version(version))?;
    Ok(())
}

/// Reads regular expressions.
pub(crate) fn regex_patterns(patterns: &[String]) -> Result<(), Error> {
    document::RegexPatterns::parse(patterns)?;
    Ok(())
}

/// What a call with rules must be allowed besides: the same on every set and rule group that they name, and on managed
/// rule groups, as AWS asks.
pub(crate) fn named_by(rules: Option<&Json>, place: &Place, action: &'static str) -> Vec<(&'static str, String)> {
    let Some(rules) = rules else { return Vec::new() };
    let arns = walk::members(&rules.0, "ARN").into_iter().filter_map(Value::as_str);
    let mut named: Vec<String> = arns.map(|text| asked_for(place, text)).collect();
    if !walk::members(&rules.0, "ManagedRuleGroupStatement").is_empty() {
        named.push(format!("arn:aws:wafv2:{}:{}:regional/managedruleset/*/*", place.region, place.account));
    }
    named.sort_unstable();
    named.dedup();
    named.into_iter().map(|arn| (action, arn)).collect()
}

fn asked_for(place: &Place, text: &str) -> String {
    match text.split('/').nth(1) {
        Some("rulegroup") => arn::given_anywhere::<RuleGroup>(place, text),
        Some("regexpatternset") => arn::given::<RegexPatternSet>(place, text),
        Some(_) | None => arn::given::<IpSet>(place, text),
    }
}

/// Refuses what cannot be put together, and statements that ask what this node cannot answer.
// SECURITY: a rule that asks for a country where nobody knows countries would never match, and block nobody.
fn answerable(call: &Call<'_>, document: &document::WebAcl, world: &World) -> Result<(), Error> {
    let broken = |broken: Broken| Error::parameter("RULE", broken.rule.clone(), broken.to_string());
    let needs = check(document, world).map_err(broken)?;
    let facts = &call.ports.installation.firewall;
    if needs.geo && !facts.countries {
        let reason =
            "This node knows no countries, so the statement would never match; [waf] geo_database names who does";
        return Err(Error::parameter("GEO_MATCH_STATEMENT", "GeoMatchStatement", reason));
    }
    if needs.asn && !facts.networks {
        let reason = "This node knows nobody's network, so neither the statement nor a key by ASN would ever match; [waf] asn_database names who does";
        return Err(Error::parameter("STATEMENT", "AsnMatchStatement", reason));
    }
    Ok(())
}

fn owned(references: &[&str]) -> Vec<String> {
    references.iter().map(|arn| (*arn).to_owned()).collect()
}
