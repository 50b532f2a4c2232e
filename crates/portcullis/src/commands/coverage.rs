//! `portcullis coverage`: per method, which controls are live; the word OPEN stands only on methods open to anybody.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::Stop;
use crate::cli::{AnswerFormat, AskArgs};
use crate::client::{AskError, Client};

pub(super) async fn run(args: AskArgs) -> Result<ExitCode, Stop> {
    let client = Client::of(&args.node)?;
    let methods = methods(&client, None).await?;
    let isolation = client.portcullis("DescribeStatus", &json!({})).await?["FunctionIsolation"].take();
    match args.format {
        AnswerFormat::Json => println!("{:#}", json!({ "Methods": methods, "FunctionIsolation": isolation })),
        AnswerFormat::Text => {
            print(&methods);
            println!("functions: {}", apart(&isolation));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The methods that are served with what protects each: one API's, or all of the account.
pub(super) async fn methods(client: &Client, api: Option<&str>) -> Result<Vec<Value>, AskError> {
    let mut methods = Vec::new();
    let mut input = api.map_or_else(|| json!({}), |api| json!({ "RestApiId": api }));
    loop {
        let page = client.portcullis("DescribeCoverage", &input).await?;
        methods.extend(page["Methods"].as_array().cloned().unwrap_or_default());
        match page["NextToken"].as_str() {
            Some(token) => input["NextToken"] = json!(token),
            None => return Ok(methods),
        }
    }
}

/// How functions are kept apart, in a line.
fn apart(isolation: &Value) -> String {
    let walls = isolation["Walls"].as_array().map(Vec::as_slice).unwrap_or_default();
    let missing: Vec<&str> =
        walls.iter().filter(|wall| wall["Stands"] != true).map(|wall| text(wall, "Name")).collect();
    match (isolation["Waived"] == true, missing.is_empty()) {
        (false, true) => "isolated".to_owned(),
        (false, false) => format!("those that need a missing wall are refused ({})", missing.join(", ")),
        (true, true) => "isolated, though --unisolated-functions would let them run without".to_owned(),
        (true, false) => format!("UNISOLATED, without {} (--unisolated-functions)", missing.join(", ")),
    }
}

pub(super) const OPEN: &str = "OPEN";

fn print(methods: &[Value]) {
    if methods.is_empty() {
        println!("no method is served; deploy an API to a stage first");
        return;
    }
    let rows: Vec<[String; 4]> = methods.iter().map(row).collect();
    let widths = [0, 1, 2].map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    for ([place, verb, path, controls], method) in rows.iter().zip(methods) {
        let [places, verbs, paths] = widths;
        let mark = if method["Open"] == true { OPEN } else { "    " };
        println!("{place:places$}  {verb:verbs$}  {path:paths$}  {mark}  {controls}");
    }
}

fn row(method: &Value) -> [String; 4] {
    let place = format!("{}/{}", text(method, "RestApiId"), text(method, "Stage"));
    let path = text(method, "Path").to_owned();
    [place, text(method, "Method").to_owned(), path, controls(method)].map(|part| unmarked(&part))
}

/// What protects a method, in words.
pub(super) fn controls(method: &Value) -> String {
    let mut controls: Vec<&str> =
        method["Controls"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if method["ResourcePolicyOutdated"] == true {
        controls.push("the API's resource policy is newer than the deployed one: deploy it");
    }
    controls.join(" · ")
}

/// SECURITY: whoever looks for the mark must not find it in a name. In a URL the escape means the same.
fn unmarked(text: &str) -> String {
    text.replace(OPEN, "%4FPEN")
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_keeps_functions_apart() {
        let walls =
            |stands: bool| json!([{ "Name": "seccomp", "Stands": true }, { "Name": "Landlock", "Stands": stands }]);
        for (waived, stands, expected) in [
            (false, true, "isolated"),
            (false, false, "those that need a missing wall are refused (Landlock)"),
            (true, true, "isolated, though --unisolated-functions would let them run without"),
            (true, false, "UNISOLATED, without Landlock (--unisolated-functions)"),
        ] {
            assert_eq!(apart(&json!({ "Waived": waived, "Walls": walls(stands) })), expected);
        }
    }

    #[test]
    fn a_name_is_never_taken_for_the_mark() {
        let method = json!({
            "RestApiId": "a1", "Stage": "OPEN", "Method": "GET", "Path": "/OPEN/{OPEN+}",
            "Open": false, "Controls": ["authorization AWS_IAM"], "ResourcePolicyOutdated": true,
        });
        let row = row(&method);
        assert_eq!(row[..3], ["a1/%4FPEN", "GET", "/%4FPEN/{%4FPEN+}"]);
        assert!(row[3].starts_with("authorization AWS_IAM · the API's resource policy is newer"), "{}", row[3]);
        assert!(!row.concat().contains(OPEN));
    }
}
