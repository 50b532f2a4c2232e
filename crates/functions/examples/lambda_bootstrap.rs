//! A function as its authors write it with the `lambda_runtime` crate: the tests run it unchanged as a `provided.al2023` bootstrap.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(answer)).await
}

async fn answer(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let (event, context) = event.into_parts();
    if let Some(message) = event["fail"].as_str() {
        return Err(message.into());
    }
    println!("hello from {}", context.env_config.function_name);
    Ok(json!({ "event": event, "id": context.request_id, "arn": context.invoked_function_arn }))
}
