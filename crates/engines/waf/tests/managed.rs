//! The managed rule groups: AWS's names, labels and costs, and each rule against requests that it must and must not match.

#![cfg(test)]

use std::collections::HashMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};

use base64::Engine as _;
use serde_json::{Value, json};
use waf::document::{IpSet, WebAcl};
use waf::testing::{NOWHERE, World};
use waf::{Action, Body, Header, Judgement, Request, managed};

/// Group, what AWS says it costs, and in AWS's order its rules with their labels, where those are not the rule's name with
/// the place written otherwise.
/// <https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html>
const GROUPS: &str = "
AWSManagedRulesCommonRuleSet 700 core-rule-set
  NoUserAgent_Header BadBots_Header SizeRestrictions_QueryString SizeRestrictions_Cookie_Header SizeRestrictions_Body
  SizeRestrictions_URIPath EC2MetaDataSSRF_Body EC2MetaDataSSRF_Cookie EC2MetaDataSSRF_URIPath
  EC2MetaDataSSRF_QueryArguments GenericLFI_QueryArguments GenericLFI_URIPath GenericLFI_Body
  RestrictedExtensions_URIPath RestrictedExtensions_QueryArguments GenericRFI_QueryArguments GenericRFI_Body
  GenericRFI_URIPath CrossSiteScripting_Cookie CrossSiteScripting_QueryArguments CrossSiteScripting_Body
  CrossSiteScripting_URIPath
AWSManagedRulesAdminProtectionRuleSet 100 admin-protection
  AdminProtection_URIPath
AWSManagedRulesKnownBadInputsRuleSet 200 known-bad-inputs
  JavaDeserializationRCE_Header JavaDeserializationRCE_Body JavaDeserializationRCE_URIPath
  JavaDeserializationRCE_QueryString Host_Localhost_Header Propfind_Method ExploitablePaths_URIPath Log4JRCE_Header
  Log4JRCE_QueryString Log4JRCE_Body Log4JRCE_URIPath ReactJSRCE_Body
AWSManagedRulesSQLiRuleSet 200 sql-database
  SQLi_QueryArguments SQLiExtendedPatterns_QueryArguments SQLi_Body SQLiExtendedPatterns_Body
  SQLiExtendedPatterns_Header SQLiExtendedPatterns_UriPath SQLi_Cookie SQLi_URIPath
AWSManagedRulesLinuxRuleSet 200 linux-os
  LFI_URIPath LFI_QueryString LFI_Header
AWSManagedRulesUnixRuleSet 100 posix-os
  UNIXShellCommandsVariables_QueryString UNIXShellCommandsVariables_Body UNIXShellCommandsVariables_Header
AWSManagedRulesWindowsRuleSet 200 windows-os
  WindowsShellCommands_Header WindowsShellCommands_QueryArguments WindowsShellCommands_QueryString
  WindowsShellCommands_UriPath WindowsShellCommands_Body PowerShellCommands_Cookie PowerShellCommands_QueryArguments
  PowerShellCommands_Body
AWSManagedRulesPHPRuleSet 100 php-app
  PHPHighRiskMethodsVariables_Header PHPHighRiskMethodsVariables_QueryString PHPHighRiskMethodsVariables_Body
  PHPHighRiskMethodsVariables_URIPath
AWSManagedRulesWordPressRuleSet 100 wordpress-app
  WordPressExploitableCommands_QUERYSTRING WordPressExploitablePaths_URIPATH
AWSManagedRulesAmazonIpReputationList 25 amazon-ip-list
  AWSManagedIPReputationList AWSManagedReconnaissanceList AWSManagedIPDDoSList
AWSManagedRulesAnonymousIpList 50 anonymous-ip-list
  AnonymousIPList HostingProviderIPList
AWSManagedRulesBotControlRuleSet 50 bot-control
  CategoryAdvertising CategoryArchiver CategoryContentFetcher CategoryEmailClient CategoryHttpLibrary
  CategoryLinkChecker CategoryMiscellaneous CategoryMonitoring CategoryPagePreview CategoryScrapingFramework
  CategorySearchEngine CategorySecurity CategorySeo CategorySocialMedia CategoryWebhooks CategoryAI
  SignalAutomatedBrowser SignalKnownBotDataCenter SignalNonBrowserUserAgent
";

/// The operator's lists of a test.
const LISTS: [(&str, &str, &str); 6] = [
    ("reputation", "198.51.100.1/32", "2001:db8:1::1/128"),
    ("reconnaissance", "198.51.100.2/32", "2001:db8:2::1/128"),
    ("ddos", "198.51.100.3/32", "2001:db8:3::1/128"),
    ("anonymous", "198.51.100.4/32", "2001:db8:4::1/128"),
    ("hosting", "198.51.100.5/32", "2001:db8:5::1/128"),
    ("verified-bots", "198.51.100.6/32", "2001:db8:6::1/128"),
];

/// Nothing is there but those.
fn world() -> World {
    World { is_listed, ..NOWHERE }
}

fn is_listed(list: &str, address: IpAddr) -> Option<bool> {
    let (_, four, six) = LISTS.iter().find(|(name, _, _)| *name == list)?;
    Some(IpSet::of([four.parse().unwrap(), six.parse().unwrap()]).contains(address))
}

/// A web ACL of one group, in which every rule but one only counts.
fn alone(group: &str, rule: &str, rules: &[&str]) -> waf::WebAcl {
    let visibility = json!({"SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": false, "MetricName": "m"});
    let others = rules.iter().filter(|other| **other != rule);
    let overrides: Vec<Value> = others.map(|other| json!({"Name": other, "ActionToUse": {"Count": {}}})).collect();
    let mut statement = json!({"VendorName": "AWS", "Name": group});
    if !overrides.is_empty() {
        statement["RuleActionOverrides"] = overrides.into();
    }
    let acl = json!({
        "Name": "shop",
        "DefaultAction": {"Allow": {}},
        "Rules": [{"Name": "group", "Priority": 0, "Statement": {"ManagedRuleGroupStatement": statement},
            "OverrideAction": {"None": {}}, "VisibilityConfig": visibility}],
        "LabelNamespace": "awswaf:000000000000:webacl:shop:",
    });
    waf::compile(&WebAcl::parse(&acl).unwrap(), "shop", &world()).unwrap()
}

/// `«3×ab»` is `ababab`, so that long texts stand in short files.
fn unfolded(text: &str) -> String {
    let mut parts = text.split('«');
    let mut unfolded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (repeated, rest) = part.split_once('»').unwrap();
        let (times, text) = repeated.split_once('×').unwrap();
        unfolded.push_str(&text.repeat(times.parse().unwrap()));
        unfolded.push_str(rest);
    }
    unfolded
}

/// Judges a test request: `Target`, and where they are not the usual ones `Method`, `Headers`, `Without` (headers), `Body`
/// or `BodyBase64`, and `Client`.
fn judge(acl: &waf::WebAcl, test: &Value) -> Judgement {
    let text = |name: &str| test[name].as_str().map(unfolded);
    let target = text("Target").unwrap();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = vec![
        ("Host".to_owned(), "shop.example.com".to_owned()),
        ("User-Agent".to_owned(), "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_owned()),
    ];
    for line in test["Headers"].as_array().into_iter().flatten() {
        let line = unfolded(line.as_str().unwrap());
        let (name, value) = line.split_once(':').unwrap();
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    for name in test["Without"].as_array().into_iter().flatten() {
        headers.retain(|(known, _)| Some(known.as_str()) != name.as_str());
    }
    let decoded = test["BodyBase64"].as_str().map(|text| base64::prelude::BASE64_STANDARD.decode(text).unwrap());
    let body = decoded.or_else(|| text("Body").map(String::into_bytes)).unwrap_or_default();
    let headers: Vec<Header<'_>> =
        headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect();
    let client = test["Client"].as_str().map_or(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), |text| text.parse().unwrap());
    let request = Request {
        method: test["Method"].as_str().unwrap_or("GET").as_bytes(),
        path: path.as_bytes(),
        query: query.as_bytes(),
        version: "HTTP/1.1",
        headers: &headers,
        body: Body { prefix: &body, truncated: false },
        client,
        host: "shop.example.com",
    };
    acl.judge(&request, &world())
}

/// The files, by their groups' names.
fn files() -> HashMap<String, Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/managed");
    let read = |path: std::path::PathBuf| serde_json::from_slice::<Value>(&fs::read(path).unwrap()).unwrap();
    let files = fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap().path()));
    files.map(|file| (file["Name"].as_str().unwrap().to_owned(), file)).collect()
}

/// Group, cost, name space and labels, as the table above has them.
fn published() -> Vec<(&'static str, u32, &'static str, Vec<&'static str>)> {
    let mut groups = Vec::new();
    for line in GROUPS.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (line.starts_with(' '), &words[..]) {
            (false, [name, cost, space]) => groups.push((*name, cost.parse().unwrap(), *space, Vec::new())),
            (_, labels) => groups.last_mut().unwrap().3.extend(labels),
        }
    }
    groups
}

#[test]
fn every_rule_matches_its_bad_requests_and_none_of_its_good_ones() {
    let mut wrong = Vec::new();
    let files = files();
    for group in managed::all() {
        let rules = files[&*group.name]["Rules"].as_array().unwrap();
        let names: Vec<&str> = rules.iter().map(|rule| rule["Name"].as_str().unwrap()).collect();
        for rule in rules {
            let name = rule["Name"].as_str().unwrap();
            let acl = alone(&group.name, name, &names);
            // A rule that counts shows itself by its label.
            let label = format!("{}{}", group.label_namespace, rule["RuleLabels"][0]["Name"].as_str().unwrap());
            for (kind, expected) in [("Good", false), ("Bad", true)] {
                let tests = rule["Tests"][kind].as_array().unwrap();
                assert!(tests.len() >= 2, "{name} has too few requests that are {kind}");
                for test in tests {
                    let judgement = judge(&acl, test);
                    let labelled = judgement.labels.iter().any(|known| **known == *label);
                    let blocked = judgement.action != Action::Allow;
                    if labelled != expected || (blocked != expected && !rule["Action"]["Block"].is_null()) {
                        wrong.push(format!("{name} {kind} {test}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_labels_order_and_costs_are_those_that_aws_publishes() {
    let published = published();
    let ours: Vec<&str> = managed::all().iter().map(|group| &*group.name).collect();
    assert_eq!(ours, published.iter().map(|(name, ..)| *name).collect::<Vec<_>>());
    for (group, (name, cost, space, labels)) in managed::all().iter().zip(&published) {
        assert_eq!((group.capacity, &*group.label_namespace), (*cost, &*format!("awswaf:managed:aws:{space}:")));
        let last = |rule: &waf::document::Rule| rule.labels.last().unwrap().to_string();
        let found: Vec<String> = group.rules.rules.iter().map(last).collect();
        assert_eq!(&found, labels, "{name}");
        for (rule, label) in group.rules.rules.iter().zip(labels) {
            let same = rule.name.eq_ignore_ascii_case(label) || *rule.name == *"UserAgent_BadBots_HEADER";
            assert!(same, "{} is labelled {label}", rule.name);
        }
    }
}

#[test]
fn bots_are_labelled_with_their_category_whether_they_are_blocked_or_not() {
    let group = managed::find("AWS", "AWSManagedRulesBotControlRuleSet", None).unwrap();
    for rule in &group.rules.rules {
        let expected = if rule.name.starts_with("Category") { "bot:category:" } else { "signal:" };
        assert!(rule.labels[0].starts_with(expected), "{}", rule.name);
    }
}

#[test]
fn a_text_is_unfolded() {
    assert_eq!(unfolded("a«3×bc»d«2×e»"), "abcbcbcdee");
}

#[test]
fn an_operator_without_a_list_cannot_use_the_group_that_asks_for_it() {
    let acl = json!({
        "Name": "shop",
        "DefaultAction": {"Allow": {}},
        "Rules": [{"Name": "group", "Priority": 0, "OverrideAction": {"None": {}},
            "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesAmazonIpReputationList"}},
            "VisibilityConfig": {"SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": false, "MetricName": "m"}}],
        "LabelNamespace": "awswaf:000000000000:webacl:shop:",
    });
    let broken = waf::compile(&WebAcl::parse(&acl).unwrap(), "shop", &NOWHERE).unwrap_err();
    assert_eq!(broken.rule, "group");
    assert!(broken.reason.contains("`reputation`"), "{broken}");
}
