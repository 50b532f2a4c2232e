//! Whether the caller's usage plan and the stage have room for one more call. Keys and limits are refused at the call
//! that sets them, until they are enforced.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html>

use crate::reason::{Meter, Reason};
use crate::refused::{Passed, Verdict};
use crate::steps::authorize::Authorized;
use crate::steps::route::Routed;
use crate::world::World;

/// The call is paid for.
#[derive(Debug)]
pub struct Metered {
    authorized: Authorized,
}

impl Metered {
    pub(super) fn into_routed(self) -> Routed {
        self.authorized.into_routed()
    }
}

/// Spends one call.
#[expect(clippy::unused_async, reason = "cluster counters will be asked here; the journey's shape is fixed")]
pub async fn spend(authorized: Authorized, _world: &World) -> Verdict<Metered> {
    Ok(Passed { value: Metered { authorized }, reason: Reason::Meter(Meter::Unmetered) })
}
