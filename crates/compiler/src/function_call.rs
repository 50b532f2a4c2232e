//! The invocation of a function: stage variables filled in, the ARN read, the role told.

use std::sync::Arc;

use base::{Arn, Scope};
use model::apigateway as stored;
use snapshot::{FunctionArn, FunctionCall, FunctionInvoker};

use crate::uri;

/// Reads the URI of an invocation for `source_arn`.
pub(crate) fn compile(
    scope: &Scope,
    stage: &stored::Stage,
    text: &str,
    source_arn: Arc<str>,
    invoker: FunctionInvoker,
) -> Result<FunctionCall, String> {
    let filled = uri::fill(text, &stage.variables)?;
    let function = FunctionArn::of_invocation(&filled).map_err(|fault| format!("its URI `{filled}`: {fault}"))?;
    if function.region != scope.region {
        return Err(format!("its URI `{filled}` names another region, and functions run in {}", scope.region));
    }
    Ok(function.call(source_arn, invoker))
}

/// By whose leave a function is invoked. SECURITY: the role is the API's own account's; nobody lends another's.
pub(crate) fn invoker(scope: &Scope, credentials: Option<&str>) -> Result<FunctionInvoker, String> {
    match credentials {
        None | Some("") => Ok(FunctionInvoker::Gateway),
        Some(FunctionInvoker::CALLER) => Ok(FunctionInvoker::Caller),
        Some(role) => {
            let arn = Arn::parse(role).ok().filter(|arn| arn.service == "iam" && arn.resource.starts_with("role/"));
            match arn {
                Some(arn) if arn.account == scope.account.as_str() => Ok(FunctionInvoker::Role(role.into())),
                Some(_) => Err(format!("its role `{role}` belongs to another account")),
                None => Err(format!("its credentials `{role}` are not the ARN of a role")),
            }
        }
    }
}
