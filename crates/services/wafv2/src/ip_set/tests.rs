//! IP sets: their addresses, their locks, and who holds them.

use serde_json::json;

use crate::testing::{acl, arn, group, ip_set, locked, named, rule, world};

#[tokio::test]
async fn a_set_is_made_read_changed_and_removed() {
    let world = world().await;
    let made = ip_set(&world, "office").await;
    let id = made["Id"].as_str().unwrap();
    assert_eq!(made["ARN"], arn("ipset", "office", id));
    let got = world.ok("GetIPSet", named(&made, &json!({}))).await;
    assert_eq!(got["LockToken"], made["LockToken"]);
    assert_eq!(
        got["IPSet"],
        json!({"Name": "office", "Id": id, "ARN": made["ARN"], "Description": "", "IPAddressVersion": "IPV4",
            "Addresses": ["192.0.2.0/24"]})
    );
    let changed = locked(&made, &json!({"Addresses": ["198.51.100.7/32"], "Description": "all of it"}));
    let next = world.ok("UpdateIPSet", changed.clone()).await["NextLockToken"].clone();
    assert_ne!(next, made["LockToken"]);
    assert_eq!(world.refused("UpdateIPSet", changed).await.0, "WAFOptimisticLockException");
    assert_eq!(world.refused("DeleteIPSet", locked(&made, &json!({}))).await.0, "WAFOptimisticLockException");
    let got = world.ok("GetIPSet", named(&made, &json!({}))).await;
    assert_eq!(
        (&got["IPSet"]["Addresses"], &got["IPSet"]["Description"]),
        (&json!(["198.51.100.7/32"]), &json!("all of it"))
    );
    world.ok("DeleteIPSet", locked(&made, &json!({"LockToken": next}))).await;
    assert_eq!(world.refused("GetIPSet", named(&made, &json!({}))).await.0, "WAFNonexistentItemException");
}

#[tokio::test]
async fn a_set_holds_ranges_of_one_version_and_of_some_length() {
    let world = world().await;
    let many: Vec<String> = (0..10_001).map(|at| format!("10.{}.{}.1/32", at / 250, at % 250)).collect();
    for (version, addresses, code) in [
        ("IPV4", json!(["192.0.2.1"]), "WAFInvalidParameterException"),
        ("IPV4", json!(["192.0.2.0/33"]), "WAFInvalidParameterException"),
        ("IPV4", json!(["0.0.0.0/0"]), "WAFInvalidParameterException"),
        ("IPV4", json!(["2001:db8::/32"]), "WAFInvalidParameterException"),
        ("IPV6", json!(["192.0.2.0/24"]), "WAFInvalidParameterException"),
        ("IPV4", json!(["everybody"]), "WAFInvalidParameterException"),
        ("IPV4", json!(many), "WAFLimitsExceededException"),
    ] {
        let input = json!({"Name": "bad", "Scope": "REGIONAL", "IPAddressVersion": version, "Addresses": addresses});
        assert_eq!(world.refused("CreateIPSet", input).await.0, code, "{version}");
    }
    let six = json!({"Name": "six", "Scope": "REGIONAL", "IPAddressVersion": "IPV6", "Addresses": ["2001:db8::/32"]});
    let six = world.ok("CreateIPSet", six).await["Summary"].clone();
    let other = locked(&six, &json!({"Addresses": ["192.0.2.0/24"]}));
    assert_eq!(world.refused("UpdateIPSet", other).await.0, "WAFInvalidParameterException");
    world.ok("UpdateIPSet", locked(&six, &json!({"Addresses": []}))).await;
}

#[tokio::test]
async fn a_set_that_rules_name_stays() {
    let world = world().await;
    let (by_acl, by_group) = (ip_set(&world, "by-acl").await, ip_set(&world, "by-group").await);
    let statement = |set: &serde_json::Value| json!({"IPSetReferenceStatement": {"ARN": set["ARN"]}});
    let held = acl(&world, "one", &json!({"Rules": [rule("office", 0, &statement(&by_acl))]})).await;
    let holds = group(
        &world,
        "two",
        &json!([rule("office", 0, &json!({"NotStatement": {"Statement": statement(&by_group)}}))]),
    )
    .await;
    for (set, user) in [(&by_acl, &held), (&by_group, &holds)] {
        let (code, message) = world.refused("DeleteIPSet", locked(set, &json!({}))).await;
        assert_eq!(code, "WAFAssociatedItemException");
        assert!(message.contains(user["ARN"].as_str().unwrap()), "{message}");
    }
    world.ok("DeleteWebACL", locked(&held, &json!({}))).await;
    world.ok("DeleteIPSet", locked(&by_acl, &json!({}))).await;
}

#[tokio::test]
async fn names_are_unique_and_a_name_made_anew_is_another_set() {
    let world = world().await;
    let made = ip_set(&world, "office").await;
    let again = json!({"Name": "office", "Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": []});
    assert_eq!(world.refused("CreateIPSet", again.clone()).await.0, "WAFDuplicateItemException");
    world.ok("DeleteIPSet", locked(&made, &json!({}))).await;
    world.ok("CreateIPSet", again).await;
    for name in ["GetIPSet", "DeleteIPSet"] {
        assert_eq!(world.refused(name, locked(&made, &json!({}))).await.0, "WAFNonexistentItemException", "{name}");
    }
}

#[tokio::test]
async fn there_is_room_for_a_hundred_in_pages() {
    let world = world().await;
    for at in 0..100 {
        ip_set(&world, &format!("set-{at:03}")).await;
    }
    let more = json!({"Name": "more", "Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": []});
    assert_eq!(world.refused("CreateIPSet", more).await.0, "WAFLimitsExceededException");
    let first = world.ok("ListIPSets", json!({"Scope": "REGIONAL", "Limit": 60})).await;
    let next = json!({"Scope": "REGIONAL", "Limit": 60, "NextMarker": first["NextMarker"]});
    let second = world.ok("ListIPSets", next).await;
    let names = |page: &serde_json::Value| page["IPSets"].as_array().unwrap().len();
    assert_eq!((names(&first), names(&second), second.get("NextMarker")), (60, 40, None));
    assert!(first["NextMarker"].as_str().unwrap().len() <= 256);
    for bad in [json!({"Limit": 0}), json!({"Limit": 101}), json!({"NextMarker": "set-059"})] {
        let input = crate::testing::with(json!({"Scope": "REGIONAL"}), &bad);
        assert!(world.call("ListIPSets", input).await.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn two_who_want_the_last_place_at_once_do_not_both_get_it() {
    let world = world().await;
    for at in 0..99 {
        ip_set(&world, &format!("set-{at:03}")).await;
    }
    let input = |name: &str| json!({"Name": name, "Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": []});
    let one = world.uncommitted("CreateIPSet", input("one")).await;
    let two = world.uncommitted("CreateIPSet", input("two")).await;
    world.ports.resources.commit(one).await.unwrap();
    assert!(world.ports.resources.commit(two).await.is_err(), "it runs anew");
    assert_eq!(world.refused("CreateIPSet", input("two")).await.0, "WAFLimitsExceededException");
}

#[tokio::test]
async fn nothing_stands_before_cloudfront() {
    let world = world().await;
    let made = ip_set(&world, "office").await;
    for (name, input) in [
        ("CreateIPSet", json!({"Name": "a", "IPAddressVersion": "IPV4", "Addresses": []})),
        ("GetIPSet", named(&made, &json!({}))),
        ("UpdateIPSet", locked(&made, &json!({"Addresses": []}))),
        ("DeleteIPSet", locked(&made, &json!({}))),
        ("ListIPSets", json!({})),
    ] {
        let input = crate::testing::with(input, &json!({"Scope": "CLOUDFRONT"}));
        assert_eq!(world.refused(name, input).await.0, "WAFInvalidOperationException", "{name}");
    }
}
