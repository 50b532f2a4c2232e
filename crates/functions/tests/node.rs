//! Our own Node client: real processes in real cells.

mod support;

use serde_json::json;
use snapshot::FunctionRuntime;
use support::{Bench, tail};

#[tokio::test]
async fn every_style_of_handler_answers() {
    let bench = Bench::new();
    for code in [
        "exports.handler = async (event) => ({ n: event.n + 1 });",
        "exports.handler = (event, context, callback) => setTimeout(() => callback(null, { n: event.n + 1 }), 5);",
        "exports.handler = (event) => new Promise((resolve) => setTimeout(resolve, 5, { n: event.n + 1 }));",
        "exports.handler = (event, context) => context.succeed({ n: event.n + 1 });",
        "exports.handler = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 1e6); \
         callback(null, { n: event.n + 1 }); };",
    ] {
        let version = bench.node(code).done();
        for n in 1..3 {
            let (value, outcome) = bench.ask(&version, &json!({ "n": n }).to_string()).await;
            assert_eq!((value, outcome.failed), (json!({ "n": n + 1 }), false), "{code}: {}", tail(&outcome));
        }
    }
}

#[tokio::test]
async fn modules_of_both_kinds_are_loaded() {
    let bench = Bench::new();
    for (handler, files) in [
        ("app.handler", vec![("app.mjs", "export const handler = async () => 'fine';")]),
        (
            "app.handler",
            vec![("app.js", "export const handler = async () => 'fine';"), ("package.json", r#"{"type":"module"}"#)],
        ),
        ("app.handler", vec![("app.cjs", "exports.handler = async () => 'fine';")]),
        (
            "src/app.a.b",
            vec![
                ("src/app.js", "exports.a = { b: async () => require('../lib/x') };"),
                ("lib/x.js", "module.exports = 'fine';"),
            ],
        ),
    ] {
        let version = bench.function(FunctionRuntime::Node, handler, &files).done();
        let (value, outcome) = bench.ask(&version, "{}").await;
        assert_eq!(value, json!("fine"), "{files:?}: {}", tail(&outcome));
    }
}

#[tokio::test]
async fn its_context_is_lambdas() {
    let bench = Bench::new();
    let code = "exports.handler = async (event, c) => { console.log('hello %s', 'you'); return { name: c.functionName, arn: c.invokedFunctionArn, \
                memory: c.memoryLimitInMB, title: c.clientContext.client.app_title, left: c.getRemainingTimeInMillis() > 0, \
                group: c.logGroupName, version: c.functionVersion, id: c.awsRequestId.length, trace: process.env._X_AMZN_TRACE_ID }; };";
    let (value, outcome) = bench.ask(&bench.node(code).done(), "{}").await;
    let expected = json!({
        "name": "made", "arn": "arn:aws:lambda:eu-central-1:123456789012:function:made:live", "memory": "256", "title": "shop",
        "left": true, "group": "/aws/lambda/made", "version": "$LATEST", "id": 36,
        "trace": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
    });
    assert_eq!(value, expected);
    assert!(tail(&outcome).contains("\tINFO\thello you\n"), "{}", tail(&outcome));
}

#[tokio::test]
async fn errors_are_documents_and_those_that_nobody_catches_end_the_instance() {
    let bench = Bench::new();
    for (code, kind, message, kept) in [
        ("exports.handler = async () => { throw new TypeError('bad'); };", "TypeError", "bad", 1),
        ("exports.handler = (e, c, callback) => callback(new Error('bad'));", "Error", "bad", 1),
        ("exports.handler = (e, c, callback) => callback('plain');", "string", "plain", 1),
        (
            "exports.handler = (e, c) => { setTimeout(() => { throw new RangeError('late'); }, 1); };",
            "RangeError",
            "late",
            0,
        ),
        (
            "exports.handler = () => { Promise.reject(new Error('lost')); return new Promise(() => {}); };",
            "Runtime.UnhandledPromiseRejection",
            "Error: lost",
            0,
        ),
        ("exports.other = 1;", "Runtime.HandlerNotFound", "app.handler is undefined or not exported", 0),
        ("require('nothere');", "Runtime.ImportModuleError", "Error: Cannot find module 'nothere'", 0),
        ("exports.handler = (", "Runtime.UserCodeSyntaxError", "Unexpected", 0),
        ("throw new Error('early');", "Error", "early", 0),
    ] {
        let bench_one = &bench;
        let version = bench_one.node(code).done();
        let (value, outcome) = bench_one.ask(&version, "{}").await;
        assert_eq!((value["errorType"].as_str(), outcome.failed), (Some(kind), true), "{code}: {value}");
        assert!(value["errorMessage"].as_str().is_some_and(|text| text.starts_with(message)), "{value}");
        let revision = version.revision.clone();
        bench.functions.forget(|version| version.revision == revision);
        if kept == 1 {
            assert_eq!(bench.functions.count().1, 1, "{code}");
        }
    }
}

#[tokio::test]
async fn an_exit_ends_one_invocation() {
    let bench = Bench::new();
    let version = bench.node("exports.handler = async (event) => event.exit ? process.exit(4) : 'fine';").done();
    let (value, outcome) = bench.ask(&version, r#"{"exit": true}"#).await;
    assert_eq!((value["errorType"].as_str(), outcome.failed), (Some("Runtime.ExitError"), true));
    assert_eq!(bench.ask(&version, "{}").await.0, json!("fine"));
}
