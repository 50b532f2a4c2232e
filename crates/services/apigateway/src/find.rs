//! Finds what a call names, and says in AWS's words what is missing. Foreign ids are missing too.

use base::id::{ApiKeyId, AuthorizerId, DeploymentId, ResourceId, RestApiId, StageName, UsagePlanId};
use model::apigateway::{
    ApiKey, Authorizer, Deployment, HttpMethod, Integration, Method, Resource, RestApi, Stage, UsagePlan,
};
use operation::{Call, Failure};

use crate::error::Error;

/// The API, of this account and region.
pub(crate) async fn api(call: &mut Call<'_>, id: &str) -> Result<RestApi, Failure> {
    let missing = Error::not_found(format!("Invalid API identifier specified {}:{id}", call.scope.account));
    let Ok(id) = RestApiId::parse(id) else { return Err(missing.into()) };
    let found = call.tx.get::<RestApi>(&call.scope, id.as_str()).await?;
    found.ok_or_else(|| missing.into())
}

/// A resource of an API. AWS says the same whether the API or the resource is missing.
pub(crate) async fn resource(call: &mut Call<'_>, api: &str, id: &str) -> Result<Resource, Failure> {
    let missing = || Error::not_found("Invalid Resource identifier specified");
    let (Ok(api), Ok(id)) = (RestApiId::parse(api), ResourceId::parse(id)) else { return Err(missing().into()) };
    let found = call.tx.get::<Resource>(&call.scope, &Resource::id_of(&api, &id)).await?;
    found.ok_or_else(|| missing().into())
}

/// A deployment of an API that exists.
pub(crate) async fn deployment(call: &mut Call<'_>, api: &RestApiId, id: &str) -> Result<Deployment, Failure> {
    let missing = || Error::not_found("Invalid Deployment identifier specified");
    let Ok(id) = DeploymentId::parse(id) else { return Err(missing().into()) };
    let found = call.tx.get::<Deployment>(&call.scope, &Deployment::id_of(api, &id)).await?;
    found.ok_or_else(|| missing().into())
}

/// A stage of an API that exists.
pub(crate) async fn stage(call: &mut Call<'_>, api: &RestApiId, name: &str) -> Result<Stage, Failure> {
    let missing = || Error::not_found("Invalid stage identifier specified");
    let Ok(name) = StageName::parse(name) else { return Err(missing().into()) };
    let found = call.tx.get::<Stage>(&call.scope, &Stage::id_of(api, &name)).await?;
    found.ok_or_else(|| missing().into())
}

/// An authorizer of an API that exists.
pub(crate) async fn authorizer(call: &mut Call<'_>, api: &RestApiId, id: &str) -> Result<Authorizer, Failure> {
    let missing = || Error::not_found("Invalid Authorizer identifier specified");
    let Ok(id) = AuthorizerId::parse(id) else { return Err(missing().into()) };
    let found = call.tx.get::<Authorizer>(&call.scope, &Authorizer::id_of(api, &id)).await?;
    found.ok_or_else(|| missing().into())
}

/// The authorizer that a method names, if it names one: it must exist.
pub(crate) async fn authorizer_of(call: &mut Call<'_>, api: &RestApiId, method: &Method) -> Result<(), Failure> {
    let Some(id) = &method.authorizer_id else { return Ok(()) };
    match call.tx.get::<Authorizer>(&call.scope, &Authorizer::id_of(api, id)).await? {
        Some(_) => Ok(()),
        None => Err(crate::rules::method::invalid_authorizer().into()),
    }
}

/// An API key, of this account and region.
pub(crate) async fn api_key(call: &mut Call<'_>, id: &str) -> Result<ApiKey, Failure> {
    let missing = || Error::not_found("Invalid API Key identifier specified");
    let Ok(id) = ApiKeyId::parse(id) else { return Err(missing().into()) };
    let found = call.tx.get::<ApiKey>(&call.scope, id.as_str()).await?;
    found.ok_or_else(|| missing().into())
}

/// A usage plan, of this account and region.
pub(crate) async fn usage_plan(call: &mut Call<'_>, id: &str) -> Result<UsagePlan, Failure> {
    let missing = || Error::not_found("Invalid Usage Plan ID specified");
    let Ok(id) = UsagePlanId::parse(id) else { return Err(missing().into()) };
    let found = call.tx.get::<UsagePlan>(&call.scope, id.as_str()).await?;
    found.ok_or_else(|| missing().into())
}

/// A resource's method.
pub(crate) fn method<'a>(resource: &'a Resource, verb: &str) -> Result<&'a Method, Error> {
    HttpMethod::parse(verb).and_then(|verb| resource.methods.get(&verb)).ok_or_else(no_method)
}

/// A resource's method, to change it.
pub(crate) fn method_mut<'a>(resource: &'a mut Resource, verb: &str) -> Result<&'a mut Method, Error> {
    HttpMethod::parse(verb).and_then(|verb| resource.methods.get_mut(&verb)).ok_or_else(no_method)
}

/// A method's integration.
pub(crate) fn integration(method: &Method) -> Result<&Integration, Error> {
    method.integration.as_ref().ok_or_else(no_integration)
}

/// A method's integration, to change it.
pub(crate) fn integration_mut(method: &mut Method) -> Result<&mut Integration, Error> {
    method.integration.as_mut().ok_or_else(no_integration)
}

/// No such method.
pub(crate) fn no_method() -> Error {
    Error::not_found("Invalid Method identifier specified")
}

/// No such integration.
pub(crate) fn no_integration() -> Error {
    Error::not_found("Invalid Integration identifier specified")
}

/// No such method or integration response.
pub(crate) fn no_response() -> Error {
    Error::not_found("Invalid Response status code specified")
}
