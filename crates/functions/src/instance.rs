//! One instance of a version: a cell, the desk of the runtime inside, and what it prints.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use snapshot::{FunctionNetwork, FunctionRuntime, LocalFunction, Version};
use tokio::net::unix::pipe;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::cell::{self, End, Layout, Limits, Plan, Program};
use crate::clients::{self, interpreter::Interpreter};
use crate::code::Code;
use crate::environment::{environment, log_stream};
use crate::invocation::InvokeRefusal;
use crate::isolation::Mechanism;
use crate::isolation::cgroup::{Controller, Meter, PROCESSES_MAX};
use crate::isolation::freezer::Freezer;
use crate::isolation::probe::Walls;
use crate::runtime_api::{Desk, serve};
use crate::settings::Isolation;

/// Where the runtime listener is inside a network namespace of its own, as on AWS.
const PORT: u16 = 9001;
/// What Node reserves beyond its heap: stacks, code, buffers. It counts where memory is limited by process.
const RESERVED_BYTES: u64 = 512 * 1024 * 1024;
/// Processes and threads where they are limited by user, so that memory by process stays a limit.
const PROCESSES_BY_USER_MAX: u64 = 64;

/// An instance. Dropping it ends everything in its cell.
#[derive(Debug)]
pub(crate) struct Instance {
    /// What it runs.
    pub(crate) version: Arc<Version>,
    /// Its log stream.
    pub(crate) stream: String,
    /// The conversation with its runtime.
    pub(crate) desk: Arc<Desk>,
    /// What it prints.
    pub(crate) output: pipe::Receiver,
    /// Its end, once it has one.
    pub(crate) end: watch::Receiver<Option<End>>,
    /// When it was started, by the clock.
    pub(crate) started: Duration,
    /// Whether it has taken an invocation.
    pub(crate) is_warm: bool,
    /// What tells of its memory.
    pub(crate) meter: Option<Arc<Meter>>,
    freezer: Option<Freezer>,
    is_resting: bool,
    _code: Code,
    _stop: DropGuard,
}

impl Instance {
    /// Whether it can take an invocation, as far as is known.
    pub(crate) fn is_alive(&self) -> bool {
        self.end.borrow().is_none()
    }

    /// Stops it until [`Instance::wake`]: what it left running computes nothing meanwhile.
    pub(crate) fn rest(&mut self) {
        if let Some(freezer) = self.freezer.as_ref().filter(|_| !self.is_resting) {
            freezer.stop();
        }
        self.is_resting = true;
    }

    /// Resumes it.
    pub(crate) fn wake(&mut self) {
        if let Some(freezer) = self.freezer.as_ref().filter(|_| self.is_resting) {
            freezer.resume();
        }
        self.is_resting = false;
    }

    /// Whether it rests.
    pub(crate) fn is_resting(&self) -> bool {
        self.is_resting
    }
}

/// What instances are started with.
#[derive(Debug)]
pub(crate) struct Workshop {
    /// The executable that puts cells up.
    pub(crate) helper: PathBuf,
    /// The scratch folder.
    pub(crate) scratch: PathBuf,
    /// What is never shown.
    pub(crate) hidden: Vec<PathBuf>,
    /// Whether what cannot be hidden refuses.
    pub(crate) isolation: Isolation,
    /// The walls of this kernel.
    pub(crate) walls: Walls,
    /// The numbers that instances have.
    pub(crate) numbers: Arc<Numbers>,
}

impl Workshop {
    /// Starts an instance and waits until its cell stands, not until its runtime is loaded.
    pub(crate) async fn start(
        self: &Arc<Self>,
        version: &Arc<Version>,
        function: &LocalFunction,
        code: Code,
        interpreter: Option<&Interpreter>,
        clock: &dyn Clock,
    ) -> Result<Instance, InvokeRefusal> {
        let started_at = clock.elapsed();
        let number = self.numbers.take();
        let stream = log_stream(version, clock.now());
        let mut plan = self.plan(version, function, &code, interpreter, number.0, &stream)?;
        let (workshop, memory_mb, own_number) = (Arc::clone(self), version.memory_mb, number.0);
        // SECURITY: on a loopback that others reach too, only the instance's user may speak to its runtime's listener.
        let owner = (!plan.walls.contains(&Mechanism::NetworkNamespace))
            .then(|| plan.uid.unwrap_or_else(|| rustix::process::geteuid().as_raw()));
        let (stands, group) = tokio::task::spawn_blocking(move || {
            let group = workshop.walls.groups.make(own_number, memory_mb).map_err(|error| error.to_string())?;
            plan.cgroups = group.doors();
            plan.freezer = group.freezer().cloned();
            let stands = cell::start(&workshop.helper, &plan).map_err(|failure| failure.why)?;
            Ok((stands, group))
        })
        .await
        .map_err(|error| fault(error.to_string()))?
        .map_err(|why: String| fault(why))?;
        let output = pipe::Receiver::from_owned_fd(stands.output).map_err(|error| fault(error.to_string()))?;
        let stop = CancellationToken::new();
        let desk = Arc::new(Desk::new());
        tokio::spawn(serve(stands.listener, owner, Arc::clone(&desk), stop.clone()));
        let (meter, freezer) = (group.meter(), group.freezer().cloned());
        let end = cell::watch(stands.cell, group, number, stop.clone());
        Ok(Instance {
            version: Arc::clone(version),
            stream,
            desk,
            output,
            end,
            started: started_at,
            is_warm: false,
            meter,
            freezer,
            is_resting: false,
            _code: code,
            _stop: stop.drop_guard(),
        })
    }

    fn plan(
        &self,
        version: &Version,
        function: &LocalFunction,
        code: &Code,
        interpreter: Option<&Interpreter>,
        number: u32,
        stream: &str,
    ) -> Result<Plan, InvokeRefusal> {
        let mut walls = self.walls.standing.clone();
        let resolves = match function.network {
            FunctionNetwork::None => false,
            FunctionNetwork::Host => {
                walls.remove(&Mechanism::NetworkNamespace);
                true
            }
        };
        let layout = Layout {
            task: code.task.folder.clone(),
            layers: code.layers.as_ref().map(|layers| layers.folder.clone()),
            clients: self.clients(),
            interpreter: interpreter.map(Interpreter::parts).unwrap_or_default(),
            resolves,
            hidden: self.hidden.clone(),
        };
        let tmp = if walls.contains(&Mechanism::MountNamespace) { None } else { Some(self.tmp(number)?) };
        let (mut view, seen) = cell::view(&layout, self.root(), tmp);
        if self.walls.groups.state(Controller::Memory).is_err() {
            // It is memory that nothing else counts.
            view.tmp_bytes = view.tmp_bytes.min(u64::from(version.memory_mb) * 1024 * 1024);
        }
        if self.isolation == Isolation::Required
            && !walls.contains(&Mechanism::MountNamespace)
            && !view.hidden.is_empty()
        {
            // SECURITY: rules for files cannot take out again what lies below something shown.
            let why =
                "its code lies around the node's own data, which nothing on this kernel can hide from it".to_owned();
            return Err(InvokeRefusal::Broken { why });
        }
        let command =
            clients::command(function, interpreter, &layout, &seen).map_err(|why| InvokeRefusal::Broken { why })?;
        let own_network = walls.contains(&Mechanism::NetworkNamespace);
        // Whoever sees the machine's files as they lie there needs the node's user to read its code.
        let may_change_user = self.walls.is_root && walls.contains(&Mechanism::MountNamespace);
        Ok(Plan {
            uid: may_change_user.then(|| cell::UID_FIRST + self.numbers.first_user + number),
            cgroups: Vec::new(),
            freezer: None,
            limits: self.limits(version, function),
            port: if own_network { PORT } else { 0 },
            program: Some(Program {
                executable: command.executable,
                arguments: command.arguments,
                environment: environment(version, function, interpreter, &seen, stream),
                directory: seen.task,
            }),
            walls,
            view,
        })
    }

    /// Limits by process, where no control group gives them.
    fn limits(&self, version: &Version, function: &LocalFunction) -> Limits {
        let lacks = |controller| self.walls.groups.state(controller).is_err();
        let reserved = match function.runtime {
            FunctionRuntime::Node => RESERVED_BYTES,
            FunctionRuntime::Python | FunctionRuntime::Provided => 0,
        };
        let memory = u64::from(version.memory_mb) * 1024 * 1024 + reserved;
        let processes = if lacks(Controller::Memory) { PROCESSES_BY_USER_MAX } else { PROCESSES_MAX };
        Limits {
            // A user that is shared with others would count theirs.
            processes: (lacks(Controller::Processes) && self.walls.has_own_users()).then_some(processes),
            data_bytes: lacks(Controller::Memory).then_some(memory),
        }
    }

    /// Our own runtime clients.
    pub(crate) fn clients(&self) -> PathBuf {
        self.scratch.join("clients")
    }

    /// An empty folder.
    pub(crate) fn root(&self) -> PathBuf {
        self.scratch.join("root")
    }

    fn tmp(&self, number: u32) -> Result<PathBuf, InvokeRefusal> {
        let folder = self.scratch.join(format!("tmp-{number}"));
        let made = std::fs::remove_dir_all(&folder).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        });
        made.and_then(|()| std::fs::create_dir_all(&folder))
            .and_then(|()| open_to_all(&folder))
            .map_err(|error| fault(error.to_string()))?;
        Ok(folder)
    }
}

fn open_to_all(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o1777))
}

fn fault(why: String) -> InvokeRefusal {
    InvokeRefusal::Fault { why }
}

/// Small numbers, each with one instance at a time: they name groups, and users outside.
#[derive(Debug)]
pub(crate) struct Numbers {
    free: std::sync::Mutex<(Vec<u32>, u32)>,
    /// Tells the users of several nodes on one machine apart.
    first_user: u32,
}

impl Numbers {
    /// The numbers of this process, which all its engines share.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: std::sync::LazyLock<Arc<Numbers>> = std::sync::LazyLock::new(Numbers::new);
        Arc::clone(&SHARED)
    }

    fn new() -> Arc<Self> {
        // 4,096 users for each of 65,536 nodes, all above those that systems hand out.
        Arc::new(Self { free: std::sync::Mutex::default(), first_user: (std::process::id() & 0xffff) << 12 })
    }

    fn take(self: &Arc<Self>) -> Number {
        let mut free = self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let number = free.0.pop().unwrap_or_else(|| {
            free.1 += 1;
            free.1 - 1
        });
        Number(number, Arc::clone(self))
    }
}

#[derive(Debug)]
struct Number(u32, Arc<Numbers>);

impl Drop for Number {
    fn drop(&mut self) {
        self.1.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner).0.push(self.0);
    }
}
