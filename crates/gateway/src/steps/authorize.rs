//! Whether the caller may call the method. The order depends on the method's authorization type, as in AWS: `NONE` asks the
//! resource policy alone, `AWS_IAM` proves the signature first and then asks all policies together, `CUSTOM` asks an
//! authorizer whose policy counts together with the API's.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html>

mod flow_custom;
mod judge;
pub mod native_jwt;
mod open;
mod resource;
mod signature;

pub use native_jwt::Bearer;
pub use open::Openness;

use base::Secret;
use identity::Caller;
use policy::DecisionRecord;
use snapshot::Authorization;

use crate::reason::{Authorize, Reason};
use crate::refused::{Passed, Refused, Verdict};
use crate::steps::route::Routed;
use crate::world::World;

/// The caller may call the method.
#[derive(Debug)]
pub struct Authorized {
    routed: Routed,
}

impl Authorized {
    /// The value of the API key that an authorizer chose for the caller (`usageIdentifierKey`).
    pub fn usage_identifier_key(&self) -> Option<&Secret<String>> {
        self.routed.request().notes.authorizer.get()?.said.usage_identifier_key()
    }

    pub(super) fn routed(&self) -> &Routed {
        &self.routed
    }

    pub(super) fn into_routed(self) -> Routed {
        self.routed
    }
}

/// Decides whether the caller may call. What has to wait is boxed: a future is moved as a whole, and an open method's must
/// be small.
pub async fn decide(mut routed: Routed, world: &World) -> Verdict<Authorized> {
    let authorization = routed.method().authorization.clone();
    let reason = match &authorization {
        Authorization::None => without_caller(&routed, world)?,
        Authorization::Iam => {
            let caller = Box::pin(signature::prove(&mut routed, world)).await?;
            routed.request().notes.caller(&caller);
            let reason = judge::ask(&routed, Some(&caller), world)?;
            routed.sign(caller);
            reason
        }
        Authorization::Custom(authorizer) => {
            let (decided, reason) = Box::pin(flow_custom::decide(routed, authorizer, world)).await?;
            routed = decided;
            reason
        }
    };
    Ok(Passed { value: Authorized { routed }, reason: Reason::Authorize(reason) })
}

/// Nobody in particular asks: the resource policy decides, where there is one.
fn without_caller(routed: &Routed, world: &World) -> Result<Authorize, Refused> {
    match &routed.stage().resource_policy {
        None => Ok(Authorize::OpenToAll),
        // SECURITY: on such a method nobody is known, whoever signed: policies see an anonymous caller.
        Some(_) => judge::ask(routed, None, world),
    }
}

/// What would be decided, were this caller to have signed: nobody is asked but policies. Without a caller it is nobody in
/// particular who asks; a method that wants a signature then refuses.
pub(crate) fn suppose(routed: &Routed, caller: Option<&Caller>, world: &World) -> Verdict<()> {
    let reason = match (&routed.method().authorization, caller) {
        (Authorization::None, _) => without_caller(routed, world)?,
        (Authorization::Iam, Some(caller)) => judge::ask(routed, Some(caller), world)?,
        (Authorization::Iam, None) => return Err(signature::refused(&sigv4::Refusal::MissingToken)),
        (Authorization::Custom(authorizer), _) => flow_custom::suppose(routed, authorizer, world)?,
    };
    Ok(Passed { value: (), reason: Reason::Authorize(reason) })
}

/// What every statement that has a say makes of the call, for whoever asks what would happen; none where no policy is asked.
pub(crate) fn in_full(routed: &Routed, caller: Option<&Caller>, world: &World) -> Option<DecisionRecord> {
    let caller = match (&routed.method().authorization, &routed.stage().resource_policy) {
        (Authorization::None | Authorization::Custom(_), None) => return None,
        (Authorization::None | Authorization::Custom(_), Some(_)) => None,
        (Authorization::Iam, _) => Some(caller?),
    };
    judge::in_full(routed, caller, world).ok()
}
