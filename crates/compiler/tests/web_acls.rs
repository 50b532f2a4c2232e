//! Web ACLs: one that changes is compiled, the others stay; and what a node does not have closes those that ask for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::seal::MasterKey;
use base::{AccountId, Region, Scope};
use compiler::{Compiler, Input, WebAclInput, World};
use model::wafv2::{Entity, Visibility, WebAcl};
use serde_json::{Value, json};
use snapshot::{Name, Place, WebAclUnit};

fn scope() -> Scope {
    let account = AccountId::parse("000000000000").expect("an account");
    Scope { account, region: Region::parse("us-east-1").expect("a region") }
}

fn empty() -> World {
    World::empty(Place::new(scope().region, "localhost"))
}

/// A web ACL of one managed group.
fn acl(name: &str, group: &str) -> Input {
    let visibility = json!({ "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "group" });
    let document: Value = json!({
        "Name": name,
        "LabelNamespace": format!("awswaf:000000000000:webacl:{name}:"),
        "DefaultAction": { "Allow": {} },
        "Rules": [{
            "Name": "group", "Priority": 0, "OverrideAction": { "None": {} }, "VisibilityConfig": visibility,
            "Statement": { "ManagedRuleGroupStatement": { "VendorName": "AWS", "Name": group } },
        }],
    });
    let entity = Entity {
        name: name.to_owned(),
        id: "a1b2".to_owned(),
        lock_token: "c3d4".to_owned(),
        description: String::new(),
        tags: BTreeMap::new(),
    };
    let visibility = Visibility { sampled_requests: true, metrics: true, metric_name: name.to_owned() };
    let acl = WebAcl { scope: scope(), entity, capacity: 1, document, visibility, references: Vec::new() };
    let input = WebAclInput { acl, logging: None, references: BTreeMap::new() };
    Input::WebAcl { name: Name::new(scope().account, name), scope: scope(), found: Some(Ok(Box::new(input))) }
}

fn ready(world: &World, name: &str) -> Option<Arc<snapshot::WebAcl>> {
    match world.snapshot.web_acls.get(&Name::new(scope().account, name))? {
        WebAclUnit::Ready(acl) => Some(Arc::clone(acl)),
        WebAclUnit::Broken { .. } => None,
    }
}

#[test]
fn a_web_acl_that_did_not_change_is_not_compiled_again() {
    let compiler = Compiler::new(Arc::new(MasterKey::random()));
    let group = "AWSManagedRulesAdminProtectionRuleSet";
    let before = compiler.compile(1, vec![acl("one", group), acl("two", group)], &empty());
    let after = compiler.compile(2, vec![acl("one", "AWSManagedRulesWordPressRuleSet")], &before);
    let both = |name| (ready(&before, name).expect("sound"), ready(&after, name).expect("sound"));
    let ((one, changed), (two, same)) = (both("one"), both("two"));
    assert!(Arc::ptr_eq(&two, &same));
    assert!(!Arc::ptr_eq(&one, &changed));
}

#[test]
fn a_group_that_asks_for_a_list_closes_where_there_is_none() {
    let lists = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    for (names, closed) in [(&["anonymous", "hosting"][..], false), (&["anonymous"], true), (&[], true)] {
        let compiler = Compiler::new(Arc::new(MasterKey::random())).with_lists(lists(names));
        let world = compiler.compile(1, vec![acl("one", "AWSManagedRulesAnonymousIpList")], &empty());
        assert_eq!(ready(&world, "one").is_none(), closed, "{names:?}");
        assert_eq!(world.findings.len(), usize::from(closed), "{names:?}");
    }
}
