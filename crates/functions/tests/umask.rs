//! A node that keeps its files to itself still lets functions read their code. Its own binary: a umask is the process's.

mod support;

use serde_json::json;
use support::{Bench, tail};

#[tokio::test]
async fn a_node_whose_files_are_its_own_runs_functions_of_another_user() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let bench = Bench::new();
    let one = bench.store(&[("python/a/one.py", b"n = 1")]);
    let two = bench.store(&[("python/a/two.py", b"n = 2")]);
    let code = "from a import one, two\nfrom deep.er import three\ndef handler(event, context): return one.n + two.n + three.n";
    let files = [("app.py", code), ("deep/er/three.py", "n = 3")];
    let version =
        bench.function(snapshot::FunctionRuntime::Python, "app.handler", &files).layers(vec![one, two]).done();
    let (value, outcome) = bench.ask(&version, "{}").await;
    assert_eq!(value, json!(6), "{}", tail(&outcome));
    let (value, outcome) = bench.ask(&bench.node("exports.handler = async () => 'fine';").done(), "{}").await;
    assert_eq!(value, json!("fine"), "{}", tail(&outcome));
}
