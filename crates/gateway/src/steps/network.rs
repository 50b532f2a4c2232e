//! Whether the network it came from may reach the API. Public APIs take all; private ones are refused at the call that
//! would make them, until endpoints exist.

use crate::reason::{Network, Reason};
use crate::refused::{Passed, Verdict};
use crate::steps::locate::Located;

/// The request came by a way that the API allows.
#[derive(Debug)]
pub struct Admitted {
    located: Located,
}

impl Admitted {
    pub(super) fn into_located(self) -> Located {
        self.located
    }
}

/// Admits the request.
pub fn admit(located: Located) -> Verdict<Admitted> {
    Ok(Passed { value: Admitted { located }, reason: Reason::Network(Network::Public) })
}
