//! The account's settings as they are answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html>

use model::apigateway::Account;
use operation::AccountThrottle;

/// The settings on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Account")]
pub(crate) struct AccountView {
    pub(crate) cloudwatch_role_arn: Option<String>,
    pub(crate) throttle_settings: Option<ThrottleSettings>,
    pub(crate) features: Option<Vec<String>>,
    pub(crate) api_key_version: Option<String>,
}

/// The account's throttle on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
pub(crate) struct ThrottleSettings {
    pub(crate) burst_limit: Option<i32>,
    pub(crate) rate_limit: Option<f64>,
}

impl AccountView {
    /// The settings as AWS answers them.
    pub(crate) fn of(account: &Account, throttle: AccountThrottle) -> Self {
        Self {
            cloudwatch_role_arn: account.cloudwatch_role_arn.clone(),
            throttle_settings: Some(ThrottleSettings {
                burst_limit: Some(i32::try_from(throttle.burst).unwrap_or(i32::MAX)),
                rate_limit: Some(throttle.rate),
            }),
            features: Some(vec!["UsagePlans".to_owned()]),
            api_key_version: Some("4".to_owned()),
        }
    }
}
