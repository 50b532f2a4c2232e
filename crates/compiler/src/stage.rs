//! A stage: its deployment's routes joined with the stage's own settings.

use std::collections::HashMap;
use std::sync::Arc;

use base::Scope;
use model::apigateway as stored;
use policy::{Kind, Policy};
use snapshot::{AccessLog, ApiKeySource, AttachedAcl, Bucket, LogFormat, Name, NamedPolicy, Routes, StageUnit};

use crate::compile::{Before, closed, closed_until};
use crate::{Finding, StageInput, Unit, authorizer, method};

/// Compiles a stage. What is wrong with one method closes that method; what is wrong with the rest closes the stage.
pub(crate) fn compile(scope: &Scope, unit: &Unit, input: StageInput, before: &Before<'_>) -> (StageUnit, Vec<Finding>) {
    let (stage, deployment) = match (input.stage, input.deployment) {
        (Ok(stage), Ok(deployment)) => (stage, deployment),
        (Err(why), _) | (Ok(_), Err(why)) => return closed(scope, unit, why),
    };
    // AWS keeps half a setting and logs once both halves are there.
    let whole = |log: &&stored::AccessLogSettings| !log.format.is_empty() && !log.destination_arn.is_empty();
    let access_log = match stage.access_log.as_ref().filter(whole).map(access_log).transpose() {
        Ok(access_log) => access_log,
        Err(why) => return closed(scope, unit, why),
    };
    let resource_policy = match deployment.api.policy_by_id().as_deref().map(resource_policy).transpose() {
        Ok(policy) => policy,
        Err(why) => return closed(scope, unit, why),
    };
    let (routes, findings) = match routes(scope, unit, (&stage, &deployment), before.stage) {
        Ok(found) => found,
        Err(why) => return closed(scope, unit, why),
    };
    let web_acl = match stage.web_acl_arn.as_deref().map(|arn| attached(scope, arn)).transpose() {
        Ok(web_acl) => web_acl,
        Err(why) => return closed_until(scope, unit, why, OTHER_ACL),
    };
    let api = &stage.rest_api_id;
    let ready = snapshot::Stage {
        scope: scope.clone(),
        arn: snapshot::Stage::arn_of(scope, &stage.rest_api_id, &stage.name),
        deployment_id: deployment.id.clone(),
        default_endpoint_disabled: deployment.api.disable_execute_api_endpoint,
        endpoint_type: deployment.api.endpoint_type.as_str(),
        api_key_source: match deployment.api.api_key_source {
            stored::ApiKeySource::Header => ApiKeySource::Header,
            stored::ApiKeySource::Authorizer => ApiKeySource::Authorizer,
        },
        account: Arc::clone(&before.account),
        resource_policy,
        web_acl,
        routes,
        access_log,
        access_stream: telemetry::stream::access(api.as_str(), stage.name.as_str()),
        execution_stream: telemetry::stream::execution(api.as_str(), stage.name.as_str()),
        api_id: stage.rest_api_id,
        name: stage.name,
        binary_media_types: deployment.api.binary_media_types.iter().map(|media| media.as_str().into()).collect(),
        variables: stage.variables,
    };
    (StageUnit::Ready(Arc::new(ready)), findings)
}

fn resource_policy(document: &str) -> Result<Arc<NamedPolicy>, String> {
    let policy = Policy::parse(document, Kind::Resource)
        .map_err(|fault| format!("the resource policy of its deployment cannot be read: {fault}"))?;
    Ok(Arc::new(NamedPolicy { name: "resource policy".into(), policy }))
}

const OTHER_ACL: &str = "Every request to this stage is answered 500. Associate another web ACL, or none.";

/// Which web ACL an ARN names: `…:regional/webacl/{name}/{id}`, in the stage's own account.
fn attached(scope: &Scope, arn: &str) -> Result<AttachedAcl, String> {
    let of_stage = format!("arn:aws:wafv2:{}:{}:regional/webacl/", scope.region, scope.account);
    let name = arn.strip_prefix(&of_stage).and_then(|rest| rest.split_once('/')).map(|(name, _)| name);
    let name = name.ok_or_else(|| format!("`{arn}` names no web ACL of its account"))?;
    Ok(AttachedAcl { name: Name::new(scope.account, name), arn: arn.into() })
}

fn access_log(settings: &stored::AccessLogSettings) -> Result<AccessLog, String> {
    let format = LogFormat::parse(&settings.format)
        .map_err(|fault| format!("its access log format cannot be read ({fault:?}): `{}`", settings.format))?;
    Ok(AccessLog { destination_arn: settings.destination_arn.as_str().into(), format })
}

fn routes(
    scope: &Scope,
    unit: &Unit,
    (stage, deployment): (&stored::Stage, &stored::Deployment),
    before: Option<&snapshot::Stage>,
) -> Result<(Routes, Vec<Finding>), String> {
    let authorizers = authorizer::all(scope, stage, deployment);
    let buckets = buckets(before);
    let mut routes = Routes::new();
    let mut findings = Vec::new();
    for resource in deployment.resources.values() {
        for (verb, stored) in &resource.methods {
            let (compiled, broken) = method::compile((scope, stage, &authorizers), resource, *verb, stored, &buckets);
            findings.extend(broken.map(|why| Finding {
                scope: scope.clone(),
                unit: unit.clone(),
                method: Some(format!("{verb} {}", resource.path)),
                why,
                remedy: "Requests to this method are answered 500. Mend the integration, the authorizer or the stage variable it names, and deploy.",
            }));
            routes.add(&resource.path, method::verb(*verb), Arc::new(compiled)).map_err(|fault| {
                format!("`{}` of `{}` stands beside another parameter of the same place", fault.segment, resource.path)
            })?;
        }
    }
    Ok((routes, findings))
}

/// What is left of the methods' throttles, by what plans know them by.
pub(crate) type Buckets<'a> = HashMap<&'a str, &'a Arc<Bucket>>;

fn buckets(before: Option<&snapshot::Stage>) -> Buckets<'_> {
    let methods = before.into_iter().flat_map(|stage| stage.routes.methods());
    methods.filter_map(|method| Some((&*method.plan_key, &method.throttle.as_ref()?.bucket))).collect()
}
