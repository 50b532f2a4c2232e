//! Environment variables: bounded, none that Lambda sets itself, and sealed before they are stored.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>

use std::collections::BTreeMap;

use base::seal::MasterKey;
use base::{Scope, Secret};
use model::lambda::Environment;

use crate::error::Error;

/// Names and values of all variables together, as JSON, in bytes.
const BYTES_MAX: usize = 4096;

/// What Lambda sets itself.
const RESERVED: [&str; 18] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

/// Why the variables cannot be set; AWS begins so.
const UNABLE: &str =
    "Lambda was unable to configure your environment variables because the environment variables you have provided";

/// Seals the variables of a function; none of them leave nothing to seal. Neither names nor values are told in errors.
pub(crate) fn sealed(
    variables: &BTreeMap<String, String>,
    scope: &Scope,
    function: &str,
    master_key: &MasterKey,
) -> Result<Option<Environment>, Error> {
    check(variables)?;
    if variables.is_empty() {
        return Ok(None);
    }
    let text = Secret::new(serde_json::to_string(variables).expect("texts are JSON"));
    let id = base::id::random_text(12);
    let place_id = Environment::place_id(scope, function, &id);
    let sealed = master_key.seal(Environment::place(&place_id), &text);
    Ok(Some(Environment { id, sealed }))
}

fn check(variables: &BTreeMap<String, String>) -> Result<(), Error> {
    let reserved: Vec<&str> = variables.keys().map(String::as_str).filter(|name| RESERVED.contains(name)).collect();
    if !reserved.is_empty() {
        return Err(Error::invalid(format!(
            "{UNABLE} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    if let Some(name) = variables.keys().find(|name| !is_name(name)) {
        let constraint = "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]";
        return Err(Error::form("environment.variables", name.as_str(), constraint));
    }
    // SECURITY: what ends a text in C would cut the variable short for some readers and not for others.
    if variables.values().any(|value| value.contains('\0')) {
        return Err(Error::invalid(format!("{UNABLE} contains a zero byte.")));
    }
    let bytes: usize = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > BYTES_MAX {
        return Err(Error::invalid(format!("{UNABLE} exceeded the 4KB limit.")));
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.len() >= 2
        && name.as_bytes()[0].is_ascii_alphabetic()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use base::{AccountId, Region};

    use super::*;

    fn scope() -> Scope {
        Scope { account: AccountId::parse("123456789012").unwrap(), region: Region::parse("eu-west-1").unwrap() }
    }

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn variables_are_sealed_for_their_function_and_nothing_shows_them() {
        let key = MasterKey::random();
        let sealed = sealed(&map(&[("TOKEN", "hunter2")]), &scope(), "f", &key).unwrap().unwrap();
        let stored = serde_json::to_string(&sealed).unwrap();
        assert!(!stored.contains("hunter2") && !stored.contains("TOKEN"), "{stored}");
        let place_id = Environment::place_id(&scope(), "f", &sealed.id);
        let opened = key.open_text(Environment::place(&place_id), &sealed.sealed).unwrap();
        assert_eq!(opened.expose(), r#"{"TOKEN":"hunter2"}"#);
        let other = Environment::place_id(&scope(), "g", &sealed.id);
        assert!(key.open_text(Environment::place(&other), &sealed.sealed).is_err(), "of another function");
        assert_eq!(super::sealed(&map(&[]), &scope(), "f", &key), Ok(None));
    }

    #[test]
    fn what_lambda_sets_and_what_no_variable_may_be_is_refused() {
        let long = "x".repeat(4097);
        for bad in [
            ("AWS_REGION", "x"),
            ("AWS_SESSION_TOKEN", "x"),
            ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1"),
            ("_HANDLER", "x"),
            ("A", "one letter"),
            ("1A", "x"),
            ("A-B", "x"),
            ("A=B", "x"),
            ("", "x"),
            ("AB", "x\0y"),
            ("AB", &long),
        ] {
            let refused = check(&map(&[bad])).unwrap_err().to_string();
            assert!(!refused.contains(&long), "{bad:?}");
        }
        assert!(check(&map(&[("AB", &long[..4094]), ("LD_PRELOAD", "")])).is_err());
        assert_eq!(check(&map(&[("AB", &long[..4000]), ("PATH_TO", "é\n")])), Ok(()));
    }
}
