//! RemovePermission. <https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use model::iam::trust;
use model::lambda::Policy;
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::find;
use crate::name::FunctionRef;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct RemovePermission;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "RemovePermissionRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(uri = "StatementId")]
    statement_id: String,
    #[shape(query = "Qualifier")]
    qualifier: Option<String>,
    #[shape(query = "RevisionId")]
    revision_id: Option<String>,
}

impl Operation for RemovePermission {
    const SPEC: Spec = Spec::write("RemovePermission", "lambda:RemovePermission")
        .http(Verb::DELETE, "/2015-03-31/functions/{FunctionName}/policy/{StatementId}", 204)
        .errors(declared::REMOVE_PERMISSION);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::resource(&input.function_name, input.qualifier.as_deref(), scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        crate::function::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let named = FunctionRef::parse(&input.function_name, input.qualifier.as_deref(), &call.scope)?;
        let (mut function, key) = super::of(call, &named).await?;
        let missing = || Error::not_found(format!("Statement {} is not found in resource policy.", input.statement_id));
        let mut policy = function.policies.remove(&key).ok_or_else(missing)?;
        find::check_revision(input.revision_id.as_deref(), &policy.revision_id, "GetPolicy")?;
        let before = policy.statements.len();
        policy.statements.retain(|statement| statement.id != input.statement_id);
        if policy.statements.len() == before {
            return Err(missing().into());
        }
        if !policy.statements.is_empty() {
            policy.ids = still_named(&policy);
            policy.revision_id = find::revision_id();
            function.policies.insert(key, policy);
        }
        call.tx.put(&named.scope, &function)?;
        Ok(Nothing)
    }
}

/// The ids of those whom the policy still names.
fn still_named(policy: &Policy) -> BTreeMap<String, String> {
    let named = trust::named(&policy.document());
    policy.ids.iter().filter(|(arn, _)| named.contains(*arn)).map(|(arn, id)| (arn.clone(), id.clone())).collect()
}
