//! What the stage's web ACL says. It sees the raw target, before routing: AWS's WAF acts on unknown paths too.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html>

use crate::reason::{Firewall, Reason};
use crate::refused::{Passed, Verdict};
use crate::steps::locate::Located;
use crate::steps::network::Admitted;
use crate::world::World;

/// The web ACL let the request pass.
#[derive(Debug)]
pub struct Screened {
    admitted: Admitted,
}

impl Screened {
    pub(super) fn located(&self) -> &Located {
        self.admitted.located()
    }

    pub(super) fn into_located(self) -> Located {
        self.admitted.into_located()
    }
}

/// Screens the request. No stage can have a web ACL yet: attaching one is refused.
#[expect(clippy::unused_async, reason = "a web ACL will wait for the body's first bytes; the journey's shape is fixed")]
pub async fn screen(admitted: Admitted, _world: &World) -> Verdict<Screened> {
    Ok(Passed { value: Screened { admitted }, reason: Reason::Firewall(Firewall::NoneAttached) })
}
