//! Authorize: every operation asks the policy engine with its action and ARN.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use base::Scope;
use operation::{Installation, Prepared, Principal, Registered, Service};
use policy::{Action, Keys, Layers, RequestContext};

use super::decode::{Decoded, What};
use crate::Received;
use crate::refusal::Refusal;

/// A call that may be done.
pub(crate) struct Authorized<'c> {
    pub(crate) received: &'c Received,
    pub(crate) service: &'c Service,
    pub(crate) principal: Principal,
    pub(crate) operation: &'c Registered,
    pub(crate) prepared: Box<dyn Prepared>,
    pub(crate) scope: Scope,
    // Only this step makes one.
    _made_here: (),
}

/// Decides; `resources` gets what the call touches, for its record.
pub(crate) fn decide<'c>(
    call: Decoded<'c>,
    installation: &Installation,
    resources: &mut Vec<(String, String)>,
) -> Result<Authorized<'c>, Refusal> {
    let Decoded { received, service, principal, what, .. } = call;
    let home = Scope { account: principal.account(), region: installation.region.clone() };
    let scope = if service.global { home.global() } else { home.clone() };
    match what {
        What::Served(operation, prepared) => {
            *resources = prepared.audited();
            if !operation.spec.always_allowed {
                ask(received, &principal, operation.spec.action, &prepared.resource(&home))?;
            }
            Ok(Authorized { received, service, principal, operation, prepared, scope, _made_here: () })
        }
        // Whoever may not call it learns that first; whoever may learns that nobody can yet.
        What::Refused(refused) => {
            ask(received, &principal, refused.action, "*")?;
            Err(Refusal::NotEnforced { reason: refused.reason })
        }
    }
}

fn ask(received: &Received, principal: &Principal, action: &'static str, resource: &str) -> Result<(), Refusal> {
    let caller = match principal {
        Principal::Root { account, .. } => policy::Principal::Root { account: *account },
        // SECURITY: jobs have no way in here; should one ever come, it is nobody.
        Principal::System { .. } => policy::Principal::Anonymous,
    };
    let action = Action::new(action);
    let keys = keys(received, &caller);
    let request = RequestContext::new(&caller, &action, resource, principal.account(), &keys);
    // No user, group, role or organization exists yet: root is judged with no policy attached.
    let decision = policy::evaluate(&request, &Layers::default());
    match decision.denial(&request) {
        None => Ok(()),
        Some(message) => Err(Refusal::AccessDenied { message }),
    }
}

fn keys(received: &Received, caller: &policy::Principal) -> Keys {
    let mut keys = Keys::new()
        .now(received.now)
        .address("aws:SourceIp", received.source)
        .boolean("aws:SecureTransport", received.secure);
    if let Some(agent) = received.header("user-agent") {
        keys = keys.text("aws:UserAgent", agent);
    }
    caller.add_keys(keys)
}
