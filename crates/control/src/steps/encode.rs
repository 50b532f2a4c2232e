//! Encode: output or refusal in the service's own protocol.

use base::id::RequestId;
use bytes::Bytes;
use edge::FrontEndRefusal;
use http::{HeaderName, HeaderValue, Response};
use operation::{Failure, Registered, Service};
use wire::{ErrorAnswer, Protocol, Schema, Success, Value};

use super::publish::Published;
use crate::Received;
use crate::refusal::Refusal;

/// Names the revision a call made or read.
const REVISION: HeaderName = HeaderName::from_static("x-portcullis-revision");

/// Tells why a call was denied to those who may decode it with `sts:DecodeAuthorizationMessage`.
const WHY: HeaderName = HeaderName::from_static("x-portcullis-encoded-authorization-message");

/// A success.
pub(crate) fn output(
    received: &Received,
    service: &Service,
    operation: &Registered,
    published: &Published,
) -> Response<Bytes> {
    let request_id = received.request_id.to_string();
    let success = Success {
        operation: operation.spec.name,
        status: operation.spec.http.as_ref().map_or(200, |http| http.status),
        request_id: &request_id,
        xml_namespace: service.xml_namespace,
    };
    let mut answer = service.protocol.encode_response(&success, operation.output, &published.0.output);
    name_revision(&mut answer, published.0.revision.0);
    answer
}

/// A refusal; a call whose service is unknown gets the shape of REST-JSON.
pub(crate) fn refusal(
    received: &Received,
    service: Option<&Service>,
    refusal: &Refusal,
    revision: u64,
) -> Response<Bytes> {
    let protocol = service.map_or(Protocol::RestJson, |service| service.protocol);
    let words = refusal.words(protocol);
    let request_id = received.request_id.to_string();
    let mut answer = protocol.encode_error(&ErrorAnswer {
        code: &words.code,
        message: &words.message,
        status: words.status,
        request_id: &request_id,
        xml_namespace: service.and_then(|service| service.xml_namespace),
        members: members(refusal),
    });
    name_revision(&mut answer, revision);
    if let Refusal::AccessDenied { encoded: Some(encoded), .. } = refusal
        && let Ok(encoded) = HeaderValue::from_str(encoded)
    {
        answer.headers_mut().insert(WHY, encoded);
    }
    answer
}

/// What an operation's own error holds besides its message.
fn members(refusal: &Refusal) -> Option<(&'static Schema, Value)> {
    let Refusal::Failed(Failure::Api(error)) = refusal else { return None };
    error.members.as_ref().map(|members| (members.schema, members.value.clone()))
}

/// A request that the edge refused before it was a call; nothing is known of it, so it gets the shape of REST-JSON.
pub(crate) fn front_end(refusal: FrontEndRefusal) -> Response<Bytes> {
    let status = refusal.status();
    let code = if status.is_server_error() { "InternalFailure" } else { "BadRequestException" };
    Protocol::RestJson.encode_error(&ErrorAnswer {
        code,
        message: &refusal.to_string(),
        status: status.as_u16(),
        request_id: &RequestId::random().to_string(),
        xml_namespace: None,
        members: None,
    })
}

fn name_revision(answer: &mut Response<Bytes>, revision: u64) {
    answer.headers_mut().insert(REVISION, HeaderValue::from(revision));
}
