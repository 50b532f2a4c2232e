//! Inline policies, called as `control` calls them.

use model::iam::{Group, Role, User};
use operation::testing::{FOREIGN, World, text};
use serde_json::{Value as Json, json};

use crate::testing::{DOCUMENT, stored, world};

/// Who holds policies, and the quota of all inline policies together.
const HOLDERS: [(&str, &str, usize); 3] = [("User", "bob", 2_048), ("Group", "staff", 5_120), ("Role", "ops", 10_240)];

fn input(kind: &str, name: &str, rest: &Json) -> Json {
    let mut input = rest.clone();
    input[format!("{kind}Name")] = json!(name);
    input
}

fn refusal(code: &str, message: String) -> (String, String) {
    (code.to_owned(), message)
}

#[tokio::test]
async fn an_inline_policy_is_put_shown_listed_and_removed() {
    for (kind, name, _) in HOLDERS {
        let world = world().await;
        let call = async |verb: &str, plural: bool, rest: &Json| {
            let operation = format!("{verb}{kind}Polic{}", if plural { "ies" } else { "y" });
            world.call(&operation, input(kind, name, rest)).await
        };
        for policy in ["b", "a", "a"] {
            call("Put", false, &json!({"PolicyName": policy, "PolicyDocument": DOCUMENT})).await.unwrap();
        }
        let shown = call("Get", false, &json!({"PolicyName": "a"})).await.unwrap();
        assert_eq!(
            (text(&shown, &format!("{kind}Name")), text(&shown, "PolicyName")),
            (name.to_owned(), "a".to_owned())
        );
        assert!(text(&shown, "PolicyDocument").starts_with("%7B%22Version%22"), "{shown}");
        let first = call("List", true, &json!({"MaxItems": 1})).await.unwrap();
        assert_eq!((&first["PolicyNames"], &first["IsTruncated"]), (&json!(["a"]), &json!(true)));
        let rest = call("List", true, &json!({"Marker": first["Marker"]})).await.unwrap();
        assert_eq!((&rest["PolicyNames"], &rest["IsTruncated"]), (&json!(["b"]), &json!(false)));
        call("Delete", false, &json!({"PolicyName": "a"})).await.unwrap();
        let lower = kind.to_lowercase();
        let gone = refusal("NoSuchEntity", format!("The {lower} policy with name a cannot be found."));
        for verb in ["Get", "Delete"] {
            assert_eq!(call(verb, false, &json!({"PolicyName": "a"})).await.unwrap_err(), gone, "{verb}");
        }
        let nobody = world.refused(&format!("List{kind}Policies"), input(kind, "nobody", &json!({}))).await;
        assert_eq!(nobody, refusal("NoSuchEntity", format!("The {lower} with name nobody cannot be found.")));
        let operation = format!("Get{kind}Policy");
        let foreign = input(kind, name, &json!({"PolicyName": "b"}));
        let foreign = world.call_as(&World::root(FOREIGN), &operation, foreign).await.unwrap_err();
        assert_eq!(foreign.0, "NoSuchEntity");
    }
}

#[tokio::test]
async fn all_inline_policies_share_one_quota() {
    for (kind, name, max) in HOLDERS {
        let world = world().await;
        let put = format!("Put{kind}Policy");
        let sized = |size: usize| {
            let action = "x:".to_owned() + &"y".repeat(size - DOCUMENT.len() + 1);
            DOCUMENT.replace("x:*", &action)
        };
        let half = json!({"PolicyName": "half", "PolicyDocument": sized(max / 2)});
        world.ok(&put, input(kind, name, &half)).await;
        let rest = json!({"PolicyName": "rest", "PolicyDocument": sized(max - max / 2)});
        world.ok(&put, input(kind, name, &rest)).await;
        // The same policy again takes no more room, and white space takes none.
        let spaced = json!({"PolicyName": "rest", "PolicyDocument": sized(max - max / 2).replace(',', " , \n")});
        world.ok(&put, input(kind, name, &spaced)).await;
        let more = json!({"PolicyName": "more", "PolicyDocument": DOCUMENT});
        let told = world.refused(&put, input(kind, name, &more)).await;
        let lower = kind.to_lowercase();
        let message = format!("Maximum policy size of {max} bytes exceeded for {lower} {name}");
        assert_eq!(told, refusal("LimitExceeded", message));
    }
}

#[tokio::test]
async fn a_policy_is_stored_with_its_holder() {
    let world = world().await;
    for (kind, name, _) in HOLDERS {
        let policy = json!({"PolicyName": "p", "PolicyDocument": DOCUMENT});
        world.ok(&format!("Put{kind}Policy"), input(kind, name, &policy)).await;
    }
    let user = stored::<User>(&world, "bob").await.unwrap().inline;
    let group = stored::<Group>(&world, "staff").await.unwrap().inline;
    let role = stored::<Role>(&world, "ops").await.unwrap().inline;
    for inline in [user, group, role] {
        assert_eq!(inline.get("p").map(String::as_str), Some(DOCUMENT));
    }
}
