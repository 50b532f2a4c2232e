//! Regex pattern sets: what can be searched for in linear time, and no more than AWS takes.

use serde_json::{Value, json};

use crate::testing::{acl, arn, locked, named, rule, world};

fn patterns(texts: &[&str]) -> Value {
    texts.iter().map(|text| json!({"RegexString": text})).collect()
}

fn input(name: &str, texts: &[&str]) -> Value {
    json!({"Name": name, "Scope": "REGIONAL", "RegularExpressionList": patterns(texts)})
}

#[tokio::test]
async fn a_set_is_made_read_changed_and_removed() {
    let world = world().await;
    let made = world.ok("CreateRegexPatternSet", input("bots", &["(?i)curl", "^x{3,5}$"])).await["Summary"].clone();
    assert_eq!(made["ARN"], arn("regexpatternset", "bots", made["Id"].as_str().unwrap()));
    let got = world.ok("GetRegexPatternSet", named(&made, &json!({}))).await;
    assert_eq!(got["RegexPatternSet"]["RegularExpressionList"], patterns(&["(?i)curl", "^x{3,5}$"]));
    let change = locked(&made, &json!({"RegularExpressionList": patterns(&["wget"])}));
    let next = world.ok("UpdateRegexPatternSet", change.clone()).await["NextLockToken"].clone();
    assert_eq!(world.refused("UpdateRegexPatternSet", change).await.0, "WAFOptimisticLockException");
    let listed = world.ok("ListRegexPatternSets", json!({"Scope": "REGIONAL"})).await;
    assert_eq!(listed["RegexPatternSets"][0]["LockToken"], next);
    let statement = json!({"RegexPatternSetReferenceStatement": {"ARN": made["ARN"], "FieldToMatch": {"UriPath": {}},
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}});
    let held = acl(&world, "one", &json!({"Rules": [rule("bots", 0, &statement)]})).await;
    let delete = locked(&made, &json!({"LockToken": next}));
    assert_eq!(world.refused("DeleteRegexPatternSet", delete.clone()).await.0, "WAFAssociatedItemException");
    world.ok("DeleteWebACL", locked(&held, &json!({}))).await;
    world.ok("DeleteRegexPatternSet", delete).await;
}

#[tokio::test]
async fn patterns_that_nobody_can_enforce_are_refused() {
    let world = world().await;
    let long = "a".repeat(513);
    for (texts, code) in [
        (vec!["("], "WAFInvalidParameterException"),
        (vec![r"(a)\1"], "WAFInvalidParameterException"),
        (vec![""], "WAFInvalidParameterException"),
        (vec![long.as_str()], "WAFInvalidParameterException"),
        (vec!["a"; 11], "WAFLimitsExceededException"),
    ] {
        assert_eq!(world.refused("CreateRegexPatternSet", input("bad", &texts)).await.0, code, "{texts:?}");
    }
    let without = json!({"Name": "bad", "Scope": "REGIONAL", "RegularExpressionList": [{}]});
    assert_eq!(world.refused("CreateRegexPatternSet", without).await.0, "WAFInvalidParameterException");
    for at in 0..10 {
        world.ok("CreateRegexPatternSet", input(&format!("set-{at}"), &["a"])).await;
    }
    assert_eq!(world.refused("CreateRegexPatternSet", input("more", &["a"])).await.0, "WAFLimitsExceededException");
}
