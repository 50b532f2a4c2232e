//! The Runtime API of one instance, served on the listener inside its cell.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

mod desk;
mod peer;

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(crate) use desk::{Answer, Begun, Delivery, Desk};
use desk::{Answering, NotNow};

use crate::failure::{RESPONSE_BYTES_MAX, reported};

/// Connections that one instance may hold open.
const CONNECTIONS_MAX: usize = 32;
/// The headers of one request, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;

const NEXT: &str = "/2018-06-01/runtime/invocation/next";
const INVOCATION: &str = "/2018-06-01/runtime/invocation/";
const INIT_ERROR: &str = "/2018-06-01/runtime/init/error";

/// Serves until `stop`. Every connection ends with it. `owner`: whose connections alone are taken, where others of this
/// machine reach the listener too.
pub(crate) async fn serve(listener: TcpListener, owner: Option<u32>, desk: Arc<Desk>, stop: CancellationToken) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let seats = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        while connections.try_join_next().is_some() {}
        let (Ok((stream, from)), Ok(seat)) = (accepted, Arc::clone(&seats).try_acquire_owned()) else { continue };
        // SECURITY: nobody else may ask for this function's events or answer them.
        if owner.is_some_and(|owner| !stream.local_addr().is_ok_and(|to| peer::belongs_to(from, to, owner))) {
            tracing::warn!(%from, "another process connected to a function's Runtime API");
            continue;
        }
        let _ = stream.set_nodelay(true);
        let desk = Arc::clone(&desk);
        connections.spawn(async move {
            let service = service_fn(|request| answer(request, &desk));
            let mut server = hyper::server::conn::http1::Builder::new();
            // Runtime clients in the field read these names as AWS writes them.
            server.title_case_headers(true).max_buf_size(HEAD_BYTES_MAX);
            if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
                tracing::debug!(%error, "a function's connection to the Runtime API broke");
            }
            drop(seat);
        });
    }
}

async fn answer(request: Request<Incoming>, desk: &Desk) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    Ok(match (request.method(), path.as_str()) {
        (&Method::GET, NEXT) => match desk.next().await {
            Ok(delivery) => hand_over(&delivery),
            Err(NotNow) => invalid_transition(),
        },
        (&Method::POST, INIT_ERROR) => init_error(request, desk).await,
        (&Method::POST, path) => match path.strip_prefix(INVOCATION).and_then(|rest| rest.split_once('/')) {
            Some((id, "response")) => respond(request, desk, id, Kind::Response).await,
            Some((id, "error")) => respond(request, desk, id, Kind::Error).await,
            Some(_) | None => refuse(StatusCode::NOT_FOUND, "NotFound", "no such operation of the Runtime API"),
        },
        _ => refuse(StatusCode::NOT_FOUND, "NotFound", "no such operation of the Runtime API"),
    })
}

#[derive(Clone, Copy)]
enum Kind {
    Response,
    Error,
}

async fn respond(request: Request<Incoming>, desk: &Desk, id: &str, kind: Kind) -> Response<Full<Bytes>> {
    let answering = match desk.answering(id) {
        Answering::Yes(answer) => answer,
        Answering::Already => return invalid_transition(),
        Answering::Unknown => return refuse(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID"),
    };
    let error_type = error_type(&request);
    // A response that streams says at its end, in a trailer, whether it failed.
    let collected = Limited::new(request.into_body(), RESPONSE_BYTES_MAX).collect().await;
    match collected {
        Ok(body) => {
            let failed = body.trailers().and_then(|trailers| text(trailers.get("lambda-runtime-function-error-type")));
            let answer = match (kind, failed) {
                (Kind::Response, None) => Answer::Response(body.to_bytes()),
                (Kind::Response, Some(kind)) => Answer::Error(reported(Bytes::new(), Some(&kind))),
                (Kind::Error, _) => Answer::Error(reported(body.to_bytes(), error_type.as_deref())),
            };
            let _ = answering.send(answer);
            accepted()
        }
        Err(error) if error.is::<LengthLimitError>() => {
            let _ = answering.send(Answer::TooLarge);
            let message = format!("Exceeded maximum allowed payload size ({RESPONSE_BYTES_MAX} bytes).");
            refuse(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message)
        }
        Err(_) => {
            let _ = answering.send(Answer::Truncated);
            refuse(StatusCode::BAD_REQUEST, "TruncatedResponse", "the body broke off")
        }
    }
}

async fn init_error(request: Request<Incoming>, desk: &Desk) -> Response<Full<Bytes>> {
    let error_type = error_type(&request);
    let body = Limited::new(request.into_body(), RESPONSE_BYTES_MAX).collect().await;
    let payload = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    match desk.begin_failed(reported(payload, error_type.as_deref())) {
        Ok(()) => accepted(),
        Err(NotNow) => invalid_transition(),
    }
}

fn error_type(request: &Request<Incoming>) -> Option<String> {
    text(request.headers().get("lambda-runtime-function-error-type"))
}

fn text(value: Option<&HeaderValue>) -> Option<String> {
    value.and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn hand_over(delivery: &Delivery) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(delivery.payload.clone()));
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let deadline = delivery.deadline_ms.to_string();
    for (name, value) in [
        ("lambda-runtime-aws-request-id", Some(delivery.request_id.as_str())),
        ("lambda-runtime-deadline-ms", Some(deadline.as_str())),
        ("lambda-runtime-invoked-function-arn", Some(&*delivery.invoked_arn)),
        ("lambda-runtime-trace-id", delivery.trace_id.as_deref()),
        ("lambda-runtime-client-context", delivery.client_context.as_deref()),
    ] {
        // What a header cannot hold is not passed on: a caller's trace id is its own to spoil.
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

fn accepted() -> Response<Full<Bytes>> {
    plain(StatusCode::ACCEPTED, "{\"status\":\"OK\"}\n".into())
}

fn invalid_transition() -> Response<Full<Bytes>> {
    refuse(StatusCode::FORBIDDEN, "InvalidStateTransition", "State transition is not allowed")
}

fn refuse(status: StatusCode, kind: &str, message: &str) -> Response<Full<Bytes>> {
    plain(status, json!({ "errorMessage": message, "errorType": kind }).to_string().into())
}

fn plain(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
