//! Web ACLs: what they may hold, what is refused by name, and what they weigh.

use operation::testing::{FOREIGN, World};
use serde_json::{Value, json};

use crate::testing::{acl, acl_input, admin, arn, group, ip_set, locked, named, rule, visibility, world};

#[tokio::test]
async fn a_web_acl_is_made_read_changed_and_removed() {
    let world = world().await;
    let rules = json!([rule("admin", 0, &admin())]);
    let more = json!({"Rules": rules, "TokenDomains": ["example.com"], "Description": "all of it",
        "CustomResponseBodies": {"no": {"ContentType": "TEXT_PLAIN", "Content": "no"}},
        "CaptchaConfig": {"ImmunityTimeProperty": {"ImmunityTime": 60}},
        "AssociationConfig": {"RequestBody": {"API_GATEWAY": {"DefaultSizeInspectionLimit": "KB_64"}}},
        "Tags": [{"Key": "team", "Value": "a"}]});
    let made = acl(&world, "edge", &more).await;
    let id = made["Id"].as_str().unwrap();
    assert_eq!(made["ARN"], arn("webacl", "edge", id));
    let got = world.ok("GetWebACL", named(&made, &json!({}))).await;
    let mut expected = json!({"Name": "edge", "Id": id, "ARN": made["ARN"], "DefaultAction": {"Allow": {}},
        "VisibilityConfig": visibility("edge"), "Capacity": 2, "LabelNamespace": "awswaf:123456789012:webacl:edge:",
        "ManagedByFirewallManager": false, "RetrofittedByFirewallManager": false});
    for (member, value) in more.as_object().unwrap().iter().filter(|(member, _)| *member != "Tags") {
        expected[member] = value.clone();
    }
    assert_eq!(got["WebACL"], expected);
    assert_eq!(world.ok("GetWebACL", json!({"ARN": made["ARN"]})).await, got);

    let change = locked(&made, &json!({"DefaultAction": {"Block": {}}, "VisibilityConfig": visibility("other")}));
    let next = world.ok("UpdateWebACL", change.clone()).await["NextLockToken"].clone();
    assert_eq!(world.refused("UpdateWebACL", change).await.0, "WAFOptimisticLockException");
    let got = world.ok("GetWebACL", json!({"ARN": made["ARN"]})).await["WebACL"].clone();
    let expected = json!({"Name": "edge", "Id": id, "ARN": made["ARN"], "DefaultAction": {"Block": {}}, "Rules": [],
        "VisibilityConfig": visibility("other"), "Capacity": 0, "Description": "",
        "LabelNamespace": "awswaf:123456789012:webacl:edge:",
        "ManagedByFirewallManager": false, "RetrofittedByFirewallManager": false});
    assert_eq!(got, expected, "an update replaces everything");
    let listed = world.ok("ListWebACLs", json!({"Scope": "REGIONAL"})).await;
    assert_eq!(listed["WebACLs"][0]["LockToken"], next);
    world.ok("DeleteWebACL", locked(&made, &json!({"LockToken": next}))).await;
    assert_eq!(world.ok("ListWebACLs", json!({"Scope": "REGIONAL"})).await["WebACLs"], json!([]));
}

#[tokio::test]
async fn a_web_acl_is_named_in_one_way() {
    let world = world().await;
    let made = acl(&world, "edge", &json!({})).await;
    let foreign = made["ARN"].as_str().unwrap().replace("123456789012", FOREIGN);
    for (input, code) in [
        (json!({}), "WAFInvalidParameterException"),
        (named(&made, &json!({"ARN": made["ARN"]})), "WAFInvalidParameterException"),
        (named(&made, &json!({"Id": null})), "WAFInvalidParameterException"),
        (named(&made, &json!({"Scope": null})), "WAFInvalidParameterException"),
        (named(&made, &json!({"Scope": "CLOUDFRONT"})), "WAFInvalidOperationException"),
        (named(&made, &json!({"Name": "other"})), "WAFNonexistentItemException"),
        (json!({"ARN": foreign}), "WAFNonexistentItemException"),
        (json!({"ARN": made["ARN"].as_str().unwrap().replace("webacl", "ipset")}), "WAFInvalidParameterException"),
    ] {
        assert_eq!(world.refused("GetWebACL", input.clone()).await.0, code, "{input}");
    }
    let stranger = World::root(FOREIGN);
    let listed = world.call_as(&stranger, "ListWebACLs", json!({"Scope": "REGIONAL"})).await.unwrap();
    assert_eq!(listed["WebACLs"], json!([]));
    let got = world.call_as(&stranger, "GetWebACL", named(&made, &json!({}))).await;
    assert_eq!(got.unwrap_err().0, "WAFNonexistentItemException");
}

#[tokio::test]
async fn what_is_not_enforced_is_refused_by_name() {
    let world = world().await;
    let made = acl(&world, "edge", &json!({})).await;
    let least = json!({"DefaultAction": {"Allow": {}}, "VisibilityConfig": visibility("edge")});
    for member in [
        "DataProtectionConfig",
        "OnSourceDDoSProtectionConfig",
        "ApplicationConfig",
        "MonetizationConfig",
        "AnalyticsConfig",
    ] {
        let more = json!({member: {}});
        let created = world.refused("CreateWebACL", acl_input("bad", &more)).await;
        let updated = world.refused("UpdateWebACL", crate::testing::with(locked(&made, &least), &more)).await;
        assert_eq!(created, updated);
        assert_eq!(created.0, "WAFInvalidOperationException");
        assert!(created.1.contains(member), "{}", created.1);
    }
}

#[tokio::test]
async fn rules_that_the_engine_does_not_take_are_refused_in_awss_terms() {
    let world = world().await;
    let broken = |change: &Value| json!({"Rules": [crate::testing::with(rule("one", 0, &admin()), change)]});
    for (more, code, says) in [
        (
            broken(&json!({"Statement": {"ByteMatchStatement": {}}})),
            "WAFInvalidParameterException",
            "field: BYTE_MATCH_STATEMENT",
        ),
        (broken(&json!({"Statement": {"Unknown": {}}})), "WAFInvalidParameterException", "Unknown"),
        (broken(&json!({"Unknown": 1})), "WAFInvalidParameterException", "Unknown"),
        (broken(&json!({"Action": {"Monetize": {}}})), "WAFInvalidParameterException", "Monetize"),
        (broken(&json!({"Action": {}})), "WAFInvalidParameterException", "field: RULE_ACTION"),
        (
            json!({"Rules": [rule("one", 0, &admin()), rule("two", 0, &admin())]}),
            "WAFInvalidParameterException",
            "field: ",
        ),
        (json!({"DefaultAction": {"Count": {}}}), "WAFInvalidParameterException", "field: DEFAULT_ACTION"),
        (json!({"Rules": "all"}), "WAFInvalidParameterException", "field: "),
        (json!({"TokenDomains": ["com"]}), "WAFInvalidParameterException", "field: TOKEN_DOMAIN"),
    ] {
        let (found, message) = world.refused("CreateWebACL", acl_input("bad", &more)).await;
        assert_eq!(found, code, "{more}: {message}");
        assert!(message.contains(says), "{more}: {message}");
    }
}

#[tokio::test]
async fn rules_name_what_exists_and_is_theirs() {
    let world = world().await;
    let set = ip_set(&world, "office").await;
    let good = set["ARN"].as_str().unwrap();
    let naming = |arn: &str| {
        let statement = json!({"IPSetReferenceStatement": {"ARN": arn}});
        json!({"Rules": [rule("office", 0, &statement)]})
    };
    for bad in
        [good.replace("office", "other"), good.replace("123456789012", FOREIGN), good.replace("ipset", "rulegroup")]
    {
        let (code, message) = world.refused("CreateWebACL", acl_input("bad", &naming(&bad))).await;
        assert_eq!(code, "WAFNonexistentItemException", "{bad}");
        assert!(message.contains(&bad), "{message}");
    }
    acl(&world, "good", &naming(good)).await;
}

#[tokio::test]
async fn statements_that_this_node_cannot_answer_are_refused() {
    let mut world = world().await;
    let geo = json!({"GeoMatchStatement": {"CountryCodes": ["DE"]}});
    let asn = json!({"AsnMatchStatement": {"AsnList": [64496]}});
    let keyed = json!({"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "CUSTOM_KEYS",
        "CustomKeys": [{"HTTPMethod": {}}, {"ASN": {}}]}});
    for (statement, says) in [(&geo, "geo_database"), (&asn, "asn_database"), (&keyed, "asn_database")] {
        let nested = json!({"NotStatement": {"Statement": statement}});
        let nested = if *statement == keyed { keyed.clone() } else { nested };
        let (code, message) =
            world.refused("CreateWebACL", acl_input("bad", &json!({"Rules": [rule("one", 0, &nested)]}))).await;
        assert_eq!(code, "WAFInvalidParameterException", "{statement}");
        assert!(message.contains(says), "{message}");
        let group = json!({"Name": "bad", "Scope": "REGIONAL", "Capacity": 100, "Rules": [rule("one", 0, &nested)],
            "VisibilityConfig": visibility("bad")});
        assert!(world.refused("CreateRuleGroup", group).await.1.contains(says));
    }
    world.ports.installation.firewall.countries = true;
    world.ports.installation.firewall.networks = true;
    let rules = json!([rule("geo", 0, &geo), rule("asn", 1, &asn), rule("keyed", 2, &keyed)]);
    acl(&world, "good", &json!({"Rules": rules})).await;
}

#[tokio::test]
async fn a_web_acl_weighs_what_its_rules_weigh_and_no_more_than_it_may() {
    let world = world().await;
    let shared = group(&world, "shared", &json!([rule("admin", 0, &admin())])).await;
    let reference = |priority: u32| {
        json!({"Name": format!("group-{priority}"), "Priority": priority, "OverrideAction": {"None": {}},
            "Statement": {"RuleGroupReferenceStatement": {"ARN": shared["ARN"]}},
            "VisibilityConfig": visibility("group")})
    };
    let rules = json!([rule("admin", 0, &admin()), reference(1)]);
    let checked = world.ok("CheckCapacity", json!({"Scope": "REGIONAL", "Rules": rules})).await;
    let made = acl(&world, "edge", &json!({"Rules": rules})).await;
    let got = world.ok("GetWebACL", json!({"ARN": made["ARN"]})).await;
    assert_eq!(got["WebACL"]["Capacity"], checked["Capacity"]);
    assert_eq!(checked["Capacity"], 102, "a rule group weighs what it may hold");
    let xss = json!({"XssMatchStatement": {"FieldToMatch": {"UriPath": {}},
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}});
    let heavy: Vec<Value> = (0..126).map(|at| rule(&format!("xss-{at}"), at, &xss)).collect();
    let (code, message) = world.refused("CreateWebACL", acl_input("heavy", &json!({"Rules": heavy}))).await;
    assert_eq!(code, "WAFLimitsExceededException");
    assert!(message.contains("5040"), "{message}");
    let keyed = json!({"Rules": [crate::testing::with(rule("one", 0, &admin()),
        &json!({"Action": {"Block": {"CustomResponse": {"ResponseCode": 403, "CustomResponseBodyKey": "no"}}}}))]});
    world.ok("CheckCapacity", crate::testing::with(json!({"Scope": "REGIONAL"}), &keyed)).await;
    assert!(world.call("CreateWebACL", acl_input("bad", &keyed)).await.is_err(), "there is no such body");
}
