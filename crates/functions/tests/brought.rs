//! Runtime clients of AWS's own, which the code or a layer brings: they run unchanged.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use functions::Invocation;
use serde_json::json;
use snapshot::{FunctionCode, FunctionRuntime, Version};
use support::{Bench, invocation, tail};

/// AWS's client for Python, installed once beside the test binaries as its users install it.
fn awslambdaric() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("awslambdaric-4.2.2");
    if !folder.join("awslambdaric").is_dir() {
        let half = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder").keep();
        let status = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--no-warn-script-location", "--target"])
            .args([half.as_os_str(), "awslambdaric==4.2.2".as_ref()])
            .status();
        assert!(status.is_ok_and(|status| status.success()), "pip cannot install awslambdaric");
        // Another test may have been faster, with the same.
        let _ = std::fs::rename(half, &folder);
    }
    folder
}

/// All files of a folder with their names below it.
fn files(folder: &Path, below: &str, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files(&entry.path(), &format!("{name}/"), into);
        } else {
            into.push((name, std::fs::read(entry.path()).expect("a file")));
        }
    }
}

fn stored(bench: &Bench, all: &[(String, Vec<u8>)]) -> FunctionCode {
    let all: Vec<_> = all.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    bench.store(&all)
}

/// Asks twice, which `also` is answered to beside the event and its id, and once for a failure. Answers what was printed.
async fn answers_and_fails(
    bench: &Bench,
    version: &Arc<Version>,
    also: &serde_json::Value,
    error: &str,
) -> Vec<String> {
    let mut printed = Vec::new();
    for _ in 0..2 {
        let asked = invocation(r#"{"a": 1}"#);
        let outcome = bench.functions.invoke(version, asked.clone()).await.expect("it runs");
        let answer: serde_json::Value = serde_json::from_slice(&outcome.payload).expect("it is JSON");
        let mut expected = also.clone();
        expected["event"] = json!({"a": 1});
        expected["id"] = json!(asked.request_id.to_string());
        assert_eq!((answer, outcome.failed), (expected, false), "{}", tail(&outcome));
        printed.push(tail(&outcome));
    }
    let (value, outcome) = bench.ask(version, r#"{"fail": true}"#).await;
    assert_eq!((&value["errorType"], outcome.failed), (&json!(error), true), "{value}");
    printed
}

const APP: &str = "import sys, logging
def handler(event, context):
    logging.getLogger().warning('careful')
    if event.get('fail'): raise ValueError('as asked')
    return {'event': event, 'id': context.aws_request_id, 'ric': 'awslambdaric' in sys.modules, 'left': context.get_remaining_time_in_millis() > 0}";

#[tokio::test]
async fn awslambdaric_runs_from_the_package_and_from_a_layer() {
    let bench = Bench::new();
    let mut package = vec![("app.py".to_owned(), APP.as_bytes().to_vec())];
    let mut layer = Vec::new();
    files(&awslambdaric(), "", &mut package);
    files(&awslambdaric(), "python/", &mut layer);
    let made = || bench.function(FunctionRuntime::Python, "app.handler", &[("app.py", APP)]);
    let packaged = made().code(stored(&bench, &package)).done();
    let layered = made().layers(vec![stored(&bench, &layer)]).done();
    for version in [packaged, layered] {
        let printed = answers_and_fails(&bench, &version, &json!({"ric": true, "left": true}), "ValueError").await;
        assert!(printed.iter().all(|words| words.contains("[WARNING]\t")), "{printed:?}");
    }
}

#[tokio::test]
async fn a_bootstrap_of_the_lambda_runtime_crate_runs_unchanged() {
    let bench = Bench::new();
    let bootstrap = Path::new(env!("CARGO_BIN_EXE_functions-cell")).with_file_name("examples").join("lambda_bootstrap");
    let bytes = std::fs::read(bootstrap).expect("cargo builds the examples with the tests");
    let code = bench.store(&[("bootstrap", bytes.as_slice())]);
    let version = bench.function(FunctionRuntime::Provided, "any", &[]).code(code).done();
    for _ in 0..2 {
        // This client knows other members of the client's context than the one for Python.
        let asked = Invocation { client_context: None, ..invocation(r#"{"a": 1}"#) };
        let outcome = bench.functions.invoke(&version, asked.clone()).await.expect("it runs");
        let answer: serde_json::Value = serde_json::from_slice(&outcome.payload).expect("it is JSON");
        let expected = json!({"event": {"a": 1}, "id": asked.request_id.to_string(), "arn": &*asked.invoked_arn});
        assert_eq!((answer, outcome.failed), (expected, false), "{}", tail(&outcome));
        assert!(tail(&outcome).contains("hello from made\n"), "{}", tail(&outcome));
    }
    let asked = Invocation { client_context: None, ..invocation(r#"{"fail": "as asked"}"#) };
    let outcome = bench.functions.invoke(&version, asked).await.expect("it runs");
    let answer: serde_json::Value = serde_json::from_slice(&outcome.payload).expect("it is JSON");
    assert_eq!((&answer["errorMessage"], outcome.failed), (&json!("as asked"), true), "{answer}");
}

/// AWS's client for Node. `cargo xtask test` builds it and names its folder: its native part takes minutes and needs
/// autoconf, automake, libtool and cmake, which is too much for a test.
#[tokio::test]
async fn aws_lambda_ric_runs_from_the_package_and_from_a_layer() {
    let Ok(folder) = std::env::var("PORTCULLIS_AWS_LAMBDA_RIC") else {
        eprintln!("PORTCULLIS_AWS_LAMBDA_RIC names no folder: aws-lambda-ric does not run");
        return;
    };
    let modules = Path::new(&folder).join("node_modules");
    let app = "exports.handler = async (event, context) => { if (event.fail) throw new RangeError('as asked'); \
               return { event, id: context.awsRequestId, ric: process.argv[1].includes('aws-lambda-ric') }; };";
    let bench = Bench::new();
    let mut package = vec![("app.js".to_owned(), app.as_bytes().to_vec())];
    let mut layer = Vec::new();
    runtime_files(&modules, "node_modules/", &mut package);
    runtime_files(&modules, "nodejs/node_modules/", &mut layer);
    let made = || bench.function(FunctionRuntime::Node, "app.handler", &[("app.js", app)]);
    let packaged = made().code(stored(&bench, &package)).done();
    let layered = made().layers(vec![stored(&bench, &layer)]).done();
    for version in [packaged, layered] {
        answers_and_fails(&bench, &version, &json!({"ric": true}), "RangeError").await;
    }
}

/// The client and what it requires, without what it was built from.
fn runtime_files(modules: &Path, below: &str, into: &mut Vec<(String, Vec<u8>)>) {
    let mut all = Vec::new();
    files(modules, "", &mut all);
    let built_from = ["aws-lambda-ric/build/", "aws-lambda-ric/deps/", "aws-lambda-ric/src/"];
    let needed = all.into_iter().filter(|(name, _)| !built_from.iter().any(|folder| name.starts_with(folder)));
    into.extend(needed.map(|(name, bytes)| (format!("{below}{name}"), bytes)));
}
