//! Whether the caller may call the method. The order depends on the method's authorization type, as in AWS: `NONE` asks the
//! resource policy alone, `AWS_IAM` proves the signature first and then asks all policies together.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html>

mod judge;
pub mod native_jwt;
mod open;
mod resource;
mod signature;

pub use open::Openness;

use identity::Caller;
use policy::DecisionRecord;
use snapshot::Authorization;

use crate::reason::{Authorize, Reason};
use crate::refused::{Passed, Verdict};
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
pub async fn decide(mut routed: Routed, world: &World) -> Verdict<Authorized> {
    let caller = match routed.method().authorization {
        Authorization::None => None,
        Authorization::Iam => Some(signature::prove(&mut routed, world).await?),
    };
    if let Some(caller) = &caller {
        routed.request().notes.caller(caller);
    }
    judge(routed, caller.as_ref(), world)
}

/// Asks the policies. Without a caller it is nobody in particular who asks; a method that wants a signature then refuses.
pub(crate) fn judge(routed: Routed, caller: Option<&Caller>, world: &World) -> Verdict<Authorized> {
    let reason = match (routed.method().authorization, &routed.stage().resource_policy) {
        (Authorization::None, None) => Authorize::OpenToAll,
        // SECURITY: on such a method nobody is known, whoever signed: policies see an anonymous caller.
        (Authorization::None, Some(_)) => judge::ask(&routed, None, world)?,
        (Authorization::Iam, _) => match caller {
            Some(caller) => judge::ask(&routed, Some(caller), world)?,
            None => return Err(signature::refused(&sigv4::Refusal::MissingToken)),
        },
    };
    Ok(Passed { value: Authorized { routed }, reason: Reason::Authorize(reason) })
}

/// What every statement that has a say makes of the call, for whoever asks what would happen; none where no policy is asked.
pub(crate) fn in_full(routed: &Routed, caller: Option<&Caller>, world: &World) -> Option<DecisionRecord> {
    let caller = match (routed.method().authorization, &routed.stage().resource_policy) {
        (Authorization::None, None) => return None,
        (Authorization::None, Some(_)) => None,
        (Authorization::Iam, _) => Some(caller?),
    };
    judge::in_full(routed, caller, world).ok()
}
