//! A stage as it is answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html>

use std::collections::BTreeMap;

use base::Timestamp;
use base::limits::{ACCOUNT_BURST, ACCOUNT_RATE};
use model::apigateway as stored;
use model::apigateway::Stage;

use crate::choices::{CacheClusterSize, CacheClusterStatus, UnauthorizedCacheControlHeaderStrategy};
use crate::rules::method_setting::CACHE_TTL_S;

/// A stage on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Stage")]
pub(crate) struct StageView {
    pub(crate) deployment_id: Option<String>,
    pub(crate) client_certificate_id: Option<String>,
    pub(crate) stage_name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) cache_cluster_enabled: Option<bool>,
    pub(crate) cache_cluster_size: Option<CacheClusterSize>,
    pub(crate) cache_cluster_status: Option<CacheClusterStatus>,
    pub(crate) method_settings: Option<BTreeMap<String, MethodSetting>>,
    #[shape(default)]
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) documentation_version: Option<String>,
    pub(crate) access_log_settings: Option<AccessLogSettings>,
    pub(crate) canary_settings: Option<CanarySettings>,
    pub(crate) tracing_enabled: Option<bool>,
    pub(crate) web_acl_arn: Option<String>,
    #[shape(default)]
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created_date: Option<Timestamp>,
    pub(crate) last_updated_date: Option<Timestamp>,
}

/// A method's settings on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct MethodSetting {
    pub(crate) metrics_enabled: Option<bool>,
    pub(crate) logging_level: Option<String>,
    pub(crate) data_trace_enabled: Option<bool>,
    pub(crate) throttling_burst_limit: Option<i32>,
    pub(crate) throttling_rate_limit: Option<f64>,
    pub(crate) caching_enabled: Option<bool>,
    pub(crate) cache_ttl_in_seconds: Option<i32>,
    pub(crate) cache_data_encrypted: Option<bool>,
    pub(crate) require_authorization_for_cache_control: Option<bool>,
    pub(crate) unauthorized_cache_control_header_strategy: Option<UnauthorizedCacheControlHeaderStrategy>,
}

/// The access log on the wire.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
pub(crate) struct AccessLogSettings {
    pub(crate) format: Option<String>,
    pub(crate) destination_arn: Option<String>,
}

/// A canary; refused until it exists.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct CanarySettings {
    pub(crate) percent_traffic: Option<f64>,
    pub(crate) deployment_id: Option<String>,
    pub(crate) stage_variable_overrides: Option<BTreeMap<String, String>>,
    pub(crate) use_stage_cache: Option<bool>,
}

impl StageView {
    /// A stage as AWS answers it.
    pub(crate) fn of(stage: &Stage) -> Self {
        let settings = stage.method_settings.iter();
        Self {
            deployment_id: Some(stage.deployment_id.to_string()),
            client_certificate_id: None,
            stage_name: Some(stage.name.to_string()),
            description: stage.description.clone(),
            cache_cluster_enabled: Some(false),
            cache_cluster_size: None,
            cache_cluster_status: Some(CacheClusterStatus::NotAvailable),
            method_settings: Some(settings.map(|(key, setting)| (key.clone(), MethodSetting::of(*setting))).collect()),
            variables: stage.variables.clone(),
            documentation_version: None,
            access_log_settings: stage.access_log.as_ref().map(AccessLogSettings::of),
            canary_settings: None,
            tracing_enabled: Some(false),
            web_acl_arn: stage.web_acl_arn.clone(),
            tags: stage.tags.clone(),
            created_date: Some(stage.created),
            last_updated_date: Some(stage.updated),
        }
    }
}

impl MethodSetting {
    fn of(setting: stored::MethodSetting) -> Self {
        Self {
            metrics_enabled: Some(false),
            logging_level: Some(setting.logging_level.as_str().to_owned()),
            data_trace_enabled: Some(setting.data_trace_enabled),
            // What was never set is the account's own limit, as AWS shows it.
            throttling_burst_limit: Some(setting.throttling_burst_limit.unwrap_or(ACCOUNT_BURST.cast_signed())),
            throttling_rate_limit: Some(setting.throttling_rate_limit.unwrap_or(ACCOUNT_RATE)),
            caching_enabled: Some(false),
            cache_ttl_in_seconds: Some(CACHE_TTL_S),
            cache_data_encrypted: Some(false),
            require_authorization_for_cache_control: Some(true),
            unauthorized_cache_control_header_strategy: Some(
                UnauthorizedCacheControlHeaderStrategy::SucceedWithResponseHeader,
            ),
        }
    }
}

impl AccessLogSettings {
    fn of(settings: &stored::AccessLogSettings) -> Self {
        let shown = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Self { format: shown(&settings.format), destination_arn: shown(&settings.destination_arn) }
    }
}
