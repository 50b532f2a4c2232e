//! The engine's face: invoke a version, ask about isolation, forget what is gone, drain.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base::Clock;
use egress::Egress;
use futures_util::future::{Either, select};
use snapshot::{FunctionBody, FunctionRuntime, LocalFunction, Version};
use tokio::sync::{OnceCell, oneshot};
use tokio_util::sync::CancellationToken;

use crate::clients::{self, interpreter::Interpreter};
use crate::code::Shelf;
use crate::failure::{EVENT_BYTES_MAX, Failed};
use crate::instance::{Instance, Numbers, Workshop};
use crate::invocation::{Invocation, InvokeRefusal, Outcome};
use crate::isolation::probe::Walls;
use crate::isolation::{Report, probe};
use crate::pool::{Place, Pool, Warm};
use crate::remote;
use crate::settings::{CodeSource, Isolation, Settings};
use crate::turn::{Turn, turn};

/// The engine. Clones share it; while nothing is invoked it costs nothing.
#[derive(Debug, Clone)]
pub struct Functions(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    egress: Egress,
    clock: Arc<dyn Clock>,
    shelf: Shelf,
    pool: Arc<Pool<Instance>>,
    workshop: OnceLock<Result<Arc<Workshop>, String>>,
    python: OnceCell<Option<Interpreter>>,
    node: OnceCell<Option<Interpreter>>,
    /// Ends whatever runs.
    cut: CancellationToken,
}

impl Warm for Instance {
    fn is_alive(&self) -> bool {
        Self::is_alive(self)
    }

    fn version(&self) -> &Arc<Version> {
        &self.version
    }

    fn rest(&mut self) {
        Self::rest(self);
    }

    fn wake(&mut self) {
        Self::wake(self);
    }

    fn is_resting(&self) -> bool {
        Self::is_resting(self)
    }
}

impl Functions {
    /// An engine without any instance. It starts nothing before it is asked.
    pub fn new(settings: Settings, code: Arc<dyn CodeSource>, egress: Egress, clock: Arc<dyn Clock>) -> Self {
        let shelf = Shelf::new(code, settings.scratch.join("code"), settings.scratch_bytes_max);
        let pool = Pool::new(settings.concurrency_max, settings.idle_max);
        Self(Arc::new(Inner {
            settings,
            egress,
            clock,
            shelf,
            pool,
            workshop: OnceLock::new(),
            python: OnceCell::new(),
            node: OnceCell::new(),
            cut: CancellationToken::new(),
        }))
    }

    /// Runs a version once and waits for what comes of it, inside a tokio runtime.
    ///
    /// Dropping the future, or the end of the caller's patience, leaves the function running to its end, as on AWS; its
    /// instance and its place are free then. How a function failed is an [`Outcome`]; that it did not run is a refusal.
    pub async fn invoke(&self, version: &Arc<Version>, invocation: Invocation) -> Result<Outcome, InvokeRefusal> {
        if invocation.payload.len() > EVENT_BYTES_MAX {
            return Err(InvokeRefusal::TooLarge { bytes: invocation.payload.len(), max: EVENT_BYTES_MAX });
        }
        if let FunctionBody::Broken { why } = &version.body {
            return Err(InvokeRefusal::Broken { why: why.to_string() });
        }
        let place = self.0.pool.enter(version)?;
        let (request_id, patience) = (invocation.request_id, invocation.patience);
        let (sender, receiver) = oneshot::channel();
        let (inner, ours) = (Arc::clone(&self.0), Arc::clone(version));
        tokio::spawn(async move {
            let outcome = tokio::select! {
                outcome = inner.run(&ours, &invocation, place) => outcome,
                () = inner.cut.cancelled() => Err(stopping()),
            };
            // Nobody may be left to hear it.
            let _ = sender.send(outcome);
        });
        let receiver = async { receiver.await.unwrap_or_else(|_| Err(stopping())) };
        let Some(patience) = patience else { return receiver.await };
        match select(std::pin::pin!(receiver), self.0.clock.sleep(patience)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => Ok(Outcome {
                payload: Failed::TimedOut(patience).payload(&request_id),
                failed: true,
                version: Arc::clone(&version.number),
                log_tail: bytes::Bytes::new(),
                took: patience,
            }),
        }
    }

    /// What this kernel can put around a function. The first call finds out, which blocks for some ten milliseconds.
    /// An error says why nothing can run here at all: the scratch folder cannot be written.
    pub fn isolation(&self) -> Result<&Report, &str> {
        self.0.workshop().map(|workshop| &workshop.walls.report)
    }

    /// Whether missing walls refuse functions on this node.
    pub fn requirement(&self) -> Isolation {
        self.0.settings.isolation
    }

    /// Ends warm instances of versions that `keeps` does not know any more. [`Version::revision`] tells them apart.
    pub fn forget(&self, keeps: impl Fn(&Version) -> bool) {
        self.0.pool.retain(keeps);
    }

    /// How many invocations run, and how many instances wait warm.
    pub fn count(&self) -> (u32, usize) {
        self.0.pool.count()
    }

    /// Takes no more invocations, waits for those that run for at most `patience`, and ends every instance.
    pub async fn drain(&self, patience: Duration) {
        let quiet = std::pin::pin!(self.0.pool.drain());
        if let Either::Right(((), quiet)) = select(quiet, self.0.clock.sleep(patience)).await {
            tracing::warn!(
                running = self.count().0,
                "functions ran for longer than the node goes on; they are cut off"
            );
            self.0.cut.cancel();
            quiet.await;
        }
    }
}

impl Inner {
    async fn run(
        self: &Arc<Self>,
        version: &Arc<Version>,
        invocation: &Invocation,
        place: Place<Instance>,
    ) -> Result<Outcome, InvokeRefusal> {
        let outcome = match &version.body {
            FunctionBody::Broken { why } => Err(InvokeRefusal::Broken { why: why.to_string() }),
            FunctionBody::Remote { url } => remote::invoke(&self.egress, url, version, invocation, &*self.clock).await,
            FunctionBody::Local(function) => self.run_here(version, function, invocation).await,
        };
        drop(place);
        outcome
    }

    async fn run_here(
        self: &Arc<Self>,
        version: &Arc<Version>,
        function: &LocalFunction,
        invocation: &Invocation,
    ) -> Result<Outcome, InvokeRefusal> {
        loop {
            let instance = match self.pool.take(version) {
                Some(warm) => warm,
                None => self.start(version, function).await?,
            };
            let was_warm = instance.is_warm;
            match turn(instance, invocation, self.settings.lines.as_deref(), &*self.clock).await {
                Turn::Ran(outcome, rest) => {
                    if let Some(instance) = rest {
                        self.keep(*instance);
                    }
                    return Ok(outcome);
                }
                // A new instance always takes its invocation or says why not, so this ends with the warm ones.
                Turn::Unseen if was_warm => {}
                Turn::Unseen => return Err(fault("the instance went away")),
            }
        }
    }

    async fn start(
        self: &Arc<Self>,
        version: &Arc<Version>,
        function: &LocalFunction,
    ) -> Result<Instance, InvokeRefusal> {
        let this = Arc::clone(self);
        let workshop = tokio::task::spawn_blocking(move || this.workshop().map(Arc::clone).map_err(str::to_owned))
            .await
            .map_err(|error| fault(error.to_string()))?
            .map_err(fault)?;
        match self.settings.isolation {
            Isolation::Required => {
                if let Some(why) = workshop.walls.report.refusal(function.network) {
                    return Err(InvokeRefusal::Broken { why });
                }
            }
            Isolation::Waived => {}
        }
        let interpreter = self.interpreter(function.runtime).await?;
        let code = self.shelf.code(function).await?;
        workshop.start(version, function, code, interpreter, &*self.clock).await
    }

    /// What the first local function needs: walls, a scratch folder, our clients. It blocks.
    fn workshop(&self) -> Result<&Arc<Workshop>, &str> {
        let made = self.workshop.get_or_init(|| {
            let scratch = self.settings.scratch.clone();
            let helper = self.settings.helper.clone().unwrap_or_else(|| PathBuf::from("/proc/self/exe"));
            let root = scratch.join("root");
            let prepared = std::fs::create_dir_all(&root)
                .and_then(|()| self.shelf.clear())
                .and_then(|()| clients::write(&scratch.join("clients")));
            prepared.map_err(|error| format!("the scratch folder `{}` cannot be used: {error}", scratch.display()))?;
            let walls: Walls = probe(&helper, &root, &self.settings.lacking);
            let hidden = self.settings.hidden.clone();
            Ok(Arc::new(Workshop {
                helper,
                scratch,
                hidden,
                isolation: self.settings.isolation,
                walls,
                numbers: Numbers::shared(),
            }))
        });
        made.as_ref().map_err(String::as_str)
    }

    async fn interpreter(&self, runtime: FunctionRuntime) -> Result<Option<&Interpreter>, InvokeRefusal> {
        let known = match runtime {
            FunctionRuntime::Provided => return Ok(None),
            FunctionRuntime::Python => &self.python,
            FunctionRuntime::Node => &self.node,
        };
        let found = known.get_or_try_init(|| async {
            Interpreter::find(runtime).await.map_err(|why| InvokeRefusal::Broken { why })
        });
        found.await.map(Option::as_ref)
    }

    /// Keeps an instance warm, and sees to it that it does not stay for ever.
    fn keep(self: &Arc<Self>, instance: Instance) {
        if self.pool.keep(self.clock.elapsed(), instance) {
            let (pool, clock, idle_for) = (Arc::downgrade(&self.pool), Arc::clone(&self.clock), self.settings.idle_for);
            tokio::spawn(async move {
                loop {
                    let Some(swept) = pool.upgrade() else { return };
                    let Some(wait) = swept.sweep(clock.elapsed(), idle_for) else { return };
                    let nudge = swept.nudge();
                    // An engine that is dropped meanwhile ends its instances at once.
                    drop(swept);
                    tokio::select! {
                        () = clock.sleep(wait) => {}
                        () = nudge.notified() => {}
                    }
                }
            });
        }
    }
}

fn stopping() -> InvokeRefusal {
    fault("the node is being stopped")
}

fn fault(why: impl Into<String>) -> InvokeRefusal {
    InvokeRefusal::Fault { why: why.into() }
}
