//! What PATCH may change of a stage: its own properties, its variables, and the settings of methods.
//! <https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html>

use model::apigateway::{AccessLogSettings, Stage};
use wire::Choice;

use crate::choices::CacheClusterSize;
use crate::error::Error;
use crate::patch::{ADD_REMOVE_REPLACE, Change, Edit, Op, PatchOperation, Pointer, REPLACE, Rule, Table, Tone, entry};
use crate::rules::method_setting;
use crate::rules::stage::{self, Later};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    DeploymentId,
    Description,
    Variable,
    AccessLog,
    AccessLogPart,
    CacheClusterEnabled,
    CacheClusterSize,
    ClientCertificateId,
    DocumentationVersion,
    TracingEnabled,
    Canary,
}

const TABLE: Table<Property> = Table {
    tone: Tone::Terse,
    rules: &[
        Rule::new("/deploymentId", REPLACE, Property::DeploymentId),
        Rule::new("/description", ADD_REMOVE_REPLACE, Property::Description),
        Rule::new("/variables/{name}", ADD_REMOVE_REPLACE, Property::Variable),
        Rule::new("/accessLogSettings", ADD_REMOVE_REPLACE, Property::AccessLog),
        Rule::new("/accessLogSettings/{part}", &[Edit::Add, Edit::Replace], Property::AccessLogPart),
        Rule::new("/cacheClusterEnabled", REPLACE, Property::CacheClusterEnabled),
        Rule::new("/cacheClusterSize", REPLACE, Property::CacheClusterSize),
        Rule::new("/clientCertificateId", REPLACE, Property::ClientCertificateId),
        Rule::new("/documentationVersion", REPLACE, Property::DocumentationVersion),
        Rule::new("/tracingEnabled", REPLACE, Property::TracingEnabled),
        Rule::new("/canarySettings", ADD_REMOVE_REPLACE, Property::Canary),
        Rule::new("/canarySettings/{property}", ADD_REMOVE_REPLACE, Property::Canary),
        Rule::new("/canarySettings/stageVariableOverrides/{name}", ADD_REMOVE_REPLACE, Property::Canary),
    ],
};

/// A stage with its changes, and the deployment it is to move to.
#[derive(Debug)]
pub(super) struct Patched {
    /// The stage.
    pub(super) stage: Stage,
    /// The deployment's id as it was sent.
    pub(super) deployment: Option<String>,
}

/// Applies a list of operations to a copy of the stage.
pub(super) fn patch(stage: Stage, operations: &[PatchOperation]) -> Result<Patched, Error> {
    let mut patched = Patched { stage, deployment: None };
    for operation in operations {
        patched.take(operation)?;
    }
    Ok(patched)
}

impl Patched {
    fn take(&mut self, operation: &PatchOperation) -> Result<(), Error> {
        // A method setting's path is no fixed one, so the table comes second.
        if self.method_setting(operation)? {
            return Ok(());
        }
        let path = operation.path.as_deref().unwrap_or_default();
        if operation.op == Some(Op::Copy) && path == "/deploymentId" {
            return Err(Error::not_enforced("canarySettings"));
        }
        if TABLE.rules.iter().all(|rule| rule.path.split('/').nth(1) != path.split('/').nth(1)) {
            return Err(unknown(path, operation.op));
        }
        match TABLE.read_one(operation) {
            Ok(change) => self.apply(change),
            Err(_) if operation.op == Some(Op::Remove) => Err(no_setting(path)),
            Err(error) => Err(error),
        }
    }

    fn apply(&mut self, change: Change<Property>) -> Result<(), Error> {
        let stage = &mut self.stage;
        match change.property {
            Property::DeploymentId => self.deployment = Some(change.text()),
            Property::Description => stage.description = change.optional(),
            Property::Variable => variable(stage, change)?,
            Property::AccessLog if change.edit == Edit::Remove => stage.access_log = None,
            Property::AccessLog => return Err(access_log_path()),
            Property::AccessLogPart => access_log_part(stage, change)?,
            Property::CacheClusterEnabled => {
                stage::later(&Later { cache_cluster_enabled: change.flag(), ..Later::default() })?;
            }
            Property::CacheClusterSize => {
                let unknown =
                    |text: String| Error::bad_request(format!("Invalid cache cluster size specified: {text}"));
                let size =
                    change.optional().map(|text| CacheClusterSize::from_text(&text).ok_or_else(|| unknown(text)));
                stage::later(&Later { cache_cluster_size: size.transpose()?, ..Later::default() })?;
            }
            Property::ClientCertificateId => {
                stage::later(&Later { client_certificate_id: change.optional(), ..Later::default() })?;
            }
            Property::DocumentationVersion => {
                stage::later(&Later { documentation_version: change.optional(), ..Later::default() })?;
            }
            Property::TracingEnabled => {
                stage::later(&Later { tracing_enabled: change.flag(), ..Later::default() })?;
            }
            Property::Canary => stage::later(&Later { canary: change.edit != Edit::Remove, ..Later::default() })?,
        }
        Ok(())
    }

    /// Takes an operation on a method's settings; answers whether it was one.
    fn method_setting(&mut self, operation: &PatchOperation) -> Result<bool, Error> {
        let path = operation.path.as_deref().unwrap_or_default();
        let Some(pointer) = Pointer::parse(path) else { return Ok(false) };
        let settings = &mut self.stage.method_settings;
        if operation.op == Some(Op::Remove) {
            // The whole entry goes; its key is the path as it was written.
            return Ok(settings.remove(path.trim_start_matches('/')).is_some());
        }
        let Some((key, name)) = split_setting(path, &pointer) else { return Ok(false) };
        if !matches!(operation.op, Some(Op::Add | Op::Replace)) || !method_setting::is_key(key) {
            return Ok(false);
        }
        let value = operation.value.as_deref().unwrap_or_default();
        method_setting::set(settings.entry(key.to_owned()).or_default(), name, value)?;
        Ok(true)
    }
}

/// `/~1pets/GET/logging/loglevel` gives `~1pets/GET` and `logging/loglevel`. AWS keeps the key as it was written.
fn split_setting<'a>(path: &'a str, pointer: &Pointer) -> Option<(&'a str, &'static str)> {
    if pointer.0.len() < 4 {
        return None;
    }
    let name = method_setting::NAMES.into_iter().find(|name| path.ends_with(&format!("/{name}")))?;
    let key = path.strip_suffix(name)?.strip_suffix('/')?.strip_prefix('/')?;
    Some((key, name))
}

fn variable(stage: &mut Stage, change: Change<Property>) -> Result<(), Error> {
    let value = change.value.clone().unwrap_or_default();
    // AWS takes `replace` of a variable that is not there yet, as Terraform sends it.
    if change.edit == Edit::Replace {
        stage.variables.insert(change.name, value);
        return Ok(());
    }
    entry::set(&mut stage.variables, change, value, "Invalid stage variable specified")
}

fn access_log_part(stage: &mut Stage, change: Change<Property>) -> Result<(), Error> {
    if !matches!(change.name.as_str(), "destinationArn" | "format") {
        return Err(access_log_path());
    }
    let Some(value) = change.value else { return Err(Error::bad_request("Access Log value must not be empty")) };
    let empty = || AccessLogSettings { destination_arn: String::new(), format: String::new() };
    let settings = stage.access_log.get_or_insert_with(empty);
    let part = if change.name == "format" { &mut settings.format } else { &mut settings.destination_arn };
    *part = value;
    Ok(())
}

fn access_log_path() -> Error {
    Error::bad_request(
        "Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]",
    )
}

// The space at the end is AWS's own.
fn no_setting(path: &str) -> Error {
    let key = path.trim_start_matches('/');
    Error::bad_request(format!(
        "Cannot remove method setting {key} because there is no method setting for this method "
    ))
}

fn unknown(path: &str, op: Option<Op>) -> Error {
    if op == Some(Op::Remove) && path.matches('/').count() > 1 {
        return no_setting(path);
    }
    Error::bad_request(format!("Invalid method setting path: {path}. Must be one of: [{ALLOWED}]"))
}

/// The list AWS answers, with its own missing commas.
const ALLOWED: &str = "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, \
    /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, \
    /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, \
    /{resourcePath}/{httpMethod}/logging/loglevel, \
    /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit\
    /{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, \
    /{resourcePath}/{httpMethod}/caching/dataEncrypted, \
    /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, \
    /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, \
    /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit \
    /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, \
    /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, \
    /variables/{variable_name}, /tracingEnabled";

/// Each path of the table with what may be done to it, and those of methods' settings.
#[cfg(test)]
pub(super) fn rows() -> Vec<(&'static str, &'static [Edit])> {
    let setting = |name: &&'static str| (*name, &[Edit::Add, Edit::Replace] as &'static [Edit]);
    TABLE.rows().into_iter().chain(method_setting::NAMES.iter().map(setting)).collect()
}

#[cfg(test)]
mod tests {
    use base::Timestamp;
    use base::id::{DeploymentId, RestApiId, StageName};
    use model::apigateway::LoggingLevel;
    use proptest::prelude::*;

    use super::*;

    fn stage() -> Stage {
        Stage {
            rest_api_id: RestApiId::parse("api").expect("a good id"),
            name: StageName::parse("dev").expect("a good name"),
            deployment_id: DeploymentId::parse("dep").expect("a good id"),
            description: Some("dev stage".to_owned()),
            created: Timestamp::UNIX_EPOCH,
            updated: Timestamp::UNIX_EPOCH,
            variables: std::collections::BTreeMap::new(),
            access_log: None,
            method_settings: std::collections::BTreeMap::new(),
            authorizers_flushed: 0,
            web_acl_arn: None,
            tags: std::collections::BTreeMap::new(),
        }
    }

    fn after(operations: &[(Op, &str, &str)]) -> Result<Patched, String> {
        let operation = |(op, path, value): &(Op, &str, &str)| PatchOperation {
            op: Some(*op),
            path: Some((*path).to_owned()),
            value: Some((*value).to_owned()),
            from: None,
        };
        let operations: Vec<_> = operations.iter().map(operation).collect();
        patch(stage(), &operations).map_err(|error| error.to_string())
    }

    #[test]
    fn plain_properties_and_variables_are_changed() {
        let patched = after(&[
            (Op::Replace, "/deploymentId", "other1"),
            (Op::Replace, "/description", "new"),
            (Op::Add, "/variables/one", "1"),
            (Op::Replace, "/variables/two", "2"),
            (Op::Remove, "/variables/one", ""),
            (Op::Replace, "/tracingEnabled", "false"),
            (Op::Replace, "/cacheClusterEnabled", "false"),
        ]);
        let patched = patched.expect("all are allowed");
        assert_eq!(patched.deployment.as_deref(), Some("other1"));
        assert_eq!(patched.stage.description.as_deref(), Some("new"));
        assert_eq!(patched.stage.variables.keys().collect::<Vec<_>>(), ["two"]);
    }

    #[test]
    fn method_settings_keep_their_key_as_it_was_written() {
        for (path, key) in [
            ("/*/*/logging/loglevel", "*/*"),
            ("/~1pets~1{id}/GET/logging/loglevel", "~1pets~1{id}/GET"),
            ("/pets/{id}/GET/logging/loglevel", "pets/{id}/GET"),
            ("/~1/ANY/logging/loglevel", "~1/ANY"),
        ] {
            let patched = after(&[(Op::Replace, path, "INFO")]).expect("it is allowed");
            assert_eq!(patched.stage.method_settings[key].logging_level, LoggingLevel::Info, "{path}");
            let gone = after(&[(Op::Replace, path, "INFO"), (Op::Remove, &format!("/{key}"), "")]);
            assert!(gone.expect("it is there").stage.method_settings.is_empty(), "{path}");
        }
    }

    #[test]
    fn the_access_log_is_set_by_halves() {
        let patched = after(&[
            (Op::Add, "/accessLogSettings/destinationArn", "arn"),
            (Op::Replace, "/accessLogSettings/format", "$context.requestId"),
        ]);
        let expected = AccessLogSettings { destination_arn: "arn".to_owned(), format: "$context.requestId".to_owned() };
        assert_eq!(patched.expect("both are allowed").stage.access_log, Some(expected));
        let gone = after(&[(Op::Add, "/accessLogSettings/format", "x"), (Op::Remove, "/accessLogSettings", "")]);
        assert_eq!(gone.expect("both are allowed").stage.access_log, None);
    }

    #[test]
    fn what_is_wrong_is_told_as_aws_tells_it() {
        let path = "Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]";
        let none =
            |key| format!("Cannot remove method setting {key} because there is no method setting for this method ");
        for (op, at, value, message) in [
            (Op::Add, "/accessLogSettings", "x", path.to_owned()),
            (Op::Replace, "/accessLogSettings/randomValue", "x", path.to_owned()),
            (Op::Add, "/accessLogSettings/*", "x", path.to_owned()),
            (Op::Add, "/accessLogSettings/format", "", "Access Log value must not be empty".to_owned()),
            (Op::Remove, "/accessLogSettings/destinationArn", "", none("accessLogSettings/destinationArn")),
            (Op::Remove, "/accessLogSettings/*", "", none("accessLogSettings/*")),
            (Op::Remove, "/*/*", "", none("*/*")),
            (Op::Add, "/deploymentId", "x", "Invalid patch operation specified. Must be one of: [replace]".to_owned()),
        ] {
            assert_eq!(after(&[(op, at, value)]).map(|_| ()), Err(message), "{at}");
        }
        for at in ["/documentation_version", "/tags/tag1", "/pets/GET", "nonsense", "/pets/get/logging/loglevel"] {
            let message = after(&[(Op::Replace, at, "x")]).expect_err("it is unknown");
            assert!(
                message.starts_with(&format!("Invalid method setting path: {at}. Must be one of: [/deploymentId, /")),
                "{message}"
            );
            assert!(message.ends_with("/variables/{variable_name}, /tracingEnabled]"));
        }
    }

    #[test]
    fn what_is_not_enforced_is_refused() {
        for (op, path, value) in [
            (Op::Replace, "/tracingEnabled", "true"),
            (Op::Replace, "/cacheClusterEnabled", "true"),
            (Op::Replace, "/cacheClusterSize", "0.5"),
            (Op::Replace, "/clientCertificateId", "abc"),
            (Op::Replace, "/documentationVersion", "v1"),
            (Op::Replace, "/canarySettings/percentTraffic", "10"),
            (Op::Copy, "/deploymentId", ""),
            (Op::Replace, "/*/*/caching/enabled", "true"),
            (Op::Replace, "/*/*/metrics/enabled", "true"),
        ] {
            let message = after(&[(op, path, value)]).expect_err("it is refused");
            assert!(message.contains("is not enforced by this version of Portcullis yet"), "{path}: {message}");
        }
    }

    proptest! {
        #[test]
        fn any_path_is_taken_or_refused(path in "[/~01a-z*{}+GET]{0,60}", value in ".{0,20}") {
            for op in [Op::Add, Op::Remove, Op::Replace, Op::Copy] {
                let _ = after(&[(op, &path, &value)]);
            }
        }
    }
}
