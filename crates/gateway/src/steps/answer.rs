//! Makes status, headers and body of whatever the journey came to: the only step that does.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html>

mod firewall;

use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};

use crate::body::Download;
use crate::reason::{self, Reason};
use crate::refused::{FrontEnd, GatewayResponse, Passed, Refusal, Refused, ResponseType};
use crate::request::{REQUEST_ID, Request};

/// What the caller is answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub fields: edge::Fields,
    /// The body.
    pub body: Body,
}

/// An answer's body.
#[derive(Debug)]
pub enum Body {
    /// At hand.
    Ready(Bytes),
    /// As the backend sends it.
    Stream(Box<Download>),
}

static EXTENDED_ID: HeaderName = HeaderName::from_static("x-amz-apigw-id");
static ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
static JSON: HeaderValue = HeaderValue::from_static("application/json");
static PLAIN: HeaderValue = HeaderValue::from_static("text/plain");

/// Composes the answer. Nothing refuses it any more.
pub fn compose(outcome: Result<Answer, Refused>, request: &Request) -> Passed<Answer> {
    let (mut answer, reason) = match outcome {
        Ok(answer) => {
            let reason = reason::Answer::Integration { status: answer.status.as_u16() };
            (answer, reason)
        }
        Err(Refused { refusal: Refusal::Gateway(response), .. }) => gateway(response),
        Err(Refused { refusal: Refusal::FrontEnd(response), .. }) => front_end(response),
        Err(Refused { refusal: Refusal::Firewall(answer), .. }) => firewall::compose(&answer),
    };
    for (name, id) in [(&REQUEST_ID, request.shown_id_bytes()), (&EXTENDED_ID, &request.extended_id[..])] {
        answer.fields.set(name, HeaderValue::from_bytes(id).expect("ids are visible ASCII"));
    }
    let is_bodiless = matches!(answer.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if request.verb.as_ref() == Some(&http::Method::HEAD) || is_bodiless && matches!(answer.body, Body::Ready(_)) {
        answer.body = Body::Ready(Bytes::new());
    }
    Passed { value: answer, reason: Reason::Answer(reason) }
}

fn gateway(response: GatewayResponse) -> (Answer, reason::Answer) {
    let GatewayResponse { kind, status, error_type, message } = response;
    // AWS writes this one member with a capital letter for refusals of access, and small for all others.
    let member = if kind == ResponseType::AccessDenied { "Message" } else { "message" };
    let answer = json(status, error_type, member, message.as_deref());
    let message = message.map(|message| Arc::from(message.as_ref()));
    (answer, reason::Answer::Gateway { kind, status: status.as_u16(), message })
}

fn front_end(response: FrontEnd) -> (Answer, reason::Answer) {
    let FrontEnd { status, error_type, message } = response;
    let answer = match error_type {
        Some(error_type) => json(status, error_type, "message", Some(message)),
        None => with_type(status, &PLAIN, Bytes::from_static(message.as_bytes())),
    };
    (answer, reason::Answer::FrontEnd { status: status.as_u16(), message: message.into() })
}

fn json(status: StatusCode, error_type: &'static str, member: &str, message: Option<&str>) -> Answer {
    let message = message.map_or(serde_json::Value::Null, serde_json::Value::from);
    let mut answer = with_type(status, &JSON, Bytes::from(format!("{{\"{member}\":{message}}}")));
    answer.fields.set(&ERROR_TYPE, HeaderValue::from_static(error_type));
    answer
}

fn with_type(status: StatusCode, media_type: &HeaderValue, body: Bytes) -> Answer {
    let mut fields = edge::Fields::with_capacity(4);
    fields.append(CONTENT_TYPE, media_type.clone());
    Answer { status, fields, body: Body::Ready(body) }
}
