//! Functions that live elsewhere: any URL that speaks Lambda's Invoke API.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use std::sync::Arc;
use std::time::Duration;

use base::{Clock, with_causes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use egress::{Egress, EgressError, Trust};
use futures_util::future::{Either, select};
use http::{HeaderMap, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use snapshot::Version;

use crate::failure::{Failed, RESPONSE_BYTES_MAX};
use crate::invocation::{Invocation, InvokeRefusal, Outcome};

/// What a name keeps in a path.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');
/// The end of a log, in bytes.
const LOG_BYTES_MAX: usize = 4 * 1024;

/// Invokes a version at a URL.
pub(crate) async fn invoke(
    egress: &Egress,
    url: &Uri,
    version: &Arc<Version>,
    invocation: &Invocation,
    clock: &dyn Clock,
) -> Result<Outcome, InvokeRefusal> {
    let begun = clock.elapsed();
    let request = request(url, version, invocation)?;
    let asking = std::pin::pin!(ask(egress, request));
    let answered = match select(asking, clock.sleep(version.timeout)).await {
        Either::Left((answered, _)) => answered?,
        Either::Right(_) => return Ok(timed_out(version, invocation)),
    };
    let took = clock.elapsed().saturating_sub(begun);
    read(version, answered, took)
}

fn request(url: &Uri, version: &Version, invocation: &Invocation) -> Result<Request<Full<Bytes>>, InvokeRefusal> {
    let base = url.to_string();
    let name = utf8_percent_encode(&version.function_name.name, NAME);
    let mut builder = Request::post(format!("{}/2015-03-31/functions/{name}/invocations", base.trim_end_matches('/')))
        .header(http::header::CONTENT_TYPE, "application/json")
        .header("x-amz-invocation-type", "RequestResponse")
        .header("x-amz-log-type", "Tail");
    if let Some(trace) = &invocation.trace_id {
        builder = builder.header("x-amzn-trace-id", trace);
    }
    if let Some(context) = &invocation.client_context {
        builder = builder.header("x-amz-client-context", STANDARD.encode(context));
    }
    builder
        .body(Full::new(invocation.payload.clone()))
        .map_err(|error| InvokeRefusal::Broken { why: format!("its URL cannot be called: {error}") })
}

struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    /// None: it was longer than it may be.
    body: Option<Bytes>,
}

async fn ask(egress: &Egress, request: Request<Full<Bytes>>) -> Result<Answered, InvokeRefusal> {
    let response = egress.send(request, Trust::Verified).await.map_err(|error| fault(&error))?;
    let (parts, body) = response.into_parts();
    let body = match Limited::new(body, RESPONSE_BYTES_MAX).collect().await {
        Ok(body) => Some(body.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => None,
        Err(error) => return Err(InvokeRefusal::Fault { why: format!("the remote end broke off: {error}") }),
    };
    Ok(Answered { status: parts.status, headers: parts.headers, body })
}

fn fault(error: &EgressError) -> InvokeRefusal {
    InvokeRefusal::Fault { why: format!("the remote end: {}", with_causes(error)) }
}

fn read(version: &Version, answered: Answered, took: Duration) -> Result<Outcome, InvokeRefusal> {
    let header = |name: &str| answered.headers.get(name).and_then(|value| value.to_str().ok());
    let status = answered.status;
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(InvokeRefusal::Throttled { limit: version.reserved_concurrency.unwrap_or(0) });
    }
    if status != StatusCode::OK {
        return Err(InvokeRefusal::Fault { why: format!("the remote end answered {status}") });
    }
    let log = header("x-amz-log-result").and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default();
    let log_tail = Bytes::copy_from_slice(log.get(log.len().saturating_sub(LOG_BYTES_MAX)..).unwrap_or_default());
    let (payload, failed) = match answered.body {
        // Whatever stands there is an error: an unknown word is not taken for success, and bytes that are no text are none.
        Some(payload) => (payload, answered.headers.contains_key("x-amz-function-error")),
        None => (Failed::TooLarge.payload(&base::id::RequestId::random()), true),
    };
    let version = header("x-amz-executed-version").map_or_else(|| Arc::clone(&version.number), Arc::from);
    Ok(Outcome { payload, failed, version, log_tail, took })
}

fn timed_out(version: &Version, invocation: &Invocation) -> Outcome {
    let failed = Failed::TimedOut(version.timeout);
    Outcome {
        payload: failed.payload(&invocation.request_id),
        failed: true,
        version: Arc::clone(&version.number),
        log_tail: Bytes::new(),
        took: version.timeout,
    }
}
