//! Layers as callers see them.

use model::lambda::LayerVersion;

use crate::time;
use crate::view::{ResolvedS3Object, bytes};

/// What the version holds.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LayerVersionContentOutput {
    location: Option<String>,
    resolved_s3_object: Option<ResolvedS3Object>,
    code_sha256: Option<String>,
    code_size: Option<i64>,
    signing_profile_version_arn: Option<String>,
    signing_job_arn: Option<String>,
}

/// A version of a layer.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetLayerVersionResponse", upper)]
pub(crate) struct LayerVersionView {
    content: LayerVersionContentOutput,
    layer_arn: Option<String>,
    layer_version_arn: Option<String>,
    description: Option<String>,
    created_date: Option<String>,
    version: Option<i64>,
    compatible_runtimes: Option<Vec<String>>,
    license_info: Option<String>,
    compatible_architectures: Option<Vec<String>>,
}

/// A version in a list.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LayerVersionsListItem {
    layer_version_arn: Option<String>,
    version: Option<i64>,
    description: Option<String>,
    created_date: Option<String>,
    compatible_runtimes: Option<Vec<String>>,
    license_info: Option<String>,
    compatible_architectures: Option<Vec<String>>,
}

impl LayerVersionView {
    /// AWS's shape of it. The content is not handed out again, so there is no link to it.
    pub(crate) fn of(version: &LayerVersion) -> Self {
        let item = LayerVersionsListItem::of(version);
        Self {
            content: LayerVersionContentOutput {
                location: None,
                resolved_s3_object: None,
                code_sha256: Some(version.code.sha256.clone()),
                code_size: Some(bytes(version.code.bytes)),
                signing_profile_version_arn: None,
                signing_job_arn: None,
            },
            layer_arn: Some(LayerVersion::layer_arn(&version.scope, &version.name)),
            layer_version_arn: item.layer_version_arn,
            description: item.description,
            created_date: item.created_date,
            version: item.version,
            compatible_runtimes: item.compatible_runtimes,
            license_info: item.license_info,
            compatible_architectures: item.compatible_architectures,
        }
    }
}

impl LayerVersionsListItem {
    /// AWS's shape of it.
    pub(crate) fn of(version: &LayerVersion) -> Self {
        let some = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
        Self {
            layer_version_arn: Some(version.arn()),
            version: Some(bytes(version.number)),
            description: Some(version.description.clone()),
            created_date: Some(time::text(version.created)),
            compatible_runtimes: some(&version.runtimes),
            license_info: Some(version.license.clone()).filter(|license| !license.is_empty()),
            compatible_architectures: some(&version.architectures),
        }
    }
}

/// Whether a version says that it fits; one that says nothing fits everything.
pub(crate) fn fits(version: &LayerVersion, runtime: Option<&str>, architecture: Option<&str>) -> bool {
    let one = |list: &[String], wanted: Option<&str>| {
        wanted.is_none_or(|wanted| list.is_empty() || list.iter().any(|known| known == wanted))
    };
    one(&version.runtimes, runtime) && one(&version.architectures, architecture)
}
