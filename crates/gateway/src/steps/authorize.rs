//! Whether the caller may call the method. Every type but `NONE` is refused at the call that sets it, until it is enforced.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html>

use snapshot::Authorization;

use crate::reason::{Authorize, Reason};
use crate::refused::{Passed, Refused, ResponseType, Verdict};
use crate::steps::route::Routed;
use crate::world::World;

/// The caller may call the method.
#[derive(Debug)]
pub struct Authorized {
    routed: Routed,
}

impl Authorized {
    pub(super) fn into_routed(self) -> Routed {
        self.routed
    }
}

/// Decides whether the caller may call.
#[expect(clippy::unused_async, reason = "authorizers will be called here; the journey's shape is fixed")]
pub async fn decide(routed: Routed, _world: &World) -> Verdict<Authorized> {
    let reason = Reason::Authorize(Authorize::OpenToAll);
    match (routed.method().authorization, &routed.stage().resource_policy) {
        (Authorization::None, None) => Ok(Passed { value: Authorized { routed }, reason }),
        // Nothing can set these yet; what is not judged is closed.
        (Authorization::None, Some(_)) | (Authorization::Iam, _) => {
            Err(Refused::gateway(ResponseType::Default5xx, reason))
        }
    }
}
