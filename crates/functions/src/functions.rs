//! The engine's face: invoke a version, ask about isolation, forget what is gone, drain.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use base::Clock;
use egress::Egress;
use snapshot::{FunctionBody, Version};

use crate::invocation::{Invocation, InvokeRefusal, Outcome};
use crate::isolation::probe::Walls;
use crate::isolation::{Report, probe};
use crate::settings::{CodeSource, Settings};

/// The engine. Clones share it.
#[derive(Debug, Clone)]
pub struct Functions(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    #[expect(dead_code, reason = "invocations use it")]
    code: Arc<dyn CodeSource>,
    #[expect(dead_code, reason = "invocations use it")]
    egress: Egress,
    #[expect(dead_code, reason = "invocations use it")]
    clock: Arc<dyn Clock>,
    walls: OnceLock<Walls>,
}

impl Functions {
    /// An engine without any instance. It starts nothing before it is asked.
    pub fn new(settings: Settings, code: Arc<dyn CodeSource>, egress: Egress, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { settings, code, egress, clock, walls: OnceLock::new() }))
    }

    /// Runs a version once and waits for what comes of it. Dropping the future leaves the function running to its end, as on
    /// AWS; its instance is free afterwards.
    #[expect(clippy::unused_async, reason = "it will wait for the function")]
    pub async fn invoke(&self, version: &Arc<Version>, _invocation: Invocation) -> Result<Outcome, InvokeRefusal> {
        Err(match &version.body {
            FunctionBody::Broken { why } => InvokeRefusal::Broken { why: why.to_string() },
            FunctionBody::Local(_) | FunctionBody::Remote { .. } => {
                InvokeRefusal::Broken { why: "this node does not run functions yet".to_owned() }
            }
        })
    }

    /// What this kernel can put around a function. The first call finds out, which blocks for some ten milliseconds.
    pub fn isolation(&self) -> &Report {
        &self.walls().report
    }

    /// Ends warm instances of versions that `keeps` does not know any more, by [`Version::revision`].
    pub fn forget(&self, _keeps: impl Fn(&Version) -> bool) {}

    /// Takes no more invocations, waits for those that run, and ends every instance.
    #[expect(clippy::unused_async, reason = "it will wait for instances")]
    pub async fn drain(&self) {}

    fn walls(&self) -> &Walls {
        self.0.walls.get_or_init(|| {
            let helper = self.0.settings.helper.clone().unwrap_or_else(|| PathBuf::from("/proc/self/exe"));
            probe(&helper, Path::new("/"), &self.0.settings.lacking)
        })
    }
}
