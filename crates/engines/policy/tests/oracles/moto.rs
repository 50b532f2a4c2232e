//! Beside moto's evaluator, in the Python environment of the client tests. `cargo xtask test` always makes it; without
//! it plain `cargo test` says that it is not there.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::case::{Case, Given, Language};
use crate::class::{Class, Tally, has, texts};
use crate::ours;
use crate::random::Random;

const PAIRS: usize = 8_000;
const RESOURCE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html";
const ACTION: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html";

const CLASSES: &[Class] = &[
    Class {
        name: "conditions",
        why: "a statement whose condition does not hold denies, and an absent key fits, where it merely does not apply",
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html",
        explains: |case| has(case, "Condition"),
    },
    Class {
        name: "NotResource",
        why: "it does not know the element and permits, whatever the effect",
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html",
        explains: |case| has(case, "NotResource"),
    },
    Class {
        name: "variables",
        why: "it does not replace them",
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
        explains: |case| texts(case, &["Resource"]).iter().any(|text| text.contains("${")),
    },
    Class {
        name: "the case of actions",
        why: "it matters to it",
        page: ACTION,
        explains: |case| {
            let odd = |text: &str| text == "s3:getobject" || text == "S3:PUTOBJECT";
            odd(case.action) || texts(case, &["Action", "NotAction"]).iter().any(|text| odd(text))
        },
    },
    Class {
        name: "question marks",
        why: "it passes them on to a regular expression, where they mean something else",
        page: RESOURCE,
        explains: |case| texts(case, &["Action", "NotAction", "Resource"]).iter().any(|text| text.contains('?')),
    },
    Class {
        name: "wildcards across segments",
        why: "its `*` crosses the colons of an ARN",
        page: RESOURCE,
        explains: |case| {
            let before_the_last = |text: &String| text.splitn(6, ':').take(5).any(|segment| segment.contains('*'));
            texts(case, &["Resource"]).iter().any(|text| text != "*" && before_the_last(text))
        },
    },
];

/// The interpreter that has moto, when there is one.
fn python() -> Option<PathBuf> {
    // Told by name, it must be there.
    if let Some(path) = std::env::var_os("PORTCULLIS_PYTHON") {
        return Some(path.into());
    }
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../target/venv/bin/python"));
    let mut probe = Command::new(&path);
    probe.args(["-c", "import moto"]).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().ok()?.success().then_some(path)
}

#[test]
fn it_agrees_with_moto_but_for_known_faults() {
    let Some(python) = python() else {
        println!("skipped: moto is not installed; `cargo xtask test --only conformance` installs it");
        return;
    };
    let mut random = Random(2);
    let cases: Vec<Case> = (0..PAIRS).map(|_| Case::make(&mut random, Language::Basic)).collect();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/moto_evaluator.py");
    let mut moto = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter starts");
    let mut questions = moto.stdin.take().expect("it is piped");
    let answers = BufReader::new(moto.stdout.take().expect("it is piped"));
    let lines: Vec<String> = cases.iter().map(question).collect();
    let asking = std::thread::spawn(move || lines.iter().try_for_each(|line| writeln!(questions, "{line}")));
    let mut tally = Tally::default();
    for (case, theirs) in cases.iter().zip(answers.lines()) {
        tally.add(case, ours::opinion(case), &theirs.unwrap(), CLASSES);
    }
    asking.join().expect("it does not panic").unwrap();
    assert!(moto.wait().unwrap().success());
    tally.judge("moto", CLASSES);
}

fn question(case: &Case) -> String {
    let text = |(name, given): &(&str, Given)| match given {
        Given::Text(text) => Some(((*name).to_owned(), json!(text))),
        Given::Texts(_) | Given::Bool(_) | Given::Number(_) | Given::Time(_) | Given::Address(_) => None,
    };
    let keys: serde_json::Map<_, _> = case.keys.iter().filter_map(text).collect();
    json!({"policy": case.policy.to_string(), "action": case.action, "resource": case.resource, "keys": keys})
        .to_string()
}
