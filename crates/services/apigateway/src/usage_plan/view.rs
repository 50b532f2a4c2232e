//! A usage plan as it travels. <https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlan.html>

use std::collections::BTreeMap;

use base::QuotaPeriod;
use model::apigateway as stored;
use model::apigateway::UsagePlan;

use crate::choices::QuotaPeriodType;
use crate::rules::usage_plan::Asked;

/// A plan on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UsagePlan")]
pub(crate) struct UsagePlanView {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) api_stages: Option<Vec<ApiStage>>,
    pub(crate) throttle: Option<ThrottleSettings>,
    pub(crate) quota: Option<QuotaSettings>,
    pub(crate) product_code: Option<String>,
    #[shape(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

/// A stage of a plan on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct ApiStage {
    pub(crate) api_id: Option<String>,
    pub(crate) stage: Option<String>,
    #[shape(default)]
    pub(crate) throttle: BTreeMap<String, ThrottleSettings>,
}

/// A throttle on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct ThrottleSettings {
    pub(crate) burst_limit: Option<i32>,
    pub(crate) rate_limit: Option<f64>,
}

/// A quota on the wire.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
pub(crate) struct QuotaSettings {
    pub(crate) limit: Option<i32>,
    pub(crate) offset: Option<i32>,
    pub(crate) period: Option<QuotaPeriodType>,
}

impl UsagePlanView {
    /// A plan as AWS answers it.
    pub(crate) fn of(plan: &UsagePlan) -> Self {
        Self {
            id: Some(plan.id.to_string()),
            name: Some(plan.name.clone()),
            description: plan.description.clone(),
            api_stages: Some(plan.api_stages.iter().map(ApiStage::of).collect()),
            throttle: plan.throttle.map(ThrottleSettings::of),
            quota: plan.quota.map(|quota| QuotaSettings {
                limit: i32::try_from(quota.limit).ok(),
                offset: i32::try_from(quota.offset).ok(),
                period: Some(match quota.period {
                    QuotaPeriod::Day => QuotaPeriodType::Day,
                    QuotaPeriod::Week => QuotaPeriodType::Week,
                    QuotaPeriod::Month => QuotaPeriodType::Month,
                }),
            }),
            product_code: plan.product_code.clone(),
            tags: plan.tags.clone(),
        }
    }
}

impl ApiStage {
    fn of(stage: &stored::ApiStage) -> Self {
        let throttle = stage.throttle.iter().map(|(name, throttle)| (name.clone(), ThrottleSettings::of(*throttle)));
        Self { api_id: Some(stage.api.to_string()), stage: Some(stage.stage.to_string()), throttle: throttle.collect() }
    }
}

impl ThrottleSettings {
    fn of(throttle: stored::Throttle) -> Self {
        Self { burst_limit: throttle.burst_limit, rate_limit: throttle.rate_limit }
    }

    /// What is asked for.
    pub(crate) fn asked(&self) -> stored::Throttle {
        stored::Throttle { burst_limit: self.burst_limit, rate_limit: self.rate_limit }
    }
}

impl QuotaSettings {
    /// What is asked for.
    pub(crate) fn asked(&self) -> Asked {
        let period = self.period.map(|period| match period {
            QuotaPeriodType::Day => QuotaPeriod::Day,
            QuotaPeriodType::Week => QuotaPeriod::Week,
            QuotaPeriodType::Month => QuotaPeriod::Month,
        });
        Asked { limit: self.limit, offset: self.offset, period }
    }
}
