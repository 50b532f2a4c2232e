//! Settings that are what they are here: they are answered, because tools ask for them, and cannot be changed.

mod code_signing;
mod recursion;
mod runtime;

use operation::Registered;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<code_signing::GetFunctionCodeSigningConfig>(),
        Registered::of::<recursion::GetFunctionRecursionConfig>(),
        Registered::of::<runtime::GetRuntimeManagementConfig>(),
    ]
}
