//! Authorizers: their identity sources and the function they ask, read once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base::Scope;
use base::id::AuthorizerId;
use model::apigateway as stored;
use model::apigateway::AuthorizerType;
use snapshot::{Authorizer, AuthorizerJudge, FunctionAuthorizer, FunctionInvoker, Identity, JwtAuthorizer};

use crate::function_call;

/// A stage's authorizers, by id.
pub(crate) type Authorizers = BTreeMap<AuthorizerId, Arc<Authorizer>>;

/// Compiles the authorizers of a stage's deployment. One that cannot be asked closes the methods that name it.
pub(crate) fn all(scope: &Scope, stage: &stored::Stage, deployment: &stored::Deployment) -> Authorizers {
    let compile = |(id, authorizer): (&AuthorizerId, &stored::Authorizer)| {
        let judge = judge(scope, stage, authorizer);
        let judge = judge.unwrap_or_else(|why| AuthorizerJudge::Broken { why: why.into() });
        (id.clone(), Arc::new(Authorizer { id: id.clone(), name: authorizer.name.as_str().into(), judge }))
    };
    deployment.authorizers.iter().map(compile).collect()
}

/// An authorizer that the deployment does not have.
pub(crate) fn missing(id: Option<&AuthorizerId>) -> Arc<Authorizer> {
    let named = id.map_or("none", AuthorizerId::as_str);
    let why = format!("its deployment has no authorizer `{named}`").into();
    // INVARIANT: the text is an id.
    let id = id.cloned().unwrap_or_else(|| AuthorizerId::parse("none").expect("lower-case letters are an id"));
    Arc::new(Authorizer { name: id.as_str().into(), id, judge: AuthorizerJudge::Broken { why } })
}

fn judge(scope: &Scope, stage: &stored::Stage, authorizer: &stored::Authorizer) -> Result<AuthorizerJudge, String> {
    let source = authorizer.identity_source.as_deref().unwrap_or_default();
    let identity = match authorizer.kind {
        AuthorizerType::Token => Identity::token(source, authorizer.identity_validation_expression.as_deref()),
        AuthorizerType::Request => Identity::request(source),
    };
    if JwtAuthorizer::is_meant(&authorizer.uri) {
        return native(authorizer, source).map(AuthorizerJudge::Jwt);
    }
    let api = &stage.rest_api_id;
    let source_arn =
        format!("arn:aws:execute-api:{}:{}:{api}/authorizers/{}", scope.region, scope.account, authorizer.id);
    let invoker = match authorizer.credentials.as_deref() {
        // Nobody signs where an authorizer is asked.
        Some(FunctionInvoker::CALLER) => return Err("nobody signs whose permissions could count".to_owned()),
        credentials => function_call::invoker(scope, credentials)?,
    };
    let call = function_call::compile(scope, stage, &authorizer.uri, source_arn.into(), invoker)?;
    let ttl = u64::try_from(authorizer.ttl_s).map_err(|_| "its time to live is negative")?;
    let (deployment, epoch) = (&stage.deployment_id, stage.authorizers_flushed);
    Ok(AuthorizerJudge::Function(FunctionAuthorizer {
        identity: identity.map_err(|fault| fault.to_string())?,
        call,
        ttl: Duration::from_secs(ttl),
        cache_scope: format!("{api}/{}/{deployment}/{epoch}/{}", stage.name, authorizer.id).into(),
    }))
}

/// One that checks tokens itself.
fn native(authorizer: &stored::Authorizer, source: &str) -> Result<JwtAuthorizer, String> {
    let header = match Identity::token(source, None).map_err(|fault| fault.to_string())? {
        Identity::Token { header, .. } => header,
        Identity::Request { .. } => return Err("its token stands in no header".to_owned()),
    };
    JwtAuthorizer::parse(&authorizer.uri, &header).map_err(|fault| format!("its URI `{}`: {fault}", authorizer.uri))
}
