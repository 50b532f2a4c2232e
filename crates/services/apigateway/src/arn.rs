//! The ARNs that IAM policies name. <https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html>

use std::fmt;

use base::{Arn, Scope};

/// The ARN of a management path such as `/restapis/a1b2c3`: without an account, as in AWS.
pub(crate) fn of(scope: &Scope, path: impl fmt::Display) -> String {
    Arn::new("apigateway", scope.region.as_str(), "", path.to_string()).to_string()
}

/// CloudTrail's name of an API.
pub(crate) fn audited_api(id: &str) -> Vec<(String, String)> {
    vec![("AWS::ApiGateway::RestApi".to_owned(), id.to_owned())]
}
