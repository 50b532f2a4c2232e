//! AddPermission. <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::{Policy, Statement};
use operation::{Call, Failure, Keys, Operation, Spec, named_principals};
use policy::Kind;

use super::statement;
use crate::error::{Error, declared};
use crate::find;
use crate::name::FunctionRef;

/// The operation.
pub(crate) struct AddPermission;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "AddPermissionRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    pub(super) statement_id: String,
    pub(super) action: String,
    pub(super) principal: String,
    pub(super) source_arn: Option<String>,
    pub(super) source_account: Option<String>,
    pub(super) event_source_token: Option<String>,
    #[shape(query = "Qualifier")]
    qualifier: Option<String>,
    revision_id: Option<String>,
    #[shape(rename = "PrincipalOrgID")]
    pub(super) principal_org_id: Option<String>,
    pub(super) function_url_auth_type: Option<String>,
    pub(super) invoked_via_function_url: Option<bool>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "AddPermissionResponse", upper)]
pub(crate) struct Output {
    statement: Option<String>,
}

/// A function's policy, in bytes.
const POLICY_BYTES_MAX: usize = 20_480;

impl Operation for AddPermission {
    const SPEC: Spec = Spec::write("AddPermission", "lambda:AddPermission")
        .http(Verb::POST, "/2015-03-31/functions/{FunctionName}/policy", 201)
        .errors(declared::PERMISSION);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::resource(&input.function_name, input.qualifier.as_deref(), scope)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        keys.text("lambda:Principal", input.principal.as_str())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        crate::function::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = FunctionRef::parse(&input.function_name, input.qualifier.as_deref(), &call.scope)?;
        let (mut function, key) = super::of(call, &named).await?;
        let document = statement::of(input, &named.arn())?;
        let mut policy = function.policies.remove(&key).unwrap_or_default();
        find::check_revision(input.revision_id.as_deref(), &policy.revision_id, "GetPolicy")?;
        if policy.statements.iter().any(|known| known.id == input.statement_id) {
            return Err(Error::conflict(format!(
                "The statement id ({}) provided already exists. Please provide a new statement id, or remove the existing statement.",
                input.statement_id
            ))
            .into());
        }
        name_principals(&mut policy, &document, call).await?;
        policy.statements.push(Statement { id: input.statement_id.clone(), document: document.clone() });
        policy.revision_id = find::revision_id();
        check(&policy)?;
        function.policies.insert(key, policy);
        call.tx.put(&named.scope, &function)?;
        Ok(Output { statement: Some(document) })
    }
}

/// Whoever is named must exist, and goes on to be the one who is meant.
async fn name_principals(policy: &mut Policy, document: &str, call: &mut Call<'_>) -> Result<(), Failure> {
    let whole = format!(r#"{{"Statement":[{document}]}}"#);
    let ids = named_principals::ids(&mut call.tx, call.scope.account, &whole).await?;
    let invalid = "The provided principal was invalid. Please check the principal and try again.";
    let ids = ids.map_err(|_| Error::invalid(invalid))?;
    // SECURITY: one ARN stands for one holder in a policy. If it is another's by now, the old statements must not come to
    // mean the new one.
    let other = ids.iter().find(|(named, id)| policy.ids.get(*named).is_some_and(|known| known != *id));
    if let Some((named, _)) = other {
        return Err(Error::conflict(format!(
            "The policy has statements for an earlier holder of {named}. Please remove them first."
        ))
        .into());
    }
    policy.ids.extend(ids);
    Ok(())
}

fn check(policy: &Policy) -> Result<(), Failure> {
    let document = policy.document();
    if document.len() > POLICY_BYTES_MAX {
        return Err(Error::PolicyLength { bytes: document.len(), max: POLICY_BYTES_MAX }.into());
    }
    // The engine that will enforce it reads it before it is stored.
    let parsed = policy::Policy::parse(&policy.document_by_id(), Kind::Resource);
    let parsed = parsed.map_err(|fault| Error::invalid(format!("The policy cannot be read: {fault}")))?;
    if let Some(key) = identity::silently_open(&parsed) {
        return Err(Error::not_enforced(format!("a permission that relies on the condition key `{key}`")).into());
    }
    Ok(())
}
