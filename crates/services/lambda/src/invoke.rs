//! Invoke. <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
//!
//! `control` has asked the caller's own policies and the function's before.

use base::Scope;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::Method as Verb;
use operation::{Call, Failure, FunctionCall, FunctionMode, Invoked, NotInvoked, Operation, Spec};
use serde::de::IgnoredAny;

use crate::error::{Error, declared};
use crate::name::FunctionRef;

/// The operation.
pub(crate) struct Invoke;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "InvocationRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(header = "X-Amz-Invocation-Type")]
    invocation_type: Option<String>,
    #[shape(header = "X-Amz-Log-Type")]
    log_type: Option<String>,
    #[shape(header = "X-Amz-Client-Context")]
    client_context: Option<String>,
    #[shape(header = "X-Amz-Durable-Execution-Name")]
    durable_execution_name: Option<String>,
    #[shape(payload, secret)]
    payload: Option<Vec<u8>>,
    #[shape(query = "Qualifier")]
    qualifier: Option<String>,
    #[shape(header = "X-Amz-Tenant-Id")]
    tenant_id: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "InvocationResponse", upper)]
pub(crate) struct Output {
    #[shape(status_code)]
    status_code: Option<i32>,
    #[shape(header = "X-Amz-Function-Error")]
    function_error: Option<String>,
    #[shape(header = "X-Amz-Log-Result")]
    log_result: Option<String>,
    #[shape(payload, secret)]
    payload: Option<Vec<u8>>,
    #[shape(header = "X-Amz-Executed-Version")]
    executed_version: Option<String>,
    #[shape(header = "X-Amz-Durable-Execution-Arn")]
    durable_execution_arn: Option<String>,
}

/// The client context in base64, in characters.
const CLIENT_CONTEXT_CHARS_MAX: usize = 3583;

impl Operation for Invoke {
    const SPEC: Spec = Spec::read("Invoke", "lambda:InvokeFunction")
        .http(Verb::POST, "/2015-03-31/functions/{FunctionName}/invocations", 200)
        .errors(declared::INVOKE);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::resource(&input.function_name, input.qualifier.as_deref(), scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        crate::function::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = FunctionRef::parse(&input.function_name, input.qualifier.as_deref(), &call.scope)?;
        // Nothing is read of the store, and a view must not be held for as long as a function runs.
        call.tx.let_go();
        let mode = mode(input.invocation_type.as_deref())?;
        let tail = wants_tail(input.log_type.as_deref())?;
        if input.tenant_id.is_some() {
            return Err(Error::not_enforced("X-Amz-Tenant-Id").into());
        }
        if input.durable_execution_name.is_some() {
            return Err(Error::not_enforced("X-Amz-Durable-Execution-Name").into());
        }
        let asked = FunctionCall {
            scope: named.scope.clone(),
            function: named.name.clone(),
            qualifier: named.qualifier.clone(),
            mode,
            request_id: call.request_id,
            payload: payload(input.payload.as_deref())?,
            trace_id: None,
            client_context: input.client_context.as_deref().map(client_context).transpose()?,
        };
        let invoked = call.ports.data_plane.invoke(asked).await;
        let invoked = invoked.map_err(|refusal| refused(refusal, &named, mode))?;
        Ok(answer(invoked, mode, tail))
    }
}

fn mode(text: Option<&str>) -> Result<FunctionMode, Error> {
    match text {
        None | Some("RequestResponse") => Ok(FunctionMode::RequestResponse),
        Some("Event") => Ok(FunctionMode::Event),
        Some("DryRun") => Ok(FunctionMode::DryRun),
        Some(other) => {
            let constraint = "Member must satisfy enum value set: [Event, RequestResponse, DryRun]";
            Err(Error::form("invocationType", other, constraint))
        }
    }
}

fn wants_tail(text: Option<&str>) -> Result<bool, Error> {
    match text {
        None | Some("None") => Ok(false),
        Some("Tail") => Ok(true),
        Some(other) => Err(Error::form("logType", other, "Member must satisfy enum value set: [None, Tail]")),
    }
}

/// The event; none is an empty object.
fn payload(bytes: Option<&[u8]>) -> Result<Bytes, Error> {
    let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { return Ok(Bytes::from_static(b"{}")) };
    serde_json::from_slice::<IgnoredAny>(bytes)
        .map_err(|fault| Error::RequestContent(format!("Could not parse payload into json: {fault}")))?;
    Ok(Bytes::copy_from_slice(bytes))
}

fn client_context(text: &str) -> Result<String, Error> {
    let invalid = || Error::RequestContent("Client context must be a valid Base64-encoded JSON object.".to_owned());
    if text.len() > CLIENT_CONTEXT_CHARS_MAX {
        return Err(invalid());
    }
    let decoded = BASE64.decode(text).map_err(|_| invalid())?;
    let decoded = String::from_utf8(decoded).map_err(|_| invalid())?;
    let value: serde_json::Value = serde_json::from_str(&decoded).map_err(|_| invalid())?;
    // SECURITY: it travels in a header to the runtime, and must not begin another.
    if value.is_object() { Ok(value.to_string()) } else { Err(invalid()) }
}

fn answer(invoked: Invoked, mode: FunctionMode, tail: bool) -> Output {
    let status = match mode {
        FunctionMode::RequestResponse => 200,
        FunctionMode::Event => 202,
        FunctionMode::DryRun => 204,
    };
    Output {
        status_code: Some(status),
        function_error: invoked.error.map(str::to_owned),
        log_result: (tail && mode == FunctionMode::RequestResponse).then(|| BASE64.encode(&invoked.log_tail)),
        payload: (mode == FunctionMode::RequestResponse).then(|| invoked.payload.to_vec()),
        executed_version: invoked.version,
        durable_execution_arn: None,
    }
}

fn refused(refusal: NotInvoked, named: &FunctionRef, mode: FunctionMode) -> Error {
    match refusal {
        NotInvoked::Missing => named.missing(),
        NotInvoked::Throttled { why } => Error::TooManyRequests(format!("Rate Exceeded: {why}")),
        NotInvoked::TooLarge { bytes, max } => Error::RequestTooLarge {
            bytes,
            mode: match mode {
                FunctionMode::RequestResponse => "RequestResponse",
                FunctionMode::Event => "Event",
                FunctionMode::DryRun => "DryRun",
            },
            max,
        },
        NotInvoked::Broken { why } => Error::InvalidRuntime(format!("The function cannot run here: {why}")),
        NotInvoked::Fault { why } => {
            // The caller is told nothing of the node; its operator is.
            tracing::error!(function = %named.name, why, "a function could not be started");
            Error::Service
        }
    }
}

#[cfg(test)]
mod tests;
