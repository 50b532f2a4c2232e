//! Properties that nothing here enforces: each is refused by name at the call that sets it.

use crate::error::Error;
use crate::rules::settings::STORAGE_MB;
use crate::view::{
    AcceleratorConfig, CapacityProviderConfig, DeadLetterConfig, DurableConfig, EphemeralStorage, FileSystemConfig,
    FunctionCode, FunctionRuntimeConfig, ImageConfig, LoggingConfig, SnapStart, TenancyConfig, TracingConfig,
    VpcConfig, log_group,
};

/// What `CreateFunction` and `UpdateFunctionConfiguration` have in common here.
pub(crate) struct Settings<'a> {
    pub(crate) vpc: Option<&'a VpcConfig>,
    pub(crate) dead_letter: Option<&'a DeadLetterConfig>,
    pub(crate) kms_key_arn: Option<&'a str>,
    pub(crate) tracing: Option<&'a TracingConfig>,
    pub(crate) file_systems: Option<&'a [FileSystemConfig]>,
    pub(crate) image: Option<&'a ImageConfig>,
    pub(crate) storage: Option<&'a EphemeralStorage>,
    pub(crate) snap_start: Option<&'a SnapStart>,
    pub(crate) logging: Option<&'a LoggingConfig>,
    pub(crate) capacity: Option<&'a CapacityProviderConfig>,
    pub(crate) durable: Option<&'a DurableConfig>,
    pub(crate) accelerator: Option<&'a AcceleratorConfig>,
    pub(crate) runtime: Option<&'a FunctionRuntimeConfig>,
}

/// Refuses what is set to anything but what is true here anyway.
pub(crate) fn check(settings: &Settings<'_>, function: &str) -> Result<(), Error> {
    let refuse = |is_set: bool, property: &str| if is_set { Err(Error::not_enforced(property)) } else { Ok(()) };
    let vpc = |vpc: &VpcConfig| {
        let named = !vpc.subnet_ids.is_empty() || !vpc.security_group_ids.is_empty();
        named || vpc.ipv6_allowed_for_dual_stack == Some(true)
    };
    refuse(settings.vpc.is_some_and(vpc), "VpcConfig")?;
    let is_text = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    refuse(settings.dead_letter.is_some_and(|config| is_text(config.target_arn.as_deref())), "DeadLetterConfig")?;
    refuse(is_text(settings.kms_key_arn), "KMSKeyArn")?;
    refuse(settings.file_systems.is_some_and(|systems| !systems.is_empty()), "FileSystemConfigs")?;
    refuse(settings.image.is_some(), "ImageConfig")?;
    refuse(settings.capacity.is_some(), "CapacityProviderConfig")?;
    refuse(settings.durable.is_some(), "DurableConfig")?;
    refuse(settings.accelerator.is_some(), "AcceleratorConfig")?;
    refuse(settings.runtime.is_some(), "RuntimeConfig")?;
    if let Some(storage) = settings.storage {
        refuse(
            storage.size != STORAGE_MB,
            &format!("EphemeralStorage of {} MB instead of {STORAGE_MB}", storage.size),
        )?;
    }
    tracing(settings.tracing)?;
    snap_start(settings.snap_start)?;
    logging(settings.logging, function)
}

fn tracing(config: Option<&TracingConfig>) -> Result<(), Error> {
    match config.and_then(|config| config.mode.as_deref()) {
        None | Some("PassThrough") => Ok(()),
        Some("Active") => Err(Error::not_enforced("TracingConfig with the mode Active")),
        Some(other) => {
            Err(Error::form("tracingConfig.mode", other, "Member must satisfy enum value set: [Active, PassThrough]"))
        }
    }
}

fn snap_start(config: Option<&SnapStart>) -> Result<(), Error> {
    match config.and_then(|config| config.apply_on.as_deref()) {
        None | Some("None") => Ok(()),
        Some("PublishedVersions") => Err(Error::not_enforced("SnapStart")),
        Some(other) => Err(Error::form(
            "snapStart.applyOn",
            other,
            "Member must satisfy enum value set: [PublishedVersions, None]",
        )),
    }
}

fn logging(config: Option<&LoggingConfig>, function: &str) -> Result<(), Error> {
    let Some(config) = config else { return Ok(()) };
    match config.log_format.as_deref() {
        None | Some("Text") => {}
        Some("JSON") => return Err(Error::not_enforced("LoggingConfig with the format JSON")),
        Some(other) => {
            return Err(Error::form(
                "loggingConfig.logFormat",
                other,
                "Member must satisfy enum value set: [JSON, Text]",
            ));
        }
    }
    if config.application_log_level.is_some() || config.system_log_level.is_some() {
        return Err(Error::not_enforced("a log level in LoggingConfig"));
    }
    match config.log_group.as_deref() {
        None => Ok(()),
        Some(group) if group == log_group(function) => Ok(()),
        Some(group) => Err(Error::not_enforced(format!("the log group {group} instead of {}", log_group(function)))),
    }
}

/// Refuses code that is anywhere but in the request, and answers the archive.
pub(crate) fn zip_file(code: &FunctionCode) -> Result<&[u8], Error> {
    if code.image_uri.is_some() {
        return Err(Error::not_enforced("code in a container image (ImageUri)"));
    }
    let in_s3 = [&code.s3_bucket, &code.s3_key, &code.s3_object_version, &code.s3_object_storage_mode];
    if in_s3.iter().any(|member| member.is_some()) {
        return Err(Error::not_enforced("code in S3 (S3Bucket, S3Key), unlike code in ZipFile,"));
    }
    if code.source_kms_key_arn.as_deref().is_some_and(|arn| !arn.is_empty()) {
        return Err(Error::not_enforced("SourceKMSKeyArn"));
    }
    let missing = || Error::invalid("Please provide a source for function code.");
    code.zip_file.as_deref().filter(|bytes| !bytes.is_empty()).ok_or_else(missing)
}

/// Refuses a package that is no archive.
pub(crate) fn package_type(text: Option<&str>) -> Result<(), Error> {
    match text {
        None | Some("Zip") => Ok(()),
        Some("Image") => Err(Error::not_enforced("PackageType Image")),
        Some(other) => Err(Error::form("packageType", other, "Member must satisfy enum value set: [Zip, Image]")),
    }
}

/// Refuses tenants.
pub(crate) fn tenancy(config: Option<&TenancyConfig>) -> Result<(), Error> {
    if config.is_some() { Err(Error::not_enforced("TenancyConfig")) } else { Ok(()) }
}

/// Refuses versions of capacity providers.
pub(crate) fn publish_to(text: Option<&str>) -> Result<(), Error> {
    if text.is_some() { Err(Error::not_enforced("PublishTo")) } else { Ok(()) }
}
