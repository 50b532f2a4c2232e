//! A web ACL: its rules compiled with everything they name, its log's settings read.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use base::Scope;
use model::wafv2::{IpSet, LoggingConfiguration, Owned as _, RegexPatternSet, RuleGroup, WebAcl};
use serde_json::Value;
use snapshot::{LoggingCondition, LoggingFilter, Redacted, WebAclLogging, WebAclUnit};
use waf::document;

/// A web ACL's documents.
#[derive(Debug)]
pub struct WebAclInput {
    /// The web ACL itself.
    pub acl: WebAcl,
    /// Its log's settings; unreadable ones say why.
    pub logging: Option<Result<LoggingConfiguration, String>>,
    /// What its rules name, and what those name, by ARN; what is missing or unreadable says why.
    pub references: BTreeMap<String, Result<Reference, String>>,
}

/// Something that rules name.
#[derive(Debug)]
pub enum Reference {
    /// Addresses.
    Addresses(IpSet),
    /// Regular expressions.
    Patterns(RegexPatternSet),
    /// Rules.
    Group(Box<RuleGroup>),
}

/// The names of the operator's lists of addresses: what managed rule groups about reputation ask for. What stands in them
/// is asked for with each request, and may change without a new snapshot.
pub type AddressLists = BTreeSet<String>;

/// What a node knows of any address: what statements about countries and networks ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlacesKnown {
    /// In which country it is.
    pub countries: bool,
    /// To which network it belongs.
    pub networks: bool,
}

const REMEDY: &str =
    "Requests to its stages are answered 500. Mend the web ACL or what its rules name, or take it off the stages.";

/// Compiles a web ACL; one that does not compile is closed, and says why.
pub(crate) fn compile(
    scope: &Scope,
    input: &WebAclInput,
    lists: &AddressLists,
    places: PlacesKnown,
) -> (WebAclUnit, Option<(String, &'static str)>) {
    let arn: Arc<str> = input.acl.arn(scope).into();
    let ready = ready(scope, &arn, input, lists).and_then(|acl| {
        places.answer(acl.judge.needs())?;
        Ok(acl)
    });
    match ready {
        Ok(acl) => (WebAclUnit::Ready(Arc::new(acl)), None),
        Err(why) => (WebAclUnit::Broken { arn, why: why.as_str().into() }, Some((why, REMEDY))),
    }
}

fn ready(scope: &Scope, arn: &Arc<str>, input: &WebAclInput, lists: &AddressLists) -> Result<snapshot::WebAcl, String> {
    let WebAclInput { acl, logging, references } = input;
    let parsed =
        document::WebAcl::parse(&acl.document).map_err(|fault| format!("its rules cannot be read: {fault}"))?;
    let known = Known::read(references, lists)?;
    let judge = waf::compile(&parsed, arn, &known).map_err(|broken| broken.to_string())?;
    let logging = match logging {
        None => None,
        Some(Ok(settings)) => Some(log(settings)?),
        Some(Err(why)) => return Err(why.clone()),
    };
    Ok(snapshot::WebAcl {
        scope: scope.clone(),
        name: acl.entity.name.as_str().into(),
        arn: Arc::clone(arn),
        judge,
        metric: acl.visibility.metric_name.as_str().into(),
        sampled: sampled(acl, references),
        logging,
        stream: telemetry::stream::web_acl(&acl.entity.name),
    })
}

impl PlacesKnown {
    /// Refuses a web ACL that asks for what this node does not know.
    // SECURITY: such statements were taken when a node knew it. Now they would never match, and block nobody.
    fn answer(self, needs: waf::Needs) -> Result<(), String> {
        if needs.geo && !self.countries {
            return Err("its rules ask for countries, and this node has no geo-database".to_owned());
        }
        if needs.asn && !self.networks {
            return Err("its rules ask for networks, and this node has no asn-database".to_owned());
        }
        Ok(())
    }
}

/// What rules name, read by the engine.
struct Known<'a> {
    addresses: BTreeMap<&'a str, Arc<document::IpSet>>,
    patterns: BTreeMap<&'a str, Arc<document::RegexPatterns>>,
    groups: BTreeMap<&'a str, Arc<document::RuleGroup>>,
    lists: &'a AddressLists,
}

impl<'a> Known<'a> {
    fn read(
        references: &'a BTreeMap<String, Result<Reference, String>>,
        lists: &'a AddressLists,
    ) -> Result<Self, String> {
        let (mut addresses, mut patterns, mut groups) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (arn, reference) in references {
            let unreadable = |fault: waf::Invalid| format!("`{arn}`, which its rules name, cannot be read: {fault}");
            match reference {
                Err(why) => return Err(format!("`{arn}`, which its rules name, cannot be used: {why}")),
                Ok(Reference::Addresses(set)) => {
                    let version = document::IpVersion::parse(set.version.as_str()).map_err(unreadable)?;
                    let set = document::IpSet::parse(&set.addresses, version).map_err(unreadable)?;
                    addresses.insert(arn.as_str(), Arc::new(set));
                }
                Ok(Reference::Patterns(set)) => {
                    let set = document::RegexPatterns::parse(&set.patterns).map_err(unreadable)?;
                    patterns.insert(arn.as_str(), Arc::new(set));
                }
                Ok(Reference::Group(group)) => {
                    let group = document::RuleGroup::parse(&group.document).map_err(unreadable)?;
                    groups.insert(arn.as_str(), Arc::new(group));
                }
            }
        }
        Ok(Self { addresses, patterns, groups, lists })
    }
}

impl waf::References for Known<'_> {
    fn ip_set(&self, arn: &str) -> Option<Arc<document::IpSet>> {
        self.addresses.get(arn).cloned()
    }

    fn regex_patterns(&self, arn: &str) -> Option<Arc<document::RegexPatterns>> {
        self.patterns.get(arn).cloned()
    }

    fn rule_group(&self, arn: &str) -> Option<Arc<document::RuleGroup>> {
        self.groups.get(arn).cloned()
    }

    fn has_list(&self, list: &str) -> bool {
        self.lists.contains(list)
    }
}

/// The metrics whose requests are sampled: of the web ACL's own rules and of those in its groups.
fn sampled(acl: &WebAcl, references: &BTreeMap<String, Result<Reference, String>>) -> HashSet<Arc<str>> {
    let groups = references.values().filter_map(|reference| match reference {
        Ok(Reference::Group(group)) => Some(&group.document),
        Ok(Reference::Addresses(_) | Reference::Patterns(_)) | Err(_) => None,
    });
    let rules = std::iter::once(&acl.document).chain(groups).filter_map(|document| document["Rules"].as_array());
    let configurations = rules.flatten().map(|rule| &rule["VisibilityConfig"]);
    let named = configurations
        .filter(|visibility| visibility["SampledRequestsEnabled"] == true)
        .filter_map(|visibility| visibility["MetricName"].as_str().map(Arc::from));
    named.chain(acl.visibility.sampled_requests.then(|| acl.visibility.metric_name.as_str().into())).collect()
}

fn log(settings: &LoggingConfiguration) -> Result<WebAclLogging, String> {
    let mut redacted = Redacted::default();
    let mut headers = Vec::new();
    for field in &settings.redacted_fields {
        let members = field.as_object().into_iter().flatten();
        for (member, value) in members {
            match member.as_str() {
                "Method" => redacted.method = true,
                "QueryString" => redacted.query = true,
                "UriPath" => redacted.path = true,
                "SingleHeader" => headers.push(value["Name"].as_str().unwrap_or_default().to_ascii_lowercase().into()),
                // SECURITY: what should be left out and cannot be understood must not be logged.
                other => return Err(format!("its log is to leave out `{other}`, which cannot be left out")),
            }
        }
    }
    redacted.headers = headers.into();
    let (filters, keep_others) = match &settings.filter {
        None => (Box::default(), true),
        Some(filter) => filters(filter)?,
    };
    Ok(WebAclLogging { destination: settings.destination.as_str().into(), redacted, filters, keep_others })
}

fn filters(filter: &Value) -> Result<(Box<[LoggingFilter]>, bool), String> {
    let keeps = |value: &Value| match value.as_str() {
        Some("KEEP") => Ok(true),
        Some("DROP") => Ok(false),
        Some(_) | None => Err(format!("its log's filter says `{value}` where it must say KEEP or DROP")),
    };
    let filters = filter["Filters"].as_array().into_iter().flatten().map(|filter| {
        let conditions = filter["Conditions"].as_array().into_iter().flatten().map(condition);
        let all = match filter["Requirement"].as_str() {
            Some("MEETS_ALL") => true,
            Some("MEETS_ANY") => false,
            Some(_) | None => return Err("its log's filter has no requirement".to_owned()),
        };
        Ok(LoggingFilter { keep: keeps(&filter["Behavior"])?, all, conditions: conditions.collect::<Result<_, _>>()? })
    });
    Ok((filters.collect::<Result<_, _>>()?, keeps(&filter["DefaultBehavior"])?))
}

fn condition(value: &Value) -> Result<LoggingCondition, String> {
    let action = value["ActionCondition"]["Action"].as_str();
    let label = value["LabelNameCondition"]["LabelName"].as_str();
    match (action, label) {
        (Some(action), None) => Ok(LoggingCondition::Action(action.into())),
        (None, Some(label)) => Ok(LoggingCondition::Label(label.into())),
        (None, None) | (Some(_), Some(_)) => Err(format!("its log's filter has a condition that is none: `{value}`")),
    }
}
