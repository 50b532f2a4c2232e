//! Every operation of Lambda that is known and refused, with the capability it belongs to.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>

use http::Method as Verb;
use operation::{Http, Refused};

/// The whole list.
pub(crate) fn all() -> Vec<Refused> {
    let group = |(reason, rows): &(&'static str, &'static [Row])| rows.iter().map(|row| row.refused(reason)).collect();
    CAPABILITIES.iter().map(group).collect::<Vec<Vec<Refused>>>().into_iter().flatten().collect()
}

/// Name, action, verb, path and status of success.
struct Row(&'static str, &'static str, Verb, &'static str, u16);

impl Row {
    fn refused(&self, reason: &'static str) -> Refused {
        let Row(name, action, method, uri, status) = self;
        let http = Http { method: method.clone(), uri, status: *status };
        Refused { name, http: Some(http), action, reason }
    }
}

/// Each capability's sentence, and its operations.
const CAPABILITIES: &[(&str, &[Row])] = &[
    ("Function URLs are not enforced by this version of Portcullis, so they are refused.", FUNCTION_URLS),
    ("Event source mappings are not served by this version of Portcullis, so they are refused.", EVENT_SOURCES),
    (
        "Settings of asynchronous invocation are not enforced by this version of Portcullis, so they are refused; what they are is documented.",
        EVENT_INVOKE,
    ),
    ("Code signing is not enforced by this version of Portcullis, so it is refused.", CODE_SIGNING),
    ("Provisioned concurrency is not enforced by this version of Portcullis, so it is refused.", PROVISIONED),
    (
        "Layers are not shared between accounts by this version of Portcullis, so their permissions are refused.",
        LAYER_POLICIES,
    ),
    (
        "A function's policy is set a statement at a time by this version of Portcullis (AddPermission), so whole policies are refused.",
        RESOURCE_POLICIES,
    ),
    ("Nothing of this setting is enforced by this version of Portcullis, so it is refused.", MANAGEMENT),
    ("Capacity providers are not served by this version of Portcullis, so they are refused.", CAPACITY),
    ("Durable executions are not served by this version of Portcullis, so they are refused.", DURABLE),
    ("Invocations other than Invoke are not served by this version of Portcullis, so they are refused.", STREAMING),
];

#[rustfmt::skip]
const FUNCTION_URLS: &[Row] = &[
    Row("CreateFunctionUrlConfig", "lambda:CreateFunctionUrlConfig", Verb::POST, "/2021-10-31/functions/{FunctionName}/url", 201),
    Row("DeleteFunctionUrlConfig", "lambda:DeleteFunctionUrlConfig", Verb::DELETE, "/2021-10-31/functions/{FunctionName}/url", 204),
    Row("GetFunctionUrlConfig", "lambda:GetFunctionUrlConfig", Verb::GET, "/2021-10-31/functions/{FunctionName}/url", 200),
    Row("ListFunctionUrlConfigs", "lambda:ListFunctionUrlConfigs", Verb::GET, "/2021-10-31/functions/{FunctionName}/urls", 200),
    Row("UpdateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig", Verb::PUT, "/2021-10-31/functions/{FunctionName}/url", 200),
];

#[rustfmt::skip]
const EVENT_SOURCES: &[Row] = &[
    Row("CreateEventSourceMapping", "lambda:CreateEventSourceMapping", Verb::POST, "/2015-03-31/event-source-mappings", 202),
    Row("DeleteEventSourceMapping", "lambda:DeleteEventSourceMapping", Verb::DELETE, "/2015-03-31/event-source-mappings/{UUID}", 202),
    Row("GetEventSourceMapping", "lambda:GetEventSourceMapping", Verb::GET, "/2015-03-31/event-source-mappings/{UUID}", 200),
    Row("ListEventSourceMappings", "lambda:ListEventSourceMappings", Verb::GET, "/2015-03-31/event-source-mappings", 200),
    Row("UpdateEventSourceMapping", "lambda:UpdateEventSourceMapping", Verb::PUT, "/2015-03-31/event-source-mappings/{UUID}", 202),
];

#[rustfmt::skip]
const EVENT_INVOKE: &[Row] = &[
    Row("DeleteFunctionEventInvokeConfig", "lambda:DeleteFunctionEventInvokeConfig", Verb::DELETE, "/2019-09-25/functions/{FunctionName}/event-invoke-config", 204),
    Row("GetFunctionEventInvokeConfig", "lambda:GetFunctionEventInvokeConfig", Verb::GET, "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200),
    Row("ListFunctionEventInvokeConfigs", "lambda:ListFunctionEventInvokeConfigs", Verb::GET, "/2019-09-25/functions/{FunctionName}/event-invoke-config/list", 200),
    Row("PutFunctionEventInvokeConfig", "lambda:PutFunctionEventInvokeConfig", Verb::PUT, "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200),
    Row("UpdateFunctionEventInvokeConfig", "lambda:UpdateFunctionEventInvokeConfig", Verb::POST, "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200),
];

#[rustfmt::skip]
const CODE_SIGNING: &[Row] = &[
    Row("CreateCodeSigningConfig", "lambda:CreateCodeSigningConfig", Verb::POST, "/2020-04-22/code-signing-configs", 201),
    Row("DeleteCodeSigningConfig", "lambda:DeleteCodeSigningConfig", Verb::DELETE, "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 204),
    Row("DeleteFunctionCodeSigningConfig", "lambda:DeleteFunctionCodeSigningConfig", Verb::DELETE, "/2020-06-30/functions/{FunctionName}/code-signing-config", 204),
    Row("GetCodeSigningConfig", "lambda:GetCodeSigningConfig", Verb::GET, "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 200),
    Row("ListCodeSigningConfigs", "lambda:ListCodeSigningConfigs", Verb::GET, "/2020-04-22/code-signing-configs", 200),
    Row("ListFunctionsByCodeSigningConfig", "lambda:ListFunctionsByCodeSigningConfig", Verb::GET, "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions", 200),
    Row("PutFunctionCodeSigningConfig", "lambda:PutFunctionCodeSigningConfig", Verb::PUT, "/2020-06-30/functions/{FunctionName}/code-signing-config", 200),
    Row("UpdateCodeSigningConfig", "lambda:UpdateCodeSigningConfig", Verb::PUT, "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 200),
];

#[rustfmt::skip]
const PROVISIONED: &[Row] = &[
    Row("DeleteProvisionedConcurrencyConfig", "lambda:DeleteProvisionedConcurrencyConfig", Verb::DELETE, "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 204),
    Row("GetProvisionedConcurrencyConfig", "lambda:GetProvisionedConcurrencyConfig", Verb::GET, "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 200),
    Row("ListProvisionedConcurrencyConfigs", "lambda:ListProvisionedConcurrencyConfigs", Verb::GET, "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL", 200),
    Row("PutProvisionedConcurrencyConfig", "lambda:PutProvisionedConcurrencyConfig", Verb::PUT, "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 202),
];

#[rustfmt::skip]
const LAYER_POLICIES: &[Row] = &[
    Row("AddLayerVersionPermission", "lambda:AddLayerVersionPermission", Verb::POST, "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", 201),
    Row("GetLayerVersionPolicy", "lambda:GetLayerVersionPolicy", Verb::GET, "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", 200),
    Row("RemoveLayerVersionPermission", "lambda:RemoveLayerVersionPermission", Verb::DELETE, "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}", 204),
];

#[rustfmt::skip]
const MANAGEMENT: &[Row] = &[
    Row("GetFunctionScalingConfig", "lambda:GetFunctionScalingConfig", Verb::GET, "/2025-11-30/functions/{FunctionName}/function-scaling-config", 200),
    Row("PutFunctionRecursionConfig", "lambda:PutFunctionRecursionConfig", Verb::PUT, "/2024-08-31/functions/{FunctionName}/recursion-config", 200),
    Row("PutFunctionScalingConfig", "lambda:PutFunctionScalingConfig", Verb::PUT, "/2025-11-30/functions/{FunctionName}/function-scaling-config", 202),
    Row("PutRuntimeManagementConfig", "lambda:PutRuntimeManagementConfig", Verb::PUT, "/2021-07-20/functions/{FunctionName}/runtime-management-config", 200),
];

#[rustfmt::skip]
const CAPACITY: &[Row] = &[
    Row("CreateCapacityProvider", "lambda:CreateCapacityProvider", Verb::POST, "/2025-11-30/capacity-providers", 202),
    Row("DeleteCapacityProvider", "lambda:DeleteCapacityProvider", Verb::DELETE, "/2025-11-30/capacity-providers/{CapacityProviderName}", 202),
    Row("GetCapacityProvider", "lambda:GetCapacityProvider", Verb::GET, "/2025-11-30/capacity-providers/{CapacityProviderName}", 200),
    Row("ListCapacityProviders", "lambda:ListCapacityProviders", Verb::GET, "/2025-11-30/capacity-providers", 200),
    Row("ListFunctionVersionsByCapacityProvider", "lambda:ListFunctionVersionsByCapacityProvider", Verb::GET, "/2025-11-30/capacity-providers/{CapacityProviderName}/function-versions", 200),
    Row("UpdateCapacityProvider", "lambda:UpdateCapacityProvider", Verb::PUT, "/2025-11-30/capacity-providers/{CapacityProviderName}", 202),
];

#[rustfmt::skip]
const DURABLE: &[Row] = &[
    Row("DeleteDurableExecution", "lambda:DeleteDurableExecution", Verb::DELETE, "/2025-12-01/durable-executions/{DurableExecutionArn}", 202),
    Row("PauseDurableExecution", "lambda:PauseDurableExecution", Verb::POST, "/2025-12-01/durable-executions/{DurableExecutionArn}/pause", 202),
    Row("ResumeDurableExecution", "lambda:ResumeDurableExecution", Verb::POST, "/2025-12-01/durable-executions/{DurableExecutionArn}/resume", 202),
    Row("CheckpointDurableExecution", "lambda:CheckpointDurableExecution", Verb::POST, "/2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint", 200),
    Row("GetDurableExecution", "lambda:GetDurableExecution", Verb::GET, "/2025-12-01/durable-executions/{DurableExecutionArn}", 200),
    Row("GetDurableExecutionHistory", "lambda:GetDurableExecutionHistory", Verb::GET, "/2025-12-01/durable-executions/{DurableExecutionArn}/history", 200),
    Row("GetDurableExecutionState", "lambda:GetDurableExecutionState", Verb::GET, "/2025-12-01/durable-executions/{DurableExecutionArn}/state", 200),
    Row("ListDurableExecutionsByFunction", "lambda:ListDurableExecutionsByFunction", Verb::GET, "/2025-12-01/functions/{FunctionName}/durable-executions", 200),
    Row("SendDurableExecutionCallbackFailure", "lambda:SendDurableExecutionCallbackFailure", Verb::POST, "/2025-12-01/durable-execution-callbacks/{CallbackId}/fail", 200),
    Row("SendDurableExecutionCallbackHeartbeat", "lambda:SendDurableExecutionCallbackHeartbeat", Verb::POST, "/2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat", 200),
    Row("SendDurableExecutionCallbackSuccess", "lambda:SendDurableExecutionCallbackSuccess", Verb::POST, "/2025-12-01/durable-execution-callbacks/{CallbackId}/succeed", 200),
    Row("StopDurableExecution", "lambda:StopDurableExecution", Verb::POST, "/2025-12-01/durable-executions/{DurableExecutionArn}/stop", 200),
];

#[rustfmt::skip]
const STREAMING: &[Row] = &[
    Row("InvokeAsync", "lambda:InvokeFunction", Verb::POST, "/2014-11-13/functions/{FunctionName}/invoke-async", 202),
    Row("InvokeWithResponseStream", "lambda:InvokeFunction", Verb::POST, "/2021-11-15/functions/{FunctionName}/response-streaming-invocations", 200),
];

#[rustfmt::skip]
const RESOURCE_POLICIES: &[Row] = &[
    Row("DeleteResourcePolicy", "lambda:DeleteResourcePolicy", Verb::DELETE, "/2026-07-09/resource-policy/{ResourceArn}", 204),
    Row("GetResourcePolicy", "lambda:GetResourcePolicy", Verb::GET, "/2026-07-09/resource-policy/{ResourceArn}", 200),
    Row("PutResourcePolicy", "lambda:PutResourcePolicy", Verb::PUT, "/2026-07-09/resource-policy/{ResourceArn}", 200),
];
