//! Managed rule groups are listed, described and weighed as the engine has them.

use serde_json::{Value, json};
use waf::managed;

use crate::testing::world;

#[tokio::test]
async fn each_group_is_listed_and_described_in_every_version() {
    let world = world().await;
    let listed = world.ok("ListAvailableManagedRuleGroups", json!({"Scope": "REGIONAL"})).await;
    let defaults = managed::all().iter().filter(|group| group.default_version);
    assert_eq!(listed["ManagedRuleGroups"].as_array().unwrap().len(), defaults.count());
    for group in managed::all() {
        let named = json!({"Scope": "REGIONAL", "VendorName": "AWS", "Name": group.name});
        let versions = world.ok("ListAvailableManagedRuleGroupVersions", named.clone()).await;
        assert!(versions["Versions"].as_array().unwrap().contains(&json!({"Name": group.version})));
        let versioned = crate::testing::with(named.clone(), &json!({"VersionName": group.version}));
        let described = world.ok("DescribeManagedRuleGroup", versioned).await;
        assert_eq!(described["Capacity"], group.capacity);
        let names = described["Rules"].as_array().unwrap().iter().map(|rule| rule["Name"].clone());
        let rules = group.rules.rules.iter().map(|rule| Value::from(&*rule.name));
        assert!(names.eq(rules), "{}", group.name);
    }
}

#[tokio::test]
async fn what_nobody_manages_does_not_exist() {
    let world = world().await;
    for (vendor, name) in [("AWS", "AWSManagedRulesNoSuchRuleSet"), ("Other", "AWSManagedRulesCommonRuleSet")] {
        let input = json!({"Scope": "REGIONAL", "VendorName": vendor, "Name": name});
        for operation in ["DescribeManagedRuleGroup", "ListAvailableManagedRuleGroupVersions"] {
            assert_eq!(world.refused(operation, input.clone()).await.0, "WAFNonexistentItemException", "{operation}");
        }
        let rule = json!({"Name": "one", "Priority": 0, "OverrideAction": {"None": {}},
            "Statement": {"ManagedRuleGroupStatement": {"VendorName": vendor, "Name": name}},
            "VisibilityConfig": crate::testing::visibility("one")});
        let input = json!({"Scope": "REGIONAL", "Rules": [rule]});
        assert_eq!(world.refused("CheckCapacity", input).await.0, "WAFInvalidParameterException", "{name}");
    }
}
