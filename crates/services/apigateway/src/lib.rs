//! The service `apigateway`: REST APIs, as AWS's API Gateway version 1 manages them.
//!
//! It must not know: other services, HTTP connections, how callers authenticate, the snapshot's insides.
//! Begin with [`service`]; then one folder per resource, one file per operation. `rules` says what may be set,
//! `patch` how it may be changed, `refused` what does not exist yet.

use operation::{Registered, Service};
use wire::Protocol;

mod rest_api;
mod resource;
mod method;
mod method_response;
mod integration;
mod integration_response;
mod authorizer;
mod deployment;
mod stage;
mod tags;
mod account;
mod api_key;
mod usage_plan;
mod usage_plan_key;
mod usage;
mod export;
mod refused;
mod rules;
mod patch;
mod openapi;
mod find;
mod page;
mod error;
mod arn;
mod choices;
mod templates;
mod time;
mod nothing;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod silently_open;
#[cfg(test)]
mod hostile;

/// The service with all its operations.
pub fn service() -> Service {
    Service {
        name: "apigateway",
        event_source: "apigateway.amazonaws.com",
        api_version: "2015-07-09",
        xml_namespace: None,
        protocol: Protocol::RestJson,
        targets: &[],
        global: false,
        tags: tags::access::of,
        operations: operations(),
        refused: refused::all(),
    }
}

fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<rest_api::CreateRestApi>(),
        Registered::of::<rest_api::GetRestApi>(),
        Registered::of::<rest_api::GetRestApis>(),
        Registered::of::<rest_api::UpdateRestApi>(),
        Registered::of::<rest_api::DeleteRestApi>(),
        Registered::of::<rest_api::ImportRestApi>(),
        Registered::of::<rest_api::PutRestApi>(),
        Registered::of::<resource::CreateResource>(),
        Registered::of::<resource::GetResource>(),
        Registered::of::<resource::GetResources>(),
        Registered::of::<resource::UpdateResource>(),
        Registered::of::<resource::DeleteResource>(),
        Registered::of::<method::PutMethod>(),
        Registered::of::<method::GetMethod>(),
        Registered::of::<method::UpdateMethod>(),
        Registered::of::<method::DeleteMethod>(),
        Registered::of::<method_response::PutMethodResponse>(),
        Registered::of::<method_response::GetMethodResponse>(),
        Registered::of::<method_response::UpdateMethodResponse>(),
        Registered::of::<method_response::DeleteMethodResponse>(),
        Registered::of::<integration::PutIntegration>(),
        Registered::of::<integration::GetIntegration>(),
        Registered::of::<integration::UpdateIntegration>(),
        Registered::of::<integration::DeleteIntegration>(),
        Registered::of::<integration_response::PutIntegrationResponse>(),
        Registered::of::<integration_response::GetIntegrationResponse>(),
        Registered::of::<integration_response::UpdateIntegrationResponse>(),
        Registered::of::<integration_response::DeleteIntegrationResponse>(),
        Registered::of::<authorizer::CreateAuthorizer>(),
        Registered::of::<authorizer::GetAuthorizer>(),
        Registered::of::<authorizer::GetAuthorizers>(),
        Registered::of::<authorizer::UpdateAuthorizer>(),
        Registered::of::<authorizer::DeleteAuthorizer>(),
        Registered::of::<authorizer::TestInvokeAuthorizer>(),
        Registered::of::<authorizer::FlushStageAuthorizersCache>(),
        Registered::of::<deployment::CreateDeployment>(),
        Registered::of::<deployment::GetDeployment>(),
        Registered::of::<deployment::GetDeployments>(),
        Registered::of::<deployment::UpdateDeployment>(),
        Registered::of::<deployment::DeleteDeployment>(),
        Registered::of::<stage::CreateStage>(),
        Registered::of::<stage::GetStage>(),
        Registered::of::<stage::GetStages>(),
        Registered::of::<stage::UpdateStage>(),
        Registered::of::<stage::DeleteStage>(),
        Registered::of::<tags::GetTags>(),
        Registered::of::<tags::TagResource>(),
        Registered::of::<tags::UntagResource>(),
        Registered::of::<export::GetExport>(),
        Registered::of::<account::GetAccount>(),
        Registered::of::<account::UpdateAccount>(),
        Registered::of::<api_key::CreateApiKey>(),
        Registered::of::<api_key::GetApiKey>(),
        Registered::of::<api_key::GetApiKeys>(),
        Registered::of::<api_key::UpdateApiKey>(),
        Registered::of::<api_key::DeleteApiKey>(),
        Registered::of::<api_key::ImportApiKeys>(),
        Registered::of::<usage_plan::CreateUsagePlan>(),
        Registered::of::<usage_plan::GetUsagePlan>(),
        Registered::of::<usage_plan::GetUsagePlans>(),
        Registered::of::<usage_plan::UpdateUsagePlan>(),
        Registered::of::<usage_plan::DeleteUsagePlan>(),
        Registered::of::<usage_plan_key::CreateUsagePlanKey>(),
        Registered::of::<usage_plan_key::GetUsagePlanKey>(),
        Registered::of::<usage_plan_key::GetUsagePlanKeys>(),
        Registered::of::<usage_plan_key::DeleteUsagePlanKey>(),
        Registered::of::<usage::GetUsage>(),
        Registered::of::<usage::UpdateUsage>(),
    ]
}
