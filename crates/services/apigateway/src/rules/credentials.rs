//! With whose permissions API Gateway acts: a role of the API's own account.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-type.html>

use base::{Arn, Scope};

use crate::error::Error;

/// Checks a role. SECURITY: nobody lends API Gateway a role of another account.
pub(crate) fn role(text: Option<String>, scope: &Scope) -> Result<Option<String>, Error> {
    let Some(text) = text else { return Ok(None) };
    let arn = Arn::parse(&text).ok().filter(|arn| {
        let named = arn.resource.strip_prefix("role/").is_some_and(|name| !name.is_empty());
        arn.partition == "aws" && arn.service == "iam" && arn.region.is_empty() && named
    });
    match arn {
        Some(arn) if arn.account == scope.account.as_str() => Ok(Some(text)),
        Some(_) => Err(Error::bad_request(format!("Invalid credentials specified: {text} belongs to another account"))),
        None => Err(Error::bad_request(format!("Invalid credentials specified: {text} is not the ARN of an IAM role"))),
    }
}

/// What whoever hands API Gateway a role must be allowed, as in AWS.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
pub(crate) fn passed(credentials: Option<&str>) -> Vec<(&'static str, String)> {
    let role = credentials.filter(|text| text.contains(":role/"));
    role.map(|role| ("iam:PassRole", role.to_owned())).into_iter().collect()
}

/// To whom a role is passed.
pub(crate) const SERVICE: &str = "apigateway.amazonaws.com";
