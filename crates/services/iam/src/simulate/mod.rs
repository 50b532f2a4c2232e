//! Policy simulation and the condition keys that policies ask for: by the engine that enforces.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html>

mod caller;
mod context;
mod context_keys;
mod custom;
mod exclude;
mod gather;
mod judge;
mod names;
mod principal;
mod scenario;
mod view;

use operation::Registered;

/// This folder's operations.
pub(crate) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<custom::SimulateCustomPolicy>(),
        Registered::of::<principal::SimulatePrincipalPolicy>(),
        Registered::of::<context_keys::GetContextKeysForCustomPolicy>(),
        Registered::of::<context_keys::GetContextKeysForPrincipalPolicy>(),
    ]
}

#[cfg(test)]
mod tests;
