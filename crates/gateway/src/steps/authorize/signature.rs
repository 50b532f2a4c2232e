//! Who signed: SigV4 or SigV4A in the header or the query, for `execute-api` in this region.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>
//!
//! A body is read only for a signature that is right as far as it can be judged without one.

use std::borrow::Cow;

use base::limits::PAYLOAD_BYTES_MAX;
use edge::BodyError;
use http::StatusCode;
use identity::Caller;
use sigv4::{Claim, Expectation, Payload, Received};

use crate::reason::{Authorize, Reason, cut};
use crate::refused::{FrontEnd, GatewayResponse, Refusal, Refused, ResponseType};
use crate::steps::route::Routed;
use crate::world::World;

/// Proves who signed; the body is at hand afterwards.
pub(super) async fn prove(routed: &mut Routed, world: &World) -> Result<Caller, Refused> {
    let region = world.snapshot.place.region.as_str();
    let regions = [region];
    let expectation = Expectation::invoke(&regions, routed.request().received);
    let refused = |refusal| refused(&refusal);
    let (claim, known, key, head) = {
        let headers = headers(routed);
        let received = received(routed, &headers);
        let claim = Claim::parse(&received).map_err(refused)?;
        claim.check(&received, &expectation).map_err(refused)?;
        let known = world.handles.identities.known(&claim, &world.snapshot, expectation.now).map_err(refused)?;
        let key = world.handles.identities.signing_key(&claim, &known);
        let head = claim.prove_head(&received, &key, &expectation).map_err(refused)?;
        (claim, known, key, head)
    };
    let bytes = whole_body(routed, world).await?;
    let payload = Payload::Bytes(&bytes);
    let verified = if let Some(head) = head {
        head.verify_body(payload)
    } else {
        let headers = headers(routed);
        claim.verify(&received(routed, &headers), payload, &key, &expectation)
    };
    Ok(world.handles.identities.caller(known, verified.map_err(refused)?, expectation.now))
}

fn headers(routed: &Routed) -> Vec<(&str, &[u8])> {
    routed.received().iter().collect()
}

fn received<'a>(routed: &'a Routed, headers: &'a [(&'a str, &'a [u8])]) -> Received<'a> {
    let request = routed.request();
    let target = request.target.as_ref();
    Received {
        method: request.verb.as_ref().map_or("", http::Method::as_str),
        path: target.map_or("", |target| target.raw().path()),
        query: target.and_then(crate::target::Target::query).unwrap_or_default(),
        headers,
    }
}

/// The whole body; it stays at hand for the integration, and its room is held until the request is done.
async fn whole_body(routed: &mut Routed, world: &World) -> Result<bytes::Bytes, Refused> {
    let inbound = routed.inbound_mut();
    let body = std::mem::replace(&mut inbound.body, edge::Body::empty());
    let (bytes, held) =
        body.collect_up_to(PAYLOAD_BYTES_MAX, &world.handles.room).await.map_err(|fault| unread(&fault))?;
    inbound.body = edge::Body::from(bytes.clone());
    inbound.held = held;
    Ok(bytes)
}

fn unread(fault: &BodyError) -> Refused {
    let (answer, why) = match fault {
        BodyError::TooLarge { .. } => (FrontEnd::TOO_LARGE, Authorize::BodyTooLarge { max: PAYLOAD_BYTES_MAX }),
        BodyError::NoRoom => (FrontEnd::UNAVAILABLE, Authorize::NoRoom),
        BodyError::TooSlow => (FrontEnd::BODY_TIMEOUT, Authorize::BodyBroke { why: cut(&fault.to_string()) }),
        BodyError::Broken(_) | BodyError::Source(_) => {
            (FrontEnd::of_edge(StatusCode::BAD_REQUEST), Authorize::BodyBroke { why: cut(&fault.to_string()) })
        }
    };
    Refused::front_end(answer, Reason::Authorize(why))
}

/// What AWS answers a signature that proves nobody.
pub(super) fn refused(refusal: &sigv4::Refusal) -> Refused {
    let kind = match refusal {
        sigv4::Refusal::MissingToken | sigv4::Refusal::Incomplete(_) => ResponseType::MissingAuthenticationToken,
        // AWS has no type of its own for keys that it does not know.
        sigv4::Refusal::Mismatch(_) | sigv4::Refusal::UnknownKey => ResponseType::InvalidSignature,
        sigv4::Refusal::ExpiredToken => ResponseType::ExpiredToken,
    };
    let response = GatewayResponse {
        kind,
        status: StatusCode::FORBIDDEN,
        error_type: refusal.json_code(),
        message: Some(Cow::Owned(refusal.message())),
    };
    let reason = Authorize::Unproven { code: refusal.json_code().into(), why: cut(&refusal.reason()) };
    Refused { reason: Reason::Authorize(reason), refusal: Refusal::Gateway(response) }
}
