//! A version of a function as callers see it.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>

use std::collections::BTreeMap;

use base::seal::MasterKey;
use model::lambda::{Configuration, Environment, Function};
use operation::Failure;

use super::{
    AcceleratorConfig, CapacityProviderConfig, DeadLetterConfig, DurableConfig, EnvironmentResponse, EphemeralStorage,
    FileSystemConfig, FunctionRuntimeConfig, ImageConfigResponse, Layer, LoggingConfig, RuntimeVersionConfig,
    SnapStartResponse, TenancyConfig, TracingConfigResponse, VpcConfigResponse,
};
use crate::name::LATEST;
use crate::rules::settings::STORAGE_MB;
use crate::time;

/// AWS's shape.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct FunctionConfiguration {
    pub(crate) function_name: Option<String>,
    pub(crate) function_arn: Option<String>,
    runtime: Option<String>,
    role: Option<String>,
    handler: Option<String>,
    code_size: Option<i64>,
    description: Option<String>,
    timeout: Option<i32>,
    memory_size: Option<i32>,
    last_modified: Option<String>,
    code_sha256: Option<String>,
    pub(crate) version: Option<String>,
    vpc_config: Option<VpcConfigResponse>,
    dead_letter_config: Option<DeadLetterConfig>,
    environment: Option<EnvironmentResponse>,
    #[shape(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    tracing_config: Option<TracingConfigResponse>,
    master_arn: Option<String>,
    revision_id: Option<String>,
    layers: Option<Vec<Layer>>,
    state: Option<String>,
    state_reason: Option<String>,
    state_reason_code: Option<String>,
    last_update_status: Option<String>,
    last_update_status_reason: Option<String>,
    last_update_status_reason_code: Option<String>,
    file_system_configs: Option<Vec<FileSystemConfig>>,
    package_type: Option<String>,
    image_config_response: Option<ImageConfigResponse>,
    signing_profile_version_arn: Option<String>,
    signing_job_arn: Option<String>,
    architectures: Option<Vec<String>>,
    ephemeral_storage: Option<EphemeralStorage>,
    snap_start: Option<SnapStartResponse>,
    runtime_version_config: Option<RuntimeVersionConfig>,
    logging_config: Option<LoggingConfig>,
    capacity_provider_config: Option<CapacityProviderConfig>,
    config_sha256: Option<String>,
    durable_config: Option<DurableConfig>,
    tenancy_config: Option<TenancyConfig>,
    accelerator_config: Option<AcceleratorConfig>,
    runtime_config: Option<FunctionRuntimeConfig>,
}

impl FunctionConfiguration {
    /// A version of a function. `arn` is the one it was asked by.
    pub(crate) fn of(
        function: &Function,
        number: &str,
        configuration: &Configuration,
        arn: String,
        master_key: &MasterKey,
    ) -> Result<Self, Failure> {
        let text = |text: &str| Some(text.to_owned());
        Ok(Self {
            function_name: text(&function.name),
            function_arn: Some(arn),
            runtime: text(configuration.runtime.as_str()),
            role: text(&configuration.role_arn),
            handler: text(&configuration.handler),
            code_size: Some(bytes(configuration.code.bytes)),
            description: text(&configuration.description),
            timeout: Some(whole(configuration.timeout_s)),
            memory_size: Some(whole(configuration.memory_mb)),
            last_modified: Some(time::text(configuration.modified)),
            code_sha256: text(&configuration.code.sha256),
            version: text(number),
            vpc_config: None,
            dead_letter_config: None,
            environment: environment(function, configuration, master_key)?,
            kms_key_arn: None,
            tracing_config: Some(TracingConfigResponse { mode: text("PassThrough") }),
            master_arn: None,
            revision_id: text(&configuration.revision_id),
            layers: layers(configuration),
            state: text("Active"),
            state_reason: None,
            state_reason_code: None,
            last_update_status: text("Successful"),
            last_update_status_reason: None,
            last_update_status_reason_code: None,
            file_system_configs: None,
            package_type: text("Zip"),
            image_config_response: None,
            signing_profile_version_arn: None,
            signing_job_arn: None,
            architectures: Some(vec![configuration.architecture.as_str().to_owned()]),
            ephemeral_storage: Some(EphemeralStorage { size: STORAGE_MB }),
            snap_start: Some(SnapStartResponse { apply_on: text("None"), optimization_status: text("Off") }),
            runtime_version_config: None,
            logging_config: Some(LoggingConfig {
                log_format: text("Text"),
                application_log_level: None,
                system_log_level: None,
                log_group: Some(log_group(&function.name)),
            }),
            capacity_provider_config: None,
            config_sha256: None,
            durable_config: None,
            tenancy_config: None,
            accelerator_config: None,
            runtime_config: None,
        })
    }

    /// `$LATEST`, under the function's own ARN.
    pub(crate) fn latest(function: &Function, master_key: &MasterKey) -> Result<Self, Failure> {
        Self::of(function, LATEST, &function.latest, function.arn(), master_key)
    }
}

/// The log group that a function without settings has.
pub(crate) fn log_group(function: &str) -> String {
    format!("/aws/lambda/{function}")
}

fn layers(configuration: &Configuration) -> Option<Vec<Layer>> {
    let layer = |used: &model::lambda::LayerUse| Layer {
        arn: Some(used.arn.clone()),
        code_size: Some(bytes(used.code.bytes)),
        signing_profile_version_arn: None,
        signing_job_arn: None,
    };
    (!configuration.layers.is_empty()).then(|| configuration.layers.iter().map(layer).collect())
}

fn environment(
    function: &Function,
    configuration: &Configuration,
    master_key: &MasterKey,
) -> Result<Option<EnvironmentResponse>, Failure> {
    let Some(environment) = &configuration.environment else { return Ok(None) };
    let variables = opened(function, environment, master_key)?;
    Ok(Some(EnvironmentResponse { variables: Some(variables), error: None }))
}

/// The variables of a function.
fn opened(
    function: &Function,
    environment: &Environment,
    master_key: &MasterKey,
) -> Result<BTreeMap<String, String>, Failure> {
    let place_id = Environment::place_id(&function.scope, &function.name, &environment.id);
    let broken = |what: String| Failure::Broken { what: format!("the environment of `{}`: {what}", function.name) };
    let text = master_key.open_text(Environment::place(&place_id), &environment.sealed);
    let text = text.map_err(|fault| broken(fault.to_string()))?;
    serde_json::from_str(text.expose()).map_err(|_| broken("it is not an object of texts".to_owned()))
}

fn whole(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A length as AWS shows it.
pub(crate) fn bytes(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
