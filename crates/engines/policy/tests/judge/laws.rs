//! Laws that hold over all layers, whatever policies stand in them.

use proptest::prelude::*;

use crate::support::World;

/// A layer's statements about one action, for everyone where principals are needed.
fn statements(needs_principal: bool) -> impl Strategy<Value = String> {
    let whom = if needs_principal {
        prop::sample::select(vec![
            " for *",
            " for 111111111111",
            " for arn:aws:iam::111111111111:user/alice",
            " for arn:aws:iam::111111111111:role/ops",
            " for 222222222222",
        ])
    } else {
        prop::sample::select(vec![""])
    };
    let one =
        (prop::sample::select(vec!["allow s3:*", "allow s3:*", "allow ec2:*", "deny s3:Put*", "deny s3:*"]), whom)
            .prop_map(|(what, whom)| format!("{what}{whom}"));
    prop::collection::vec(one, 1..3).prop_map(|statements| statements.join("; "))
}

fn world() -> impl Strategy<Value = Vec<String>> {
    let line = |name: &'static str, needs_principal: bool, chance: f64| {
        prop::option::weighted(chance, statements(needs_principal))
            .prop_map(move |text| text.map(|text| format!("{name}: {text}")))
    };
    (
        line("rcp", true, 0.2),
        line("scp", false, 0.2),
        line("endpoint", true, 0.2),
        line("resource", true, 0.6),
        line("identity", false, 0.8),
        line("boundary", false, 0.3),
        line("session", false, 0.3),
    )
        .prop_map(|(a, b, c, d, e, f, g)| [a, b, c, d, e, f, g].into_iter().flatten().collect())
}

fn who() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "alice",
        "bob",
        "role",
        "federated",
        "root",
        "alice-abroad",
        "root-abroad",
        "anonymous",
        "service",
        "web",
    ])
}

fn allowed(lines: &[String], who: &str) -> (bool, Option<String>) {
    World::read(&lines.join("\n")).explain(&format!("{who} s3:GetObject arn:aws:s3:::b"), |explanation, _| {
        (explanation.decision.is_allowed(), explanation.hint())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_denial_in_any_layer_that_binds_the_caller_denies(lines in world(), who in who(), at in any::<prop::sample::Index>()) {
        prop_assume!(!lines.is_empty());
        let mut lines = lines;
        let at = at.index(lines.len());
        let principals = ["rcp", "endpoint", "resource"].iter().any(|name| lines[at].starts_with(name));
        prop_assume!(!lines[at].starts_with("scp") || !["anonymous", "service", "web"].contains(&who));
        lines[at] += if principals { "; deny * for *" } else { "; deny *" };
        prop_assert!(!allowed(&lines, who).0, "{lines:?}");
    }

    #[test]
    fn a_limit_takes_away_and_never_gives(lines in world(), who in who(), limit in prop::sample::select(vec!["scp", "boundary", "session"])) {
        let without: Vec<String> = lines.iter().filter(|line| !line.starts_with(limit)).cloned().collect();
        // A federation token has no permissions at all without a session policy.
        prop_assume!(who != "federated" || limit != "session");
        prop_assert!(!allowed(&lines, who).0 || allowed(&without, who).0, "{lines:?}");
    }

    #[test]
    fn what_is_denied_has_a_hint_and_what_is_allowed_has_none(lines in world(), who in who()) {
        let (allowed, hint) = allowed(&lines, who);
        prop_assert_eq!(allowed, hint.is_none(), "{:?}: {:?}", lines, hint);
        prop_assert!(hint.is_none_or(|hint| !hint.is_empty()));
    }

    #[test]
    fn whom_no_policy_allows_is_denied(lines in world(), who in who()) {
        prop_assume!(who != "root");
        let none: Vec<String> = lines.iter().map(|line| line.replace("allow", "deny")).collect();
        prop_assert!(!allowed(&none, who).0, "{none:?}");
    }
}
