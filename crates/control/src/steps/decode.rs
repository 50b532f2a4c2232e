//! Decode: the bytes become the operation's own input.

use identity::Caller;
use operation::{Prepared, Principal, Refused, Registered, Service};
use serde_json::Value as Json;
use wire::Request;

use super::authenticate::Authenticated;
use crate::Received;
use crate::catalog::Target;
use crate::refusal::Refusal;

/// A call that is understood.
pub(crate) struct Decoded<'c> {
    pub(crate) received: &'c Received,
    pub(crate) service: &'c Service,
    pub(crate) principal: Principal,
    pub(crate) caller: Option<Caller>,
    pub(crate) what: What<'c>,
    // Only this step makes one.
    _made_here: (),
}

/// What the call asks for.
pub(crate) enum What<'c> {
    /// An operation with its input.
    Served(&'c Registered, Box<dyn Prepared>),
    /// One that is refused whatever its input; it is still authorized first.
    Refused(&'c Refused),
}

/// Reads the input; `parameters` gets its redacted form for the record.
pub(crate) fn read<'c>(call: Authenticated<'c>, parameters: &mut Option<Json>) -> Result<Decoded<'c>, Refusal> {
    let Authenticated { identified, principal, caller, .. } = call;
    let (received, service) = (identified.received, identified.service);
    let what = match identified.target {
        Target::Served(operation) => {
            let request = Request {
                headers: &received.headers,
                labels: &identified.labels,
                query: &received.query,
                body: &received.body,
            };
            let value = service.protocol.decode_request(&request, operation.input)?;
            *parameters = Some(wire::to_json(&wire::redact(&value, operation.input), operation.input));
            let prepared = (operation.prepare)(value).map_err(|invalid| Refusal::Invalid { invalid })?;
            What::Served(operation, prepared)
        }
        Target::Refused(refused) => What::Refused(refused),
    };
    Ok(Decoded { received, service, principal, caller, what, _made_here: () })
}
