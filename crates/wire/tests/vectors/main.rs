//! botocore's protocol vectors: what its clients write, a server reads; what its clients read, a server writes.
//!
//! The vectors lie in `PORTCULLIS_VECTORS` or in `../shared/vectors` beside the repository; without them one line says so.

use std::path::PathBuf;

use serde_json::Value as Json;
use wire::Protocol;

mod shapes;
mod values;
mod input;
mod output;
mod xml;

/// The protocols' files and their names.
const FILES: [(&str, Protocol); 5] = [
    ("rest-json", Protocol::RestJson),
    ("json", Protocol::Json11),
    ("json_1_0", Protocol::Json10),
    ("query", Protocol::Query),
    ("rest-xml", Protocol::RestXml),
];

#[test]
fn a_server_reads_what_clients_write() {
    run("input", input::check, input::SKIPPED, 250);
}

#[test]
fn a_server_writes_what_clients_read() {
    run("output", output::check, output::SKIPPED, 200);
}

type Check = fn(Protocol, &Json, &Json) -> Result<(), String>;

/// Runs all cases of one direction; each skipped id must exist, and at least `least` cases must run.
fn run(direction: &str, check: Check, skipped: &[(&str, &str)], least: usize) {
    let Some(folder) = vectors() else { return };
    let (mut ran, mut failures, mut met) = (0, Vec::new(), Vec::new());
    for (file, protocol) in FILES {
        let text = std::fs::read_to_string(folder.join(direction).join(format!("{file}.json"))).expect("a vector file");
        let suites: Vec<Json> = serde_json::from_str(&text).expect("the vectors are JSON");
        for suite in &suites {
            for case in suite["cases"].as_array().expect("a suite has cases") {
                let id = case["id"].as_str().expect("a case has an id");
                if skipped.iter().any(|(skip, _)| *skip == id) {
                    met.push(id.to_owned());
                    continue;
                }
                ran += 1;
                if let Err(failure) = check(protocol, suite, case) {
                    failures.push(format!("{file} {id}: {failure}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {ran} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(ran >= least, "only {ran} cases ran");
    for (id, _) in skipped {
        assert!(met.iter().any(|seen| seen == id), "the skipped case {id} does not exist");
    }
}

fn vectors() -> Option<PathBuf> {
    let named = std::env::var_os("PORTCULLIS_VECTORS").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = named.unwrap_or_else(beside).join("botocore/tests/unit/protocols");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("botocore's protocol vectors are not here ({}), so they did not run", folder.display());
    None
}
