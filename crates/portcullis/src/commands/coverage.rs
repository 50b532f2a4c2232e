//! `portcullis coverage`: per method, which controls are live; the word OPEN stands only on methods open to anybody.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::Stop;
use crate::cli::{AnswerFormat, AskArgs};
use crate::client::Client;

pub(super) async fn run(args: AskArgs) -> Result<ExitCode, Stop> {
    let client = Client::of(&args.node)?;
    let mut methods: Vec<Value> = Vec::new();
    let mut input = json!({});
    loop {
        let page = client.portcullis("DescribeCoverage", &input).await?;
        methods.extend(page["Methods"].as_array().cloned().unwrap_or_default());
        match page["NextToken"].as_str() {
            Some(token) => input = json!({ "NextToken": token }),
            None => break,
        }
    }
    match args.format {
        AnswerFormat::Json => println!("{:#}", json!({ "Methods": methods })),
        AnswerFormat::Text => print(&methods),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(methods: &[Value]) {
    if methods.is_empty() {
        println!("no method is served; deploy an API to a stage first");
        return;
    }
    let place = |method: &Value| format!("{}/{}", text(method, "RestApiId"), text(method, "Stage"));
    let width = |of: &dyn Fn(&Value) -> usize| methods.iter().map(of).max().unwrap_or(0);
    let places = width(&|method| place(method).len());
    let verbs = width(&|method| text(method, "Method").len());
    let paths = width(&|method| text(method, "Path").len());
    for method in methods {
        let controls: Vec<&str> =
            method["Controls"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let (place, verb, path) = (place(method), text(method, "Method"), text(method, "Path"));
        println!("{place:places$}  {verb:verbs$}  {path:paths$}  {}", controls.join(" · "));
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
