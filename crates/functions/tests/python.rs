//! Our own Python client: real processes, real cells.

mod support;

use serde_json::json;
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
    let answer: serde_json::Value = serde_json::from_slice(&outcome.payload).expect("it is JSON");
    let expected = json!({
        "n": 2, "id": id, "name": "made", "version": "$LATEST", "memory": "256", "left": true, "title": "shop",
        "arn": "arn:aws:lambda:eu-central-1:123456789012:function:made:live", "group": "/aws/lambda/made",
        "custom": {"a": "b"}, "stream": true,
    });
    assert_eq!((answer, outcome.error), (expected, None), "{}", tail(&outcome));
    let log = tail(&outcome);
    assert!(log.starts_with(&format!("START RequestId: {id} Version: $LATEST\nhello 1\nEND RequestId: {id}\nREPORT RequestId: {id}\tDuration: ")), "{log}");
    for part in [" ms\tBilled Duration: ", " ms\tMemory Size: 256 MB\tMax Memory Used: ", " MB\tInit Duration: ", " ms\t\n"] {
        assert!(log.contains(part), "{log}");
    }
}
