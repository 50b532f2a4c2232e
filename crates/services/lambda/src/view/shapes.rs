//! Parts of inputs and outputs. Most belong to properties that are refused; they are read so that they can be.

use std::collections::BTreeMap;

/// Code in a request.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "FunctionCode", upper)]
pub(crate) struct FunctionCode {
    #[shape(secret)]
    pub(crate) zip_file: Option<Vec<u8>>,
    pub(crate) s3_bucket: Option<String>,
    pub(crate) s3_key: Option<String>,
    pub(crate) s3_object_version: Option<String>,
    pub(crate) s3_object_storage_mode: Option<String>,
    pub(crate) image_uri: Option<String>,
    #[shape(rename = "SourceKMSKeyArn")]
    pub(crate) source_kms_key_arn: Option<String>,
}

/// A private network.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct VpcConfig {
    #[shape(default)]
    pub(crate) subnet_ids: Vec<String>,
    #[shape(default)]
    pub(crate) security_group_ids: Vec<String>,
    pub(crate) ipv6_allowed_for_dual_stack: Option<bool>,
}

/// A private network, as it is shown.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct VpcConfigResponse {
    pub(crate) subnet_ids: Vec<String>,
    pub(crate) security_group_ids: Vec<String>,
    pub(crate) vpc_id: Option<String>,
    pub(crate) ipv6_allowed_for_dual_stack: Option<bool>,
}

/// Where events go that failed.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct DeadLetterConfig {
    pub(crate) target_arn: Option<String>,
}

/// Environment variables.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Environment {
    #[shape(secret)]
    pub(crate) variables: Option<BTreeMap<String, String>>,
}

/// Environment variables, as they are shown.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct EnvironmentResponse {
    #[shape(secret)]
    pub(crate) variables: Option<BTreeMap<String, String>>,
    pub(crate) error: Option<EnvironmentError>,
}

/// Why they are not shown.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct EnvironmentError {
    pub(crate) error_code: Option<String>,
    #[shape(secret)]
    pub(crate) message: Option<String>,
}

/// Tracing.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct TracingConfig {
    pub(crate) mode: Option<String>,
}

/// Tracing, as it is shown.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct TracingConfigResponse {
    pub(crate) mode: Option<String>,
}

/// A network file system.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct FileSystemConfig {
    pub(crate) arn: String,
    pub(crate) local_mount_path: String,
    pub(crate) s3_files_config: Option<S3FilesConfig>,
}

/// A network file system over a bucket.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct S3FilesConfig {
    pub(crate) direct_s3_read: Option<String>,
}

/// A container image's settings.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct ImageConfig {
    pub(crate) entry_point: Option<Vec<String>>,
    pub(crate) command: Option<Vec<String>>,
    pub(crate) working_directory: Option<String>,
}

/// A container image's settings, as they are shown.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct ImageConfigResponse {
    pub(crate) image_config: Option<ImageConfig>,
    pub(crate) error: Option<ImageConfigError>,
}

/// Why they are not shown.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct ImageConfigError {
    pub(crate) error_code: Option<String>,
    #[shape(secret)]
    pub(crate) message: Option<String>,
}

/// The size of `/tmp`, in MiB.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct EphemeralStorage {
    pub(crate) size: i32,
}

/// Starting from a memory image.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct SnapStart {
    pub(crate) apply_on: Option<String>,
}

/// Starting from a memory image, as it is shown.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct SnapStartResponse {
    pub(crate) apply_on: Option<String>,
    pub(crate) optimization_status: Option<String>,
}

/// Which patch of a runtime runs.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct RuntimeVersionConfig {
    pub(crate) runtime_version_arn: Option<String>,
    pub(crate) error: Option<RuntimeVersionError>,
}

/// Why that is not shown.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct RuntimeVersionError {
    pub(crate) error_code: Option<String>,
    #[shape(secret)]
    pub(crate) message: Option<String>,
}

/// Where logs go and how they look.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LoggingConfig {
    pub(crate) log_format: Option<String>,
    pub(crate) application_log_level: Option<String>,
    pub(crate) system_log_level: Option<String>,
    pub(crate) log_group: Option<String>,
}

/// Machines of one's own.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct CapacityProviderConfig {
    pub(crate) lambda_managed_instances_capacity_provider_config: LambdaManagedInstancesCapacityProviderConfig,
}

/// Machines of one's own, managed by Lambda.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LambdaManagedInstancesCapacityProviderConfig {
    pub(crate) capacity_provider_arn: String,
    pub(crate) per_execution_environment_max_concurrency: Option<i32>,
    #[shape(rename = "ExecutionEnvironmentMemoryGiBPerVCpu")]
    pub(crate) execution_environment_memory_gib_per_vcpu: Option<f64>,
}

/// Invocations that go on after a pause.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct DurableConfig {
    pub(crate) retention_period_in_days: Option<i32>,
    pub(crate) execution_timeout: Option<i32>,
    #[shape(rename = "KMSKeyArn")]
    pub(crate) kms_key_arn: Option<String>,
}

/// Processors of another kind.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct AcceleratorConfig {
    pub(crate) accelerator_memory_size: i32,
}

/// A runtime of one's own.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct FunctionRuntimeConfig {
    pub(crate) runtime_arn: String,
    pub(crate) runtime_alias: String,
}

/// Where code in S3 was found.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct ResolvedS3Object {
    pub(crate) s3_bucket: Option<String>,
    pub(crate) s3_key: Option<String>,
    pub(crate) s3_object_version: Option<String>,
}

/// Instances that tenants do not share.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct TenancyConfig {
    pub(crate) tenant_isolation_mode: String,
}

/// A layer that a function uses.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Layer {
    pub(crate) arn: Option<String>,
    pub(crate) code_size: Option<i64>,
    pub(crate) signing_profile_version_arn: Option<String>,
    pub(crate) signing_job_arn: Option<String>,
}
