//! Our own Python client: real processes in real cells.

mod support;

use std::time::Duration;

use functions::InvokeRefusal;
use serde_json::{Value, json};
use support::{Bench, invocation, tail};

#[tokio::test]
async fn a_handler_answers_with_its_event_and_its_context() {
    let bench = Bench::new();
    let version = bench
        .python(
            "def handler(event, context):
    print('hello', event['n'])
    c = context
    return {'n': event['n'] + 1, 'id': c.aws_request_id, 'name': c.function_name, 'version': c.function_version,
            'memory': c.memory_limit_in_mb, 'arn': c.invoked_function_arn, 'group': c.log_group_name,
            'left': 0 < c.get_remaining_time_in_millis() <= 10000, 'title': c.client_context.client.app_title,
            'custom': c.client_context.custom, 'stream': '[$LATEST]' in c.log_stream_name}",
        )
        .done();
    let asked = invocation(r#"{"n": 1}"#);
    let outcome = bench.functions.invoke(&version, asked.clone()).await.expect("it runs");
    let id = asked.request_id.to_string();
    let answer: Value = serde_json::from_slice(&outcome.payload).expect("it is JSON");
    let expected = json!({
        "n": 2, "id": id, "name": "made", "version": "$LATEST", "memory": "256", "left": true, "title": "shop",
        "arn": "arn:aws:lambda:eu-central-1:123456789012:function:made:live", "group": "/aws/lambda/made",
        "custom": {"a": "b"}, "stream": true,
    });
    assert_eq!((answer, outcome.failed), (expected, false), "{}", tail(&outcome));
    let log = tail(&outcome);
    let begins = format!(
        "START RequestId: {id} Version: $LATEST\nhello 1\nEND RequestId: {id}\nREPORT RequestId: {id}\tDuration: "
    );
    assert!(log.starts_with(&begins), "{log}");
    for part in
        [" ms\tBilled Duration: ", " ms\tMemory Size: 256 MB\tMax Memory Used: ", " MB\tInit Duration: ", " ms\t\n"]
    {
        assert!(log.contains(part), "{log}");
    }
}

#[tokio::test]
async fn an_error_is_a_document_and_the_instance_lives_on() {
    let bench = Bench::new();
    let version = bench.python("count = 0\ndef handler(event, context):\n  global count\n  count += 1\n  return event['missing'] if event else count").done();
    let (value, outcome) = bench.ask(&version, r#"{"a": 1}"#).await;
    assert!(outcome.failed);
    assert_eq!((&value["errorType"], &value["errorMessage"]), (&json!("KeyError"), &json!("'missing'")));
    assert!(
        value["stackTrace"][0].as_str().is_some_and(|line| line.contains("/var/task/app.py\", line 5, in handler")),
        "{value}"
    );
    assert!(
        tail(&outcome).contains("[ERROR] KeyError: 'missing'\nTraceback (most recent call last):\n"),
        "{}",
        tail(&outcome)
    );
    assert_eq!(bench.ask(&version, "{}").await.0, json!(2), "the same instance");
}

#[tokio::test]
async fn what_cannot_be_loaded_is_told_with_awss_names() {
    let bench = Bench::new();
    for (handler, code, kind, message) in [
        (
            "app.handler",
            "import nothere",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'nothere'",
        ),
        ("none.handler", "", "Runtime.ImportModuleError", "Unable to import module 'none': No module named 'none'"),
        ("app.other", "", "Runtime.HandlerNotFound", "Handler 'other' missing on module 'app'"),
        (
            "app",
            "",
            "Runtime.MalformedHandlerName",
            "Bad handler 'app': not enough values to unpack (expected 2, got 1)",
        ),
        ("app.handler", "def (", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("app.handler", "raise ValueError('early')", "ValueError", "early"),
    ] {
        let version = bench.function(snapshot::FunctionRuntime::Python, handler, &[("app.py", code)]).done();
        let (value, _) = bench.ask(&version, "{}").await;
        assert_eq!(value["errorType"], kind, "{value}");
        assert!(value["errorMessage"].as_str().is_some_and(|text| text.starts_with(message)), "{value}");
    }
    assert_eq!(bench.functions.count(), (0, 0), "none of them is kept");
}

#[tokio::test]
async fn what_json_cannot_say_is_an_error_of_the_function() {
    let bench = Bench::new();
    let version = bench.python("def handler(event, context): return {1, 2}").done();
    let (value, _) = bench.ask(&version, "{}").await;
    let message = "Unable to marshal response: Object of type set is not JSON serializable";
    assert_eq!((&value["errorType"], &value["errorMessage"]), (&json!("Runtime.MarshalError"), &json!(message)));
}

#[tokio::test]
async fn lines_reach_whoever_keeps_them_and_the_logger_has_lambdas_format() {
    let bench = Bench::new();
    let code = "import logging
print('loading')
def handler(event, context):
    logging.getLogger().setLevel('INFO')
    logging.info('careful')
    print('x' * 20000)";
    bench.ask(&bench.python(code).done(), "{}").await;
    let lines = bench.lines.0.lock().expect("no test panics here");
    assert_eq!(lines[0], (false, "loading".to_owned()), "what is printed while loading belongs to no invocation");
    assert!(lines[1].0 && lines[1].1.starts_with("START RequestId: "));
    assert!(lines[2].1.starts_with("[INFO]\t") && lines[2].1.ends_with("\tcareful"), "{:?}", lines[2]);
    assert_eq!((lines[3].1.len(), lines[4].1.len()), (16 * 1024, 20_000 - 16 * 1024), "a long line comes in pieces");
    assert!(lines[5].1.starts_with("END ") && lines[6].1.starts_with("REPORT "));
}

#[tokio::test]
async fn its_environment_is_lambdas_and_its_own() {
    let bench = Bench::new();
    let code = "import os\ndef handler(event, context): return {name: os.environ.get(name) for name in event}";
    let version = bench
        .python(code)
        .variable("MINE", "a b")
        .variable("AWS_REGION", "elsewhere")
        .variable("TZ", "Europe/Berlin")
        .done();
    let names = json!([
        "MINE",
        "AWS_REGION",
        "TZ",
        "_HANDLER",
        "LAMBDA_TASK_ROOT",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "_X_AMZN_TRACE_ID"
    ]);
    let (value, _) = bench.ask(&version, &names.to_string()).await;
    let expected = json!({
        "MINE": "a b", "AWS_REGION": "eu-central-1", "TZ": "Europe/Berlin", "_HANDLER": "app.handler", "LAMBDA_TASK_ROOT": "/var/task",
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
    });
    assert_eq!(value, expected);
}

#[tokio::test]
async fn layers_lie_over_one_another_in_opt() {
    let bench = Bench::new();
    let one = bench.store(&[("python/shared.py", b"who = 'one'"), ("data/a", b"1"), ("data/b", b"1")]);
    let two = bench.store(&[("python/shared.py", b"who = 'two'"), ("data/b", b"2")]);
    let code = "import shared
def handler(event, context): return [shared.who, open('/opt/data/a').read(), open('/opt/data/b').read()]";
    let both = bench.python(code).layers(vec![one.clone(), two]).done();
    assert_eq!(bench.ask(&both, "{}").await.0, json!(["two", "1", "2"]));
    let first = bench.python(code).layers(vec![one]).done();
    assert_eq!(bench.ask(&first, "{}").await.0, json!(["one", "1", "1"]));
}

#[tokio::test]
async fn a_folder_of_the_machine_runs_as_it_lies_there() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("app.py"), "def handler(event, context): return __file__").expect("a file");
    let version = bench.python("").code(snapshot::FunctionCode::Folder(folder.path().to_path_buf())).done();
    assert_eq!(bench.ask(&version, "{}").await.0, json!("/var/task/app.py"));
}

#[tokio::test]
async fn one_caller_after_another_meets_one_instance_and_many_at_once_meet_many() {
    let bench = Bench::new();
    let version = bench
        .python("import time\ndef handler(event, context):\n  time.sleep(event)\n  return context.log_stream_name")
        .done();
    let mut streams = std::collections::HashSet::new();
    for _ in 0..20 {
        streams.insert(bench.ask(&version, "0").await.0.to_string());
    }
    assert_eq!((streams.len(), bench.functions.count()), (1, (0, 1)));
    let at_once = (0..4).map(|_| bench.ask(&version, "0.5"));
    streams.extend(futures_util::future::join_all(at_once).await.into_iter().map(|(value, _)| value.to_string()));
    assert_eq!((streams.len(), bench.functions.count()), (4, (0, 4)));
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_nothing_behind() {
    let bench = Bench::new();
    let version = bench.python("def handler(event, context): return context.log_stream_name").reserved(1).done();
    let gone = bench.functions.invoke(&version, invocation("{}"));
    assert!(tokio::time::timeout(Duration::from_millis(1), gone).await.is_err(), "a cold start takes longer");
    let refused = bench.call(&version, "{}").await;
    assert_eq!(refused.err(), Some(InvokeRefusal::Throttled { limit: 1 }), "it still runs");
    while bench.functions.count() != (0, 1) {
        tokio::task::yield_now().await;
    }
    assert!(!bench.ask(&version, "{}").await.1.failed);
}

#[tokio::test]
async fn a_function_that_runs_longer_than_a_drain_waits_is_cut_off() {
    let bench = Bench::new();
    let code = "import time\ndef handler(event, context):\n  print('begun', flush=True)\n  time.sleep(300)";
    let version = bench.python(code).timeout(Duration::from_mins(10)).done();
    let running = tokio::spawn({
        let functions = bench.functions.clone();
        async move { functions.invoke(&version, invocation("{}")).await }
    });
    while bench.functions.count().0 == 0 {
        tokio::task::yield_now().await;
    }
    bench.functions.drain(Duration::from_millis(500)).await;
    assert_eq!(bench.functions.count(), (0, 0));
    let refused = running.await.expect("no panic");
    assert!(matches!(&refused, Err(InvokeRefusal::Fault { why }) if why.contains("stopped")), "{refused:?}");
}

#[tokio::test]
async fn a_caller_without_patience_is_answered_while_the_function_goes_on() {
    let bench = Bench::new();
    let version = bench.python("import time\ndef handler(event, context): time.sleep(1)").done();
    let mut hasty = invocation("{}");
    hasty.patience = Some(Duration::from_millis(200));
    let outcome = bench.functions.invoke(&version, hasty).await.expect("it runs");
    assert!(outcome.payload.starts_with(b"{\"errorType\":\"Sandbox.Timedout\"") || outcome.failed);
    assert_eq!(bench.functions.count().0, 1);
    bench.functions.drain(Duration::from_mins(1)).await;
    assert_eq!(bench.functions.count(), (0, 0));
}
