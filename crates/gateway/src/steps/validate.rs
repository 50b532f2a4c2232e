//! Whether the request is what the method asks for. Validators are refused at the call that sets them, until they are
//! enforced.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html>

use crate::reason::{Reason, Validate};
use crate::refused::{Passed, Verdict};
use crate::steps::meter::Metered;
use crate::steps::route::Routed;

/// The request is what the method asks for.
#[derive(Debug)]
pub struct Valid {
    metered: Metered,
}

impl Valid {
    pub(super) fn into_routed(self) -> Routed {
        self.metered.into_routed()
    }
}

/// Checks the request.
pub fn check(metered: Metered) -> Verdict<Valid> {
    Ok(Passed { value: Valid { metered }, reason: Reason::Validate(Validate::NoValidator) })
}
