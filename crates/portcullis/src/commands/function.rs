//! `portcullis function`: puts, lists and invokes functions through Lambda's own API.

mod archive;

use std::collections::BTreeMap;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::Stop;
use crate::cli::{
    AnswerFormat, AskArgs, FunctionArgs, FunctionCommand, FunctionInvokeArgs, FunctionPutArgs, FunctionReach,
};
use crate::client::{AskError, Client};

const SERVICE: &str = "lambda";
const FUNCTIONS: &str = "/2015-03-31/functions";
const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
/// The role that functions get when nobody names one.
const ROLE: &str = "portcullis-function";

pub(super) async fn run(args: FunctionArgs) -> Result<ExitCode, Stop> {
    match args.command {
        FunctionCommand::Put(args) => put(&args).await,
        FunctionCommand::List(args) => list(&args).await,
        FunctionCommand::Invoke(args) => invoke(&args).await,
    }
}

async fn put(args: &FunctionPutArgs) -> Result<ExitCode, Stop> {
    let client = Client::of(&args.ask.node)?;
    let name = word(&args.name)?;
    let archive =
        archive::read(&args.path).map_err(|fault| Stop::Usage(format!("{}: {fault}", args.path.display())))?;
    let archive = BASE64.encode(archive);
    let known = client.call(SERVICE, "GET", &format!("{FUNCTIONS}/{name}"), &[], Vec::new()).await;
    let made = match known {
        Ok(known) => update(&client, name, archive, args, &known).await?,
        Err(AskError::Refused { status: 404, .. }) => create(&client, name, archive, args).await?,
        Err(fault) => return Err(fault.into()),
    };
    match args.ask.format {
        AnswerFormat::Json => println!("{made:#}"),
        AnswerFormat::Text => print(&made),
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(client: &Client, name: &str, archive: String, args: &FunctionPutArgs) -> Result<Value, Stop> {
    let missing = |option: &str| Stop::Usage(format!("there is no function `{name}` yet; a new one needs {option}"));
    let mut input = settings(args)?;
    input.insert("FunctionName".to_owned(), json!(name));
    input.insert("Code".to_owned(), json!({ "ZipFile": archive }));
    input.insert("Publish".to_owned(), json!(args.publish));
    if args.runtime.is_none() {
        return Err(missing("--runtime, such as python3.12"));
    }
    if args.handler.is_none() {
        return Err(missing("--handler, such as app.handler"));
    }
    if args.role.is_none() {
        input.insert("Role".to_owned(), json!(default_role(client).await?));
    }
    if let Some(network) = args.network {
        input.insert("Tags".to_owned(), tags(network));
    }
    Ok(client.call(SERVICE, "POST", FUNCTIONS, JSON, bytes(&Value::Object(input))).await?)
}

async fn update(
    client: &Client,
    name: &str,
    archive: String,
    args: &FunctionPutArgs,
    known: &Value,
) -> Result<Value, Stop> {
    let settings = settings(args)?;
    if !settings.is_empty() {
        let target = format!("{FUNCTIONS}/{name}/configuration");
        client.call(SERVICE, "PUT", &target, JSON, bytes(&Value::Object(settings))).await?;
    }
    if let Some(network) = args.network {
        let arn = known["Configuration"]["FunctionArn"].as_str().unwrap_or_default();
        let target = format!("/2017-03-31/tags/{}", arn.replace(':', "%3A"));
        client.call(SERVICE, "POST", &target, JSON, bytes(&json!({ "Tags": tags(network) }))).await?;
    }
    let input = json!({ "ZipFile": archive, "Publish": args.publish });
    Ok(client.call(SERVICE, "PUT", &format!("{FUNCTIONS}/{name}/code"), JSON, bytes(&input)).await?)
}

/// What was named of the settings, as both calls take it.
fn settings(args: &FunctionPutArgs) -> Result<Map<String, Value>, Stop> {
    let mut named = Map::new();
    let texts = [("Runtime", &args.runtime), ("Handler", &args.handler), ("Role", &args.role)];
    named.extend(texts.into_iter().filter_map(|(member, given)| Some((member.to_owned(), json!(given.as_ref()?)))));
    let numbers = [("Timeout", args.timeout), ("MemorySize", args.memory)];
    named.extend(numbers.into_iter().filter_map(|(member, given)| Some((member.to_owned(), json!(given?)))));
    if !args.environment.is_empty() {
        let variables = args.environment.iter().map(|text| variable(text)).collect::<Result<BTreeMap<_, _>, _>>()?;
        named.insert("Environment".to_owned(), json!({ "Variables": variables }));
    }
    Ok(named)
}

fn variable(text: &str) -> Result<(&str, &str), Stop> {
    // SECURITY: what is no variable may still be a secret, so it is not shown.
    text.split_once('=').ok_or_else(|| Stop::Usage("write --env NAME=VALUE".to_owned()))
}

fn tags(network: FunctionReach) -> Value {
    let value = match network {
        FunctionReach::None => "none",
        FunctionReach::Host => "host",
    };
    json!({ model::lambda::NETWORK_TAG: value })
}

/// The ARN of the role for functions that name none; it is made where it is missing.
async fn default_role(client: &Client) -> Result<String, Stop> {
    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    let form = format!("Action=CreateRole&Version=2010-05-08&RoleName={ROLE}&AssumeRolePolicyDocument={trust}");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    match client.call("iam", "POST", "/", &headers, form.into_bytes()).await {
        Ok(_) | Err(AskError::Refused { status: 409, .. }) => {}
        Err(fault) => return Err(fault.into()),
    }
    Ok(format!("arn:aws:iam::{}:role/{ROLE}", client.account()))
}

async fn list(args: &AskArgs) -> Result<ExitCode, Stop> {
    let client = Client::of(&args.node)?;
    let (mut functions, mut marker) = (Vec::new(), None::<String>);
    loop {
        let target = match &marker {
            Some(marker) => format!("{FUNCTIONS}?Marker={}", escaped(marker)),
            None => FUNCTIONS.to_owned(),
        };
        let page = client.call(SERVICE, "GET", &target, &[], Vec::new()).await?;
        functions.extend(page["Functions"].as_array().cloned().unwrap_or_default());
        match page["NextMarker"].as_str() {
            Some(next) => marker = Some(next.to_owned()),
            None => break,
        }
    }
    match args.format {
        AnswerFormat::Json => println!("{:#}", json!({ "Functions": functions })),
        AnswerFormat::Text => functions.iter().for_each(print),
    }
    Ok(ExitCode::SUCCESS)
}

async fn invoke(args: &FunctionInvokeArgs) -> Result<ExitCode, Stop> {
    let client = Client::of(&args.node)?;
    let payload = match args.payload.strip_prefix('@') {
        Some(file) => std::fs::read(file).map_err(|fault| Stop::Usage(format!("{file}: {fault}")))?,
        None => args.payload.clone().into_bytes(),
    };
    let mut headers = vec![("x-amz-log-type", "Tail")];
    headers.extend(args.event.then_some(("x-amz-invocation-type", "Event")));
    let target = format!("{FUNCTIONS}/{}/invocations", escaped(&args.name));
    let (head, body) = client.raw(SERVICE, "POST", &target, &headers, payload).await?;
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(tail) = header("x-amz-log-result").and_then(|text| BASE64.decode(text).ok()) {
        eprint!("{}", String::from_utf8_lossy(&tail));
    }
    if args.event {
        println!("taken; it runs in the background");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{}", String::from_utf8_lossy(&body));
    Ok(match header("x-amz-function-error") {
        None => ExitCode::SUCCESS,
        Some(kind) => {
            eprintln!("portcullis: the function failed ({kind})");
            ExitCode::FAILURE
        }
    })
}

fn print(function: &Value) {
    let text = |member: &str| function[member].as_str().unwrap_or_default();
    println!("{}  {}  {}  {}", text("FunctionArn"), text("Runtime"), text("Handler"), text("CodeSha256"));
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// A function's bare name; the path of a call holds nothing else.
fn word(text: &str) -> Result<&str, Stop> {
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !text.is_empty() && text.bytes().all(sound) {
        return Ok(text);
    }
    Err(Stop::Usage(format!("`{text}` is not the name of a function: letters, digits, hyphens and underscores")))
}

/// A text as one segment of a path, or one value of a query.
fn escaped(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_of_a_path() {
        assert!(word("a-b_1").is_ok());
        for bad in ["", "a/b", "a:b", "..", "a b"] {
            assert!(word(bad).is_err(), "{bad}");
        }
        assert_eq!(escaped("f:$LATEST/../é"), "f%3A%24LATEST%2F..%2F%C3%A9");
    }

    #[test]
    fn a_variable_that_is_none_is_not_shown() {
        let refused = variable("hunter2").expect_err("no variable").to_string();
        assert!(!refused.contains("hunter2"));
        assert_eq!(variable("A=b=c").expect("a variable"), ("A", "b=c"));
    }
}
