//! Beside the `iam-rs` crate, which knows one list of policies and no layers.

use iam_rs::{Arn, Context, ContextValue, Decision, IAMPolicy, IAMRequest, Principal, PrincipalId, evaluate_policy};

use crate::case::{ALICE, Case, Given, Language};
use crate::class::{Class, Tally, conditions, texts};
use crate::ours;
use crate::random::Random;

const PAIRS: usize = 12_000;
const VARIABLES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html";
const OPERATORS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";

const CLASSES: &[Class] = &[
    Class {
        name: "variables of old policies",
        why: "it replaces variables in version 2008-10-17 too, where they are text",
        page: VARIABLES,
        explains: |case| {
            case.policy["Version"] == "2008-10-17" && with_variable(case, &["Resource", "NotResource", "Condition"])
        },
    },
    Class {
        name: "absent variables",
        why: "it puts nothing in place of a variable without a value, where the statement has no effect",
        page: VARIABLES,
        explains: |case| {
            with_variable(case, &["Resource", "NotResource"])
                && !case.keys.iter().any(|(key, _)| *key == "aws:username")
        },
    },
    Class {
        name: "wildcards from values",
        why: "it takes a `*` that came from a variable's value for a wildcard, where it is literal",
        page: VARIABLES,
        explains: |case| {
            let wild = |(_, given): &(&str, Given)| matches!(given, Given::Text(text) if text.contains('*'));
            with_variable(case, &["Resource", "NotResource"]) && case.keys.iter().any(wild)
        },
    },
    Class {
        name: "variables in conditions",
        why: "it compares with the variable's name, where string operators compare with its value",
        page: VARIABLES,
        explains: |case| with_variable(case, &["Condition"]),
    },
    Class {
        name: "ARN operators",
        why: "its `ArnEquals` knows no wildcards and its `ArnLike` lets them cross colons; in AWS both are the same",
        page: OPERATORS,
        explains: |case| conditions(case).iter().any(|(operator, ..)| operator.starts_with("Arn")),
    },
    Class {
        name: "negation over many values",
        why: "a negated operator holds for it when any value of the key differs, where none may match",
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html",
        explains: |case| {
            let many = |(key, given): &(&str, Given)| {
                *key == "aws:TagKeys" && matches!(given, Given::Texts(texts) if texts.len() > 1)
            };
            let negated = |(operator, key, _): &(String, String, Vec<String>)| {
                operator.starts_with("StringNot") && key.eq_ignore_ascii_case("aws:TagKeys")
            };
            case.keys.iter().any(many) && conditions(case).iter().any(negated)
        },
    },
    Class {
        name: "wildcards for services",
        why: "its ARNs have no wildcard in the service's place",
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
        explains: |case| texts(case, &["Resource", "NotResource"]).iter().any(|text| text.starts_with("arn:aws:*:")),
    },
    Class {
        name: "the account as principal",
        why: "the account's root means the root user for it, where it means everyone of the account",
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        explains: |case| texts(case, &["Principal"]).iter().any(|text| text.ends_with(":root")),
    },
];

fn with_variable(case: &Case, elements: &[&str]) -> bool {
    texts(case, elements).iter().any(|text| text.contains("${"))
}

/// What it says, or nothing when it does not understand the case.
fn opinion(case: &Case) -> Option<&'static str> {
    let policy: IAMPolicy = serde_json::from_value(case.policy.clone()).ok()?;
    let context = case.keys.iter().fold(Context::new(), |mut context, (name, given)| match given {
        Given::Text(text) | Given::Time(text) | Given::Address(text) => context.with_string(*name, *text),
        Given::Bool(value) => context.with_boolean(*name, *value),
        Given::Number(value) => context.with_number(*name, *value as f64),
        Given::Texts(texts) => {
            let texts = texts.iter().map(ToString::to_string).collect();
            context.insert((*name).to_owned(), ContextValue::StringList(texts));
            context
        }
    });
    let principal = Principal::Aws(PrincipalId::String(ALICE.to_owned()));
    let resource = Arn::parse(case.resource).ok()?;
    let request = IAMRequest::new_with_context(principal, case.action, resource, context);
    match evaluate_policy(&policy, &request).ok()? {
        Decision::Allow => Some("allows"),
        Decision::Deny => Some("denies"),
        Decision::NotApplicable => Some("silent"),
    }
}

#[test]
fn it_agrees_with_iam_rs_but_for_known_faults() {
    let mut random = Random(1);
    let mut tally = Tally::default();
    for _ in 0..PAIRS {
        let case = Case::make(&mut random, Language::Whole);
        if let Some(theirs) = opinion(&case) {
            tally.add(&case, ours::opinion(&case), theirs, CLASSES);
        }
    }
    tally.judge("iam-rs", CLASSES);
}
