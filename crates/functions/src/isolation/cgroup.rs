//! Control groups: v2 where the node may use it, else v1, controller by controller; one group for each instance.
//!
//! Only plain files are read and written. The mount point is told, so that tests can bring their own.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::freezer::Freezer;

/// One vCPU for this much memory (AWS).
const MEMORY_MB_PER_CPU: u64 = 1_769;
/// Processes and threads of one function (AWS: 1,024).
pub(crate) const PROCESSES_MAX: u64 = 1_024;
/// How the folders of engines are named, before the process and a number.
const FOLDER: &str = "portcullis-functions-";
/// The period over which CPU time is counted, in microseconds.
const PERIOD_US: u64 = 100_000;

/// What a group limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Controller {
    /// What it holds.
    Memory,
    /// What it computes.
    Cpu,
    /// How many it is.
    Processes,
}

const CONTROLLERS: [Controller; 3] = [Controller::Memory, Controller::Cpu, Controller::Processes];

impl Controller {
    /// Its name in the kernel.
    fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::Processes => "pids",
        }
    }
}

/// Which interface gives a controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    /// One file tree for each controller.
    V1,
    /// One for all.
    V2,
}

/// Where the node may make groups, by controller.
#[derive(Debug, Default)]
pub(crate) struct Home {
    places: BTreeMap<Controller, (Generation, PathBuf)>,
    /// Why a controller is not among them.
    missing: BTreeMap<Controller, String>,
    /// Where v1 stops groups; v2 does it wherever it makes them.
    freezer: Option<PathBuf>,
}

impl Home {
    /// Looks for places and tries each with a group that is removed again.
    pub(crate) fn find() -> Self {
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        Self::find_in(&mounts, &own, &folder_name())
    }

    fn find_in(mounts: &str, own: &str, name: &str) -> Self {
        let mut home = Self::default();
        for controller in CONTROLLERS {
            let v2 = unified(mounts, own).ok_or_else(|| "no control groups are mounted".to_owned());
            let found = v2
                .and_then(|place| open_v2(&place, controller, name).map(|place| (Generation::V2, place)))
                .or_else(|v2| {
                    let place = legacy(mounts, own, controller.name()).ok_or(v2)?;
                    open_v1(&place, controller, name).map(|place| (Generation::V1, place))
                });
            match found {
                Ok(place) => drop(home.places.insert(controller, place)),
                Err(why) => drop(home.missing.insert(controller, why)),
            }
        }
        if !home.places.is_empty() {
            let place = legacy(mounts, own, "freezer").map(|own| own.join(name));
            home.freezer = place.filter(|place| make(place).is_ok());
        }
        home
    }

    /// How a controller is given, or why it is not.
    pub(crate) fn state(&self, controller: Controller) -> Result<Generation, String> {
        match self.places.get(&controller) {
            Some((generation, _)) => Ok(*generation),
            None => Err(self.missing.get(&controller).cloned().unwrap_or_default()),
        }
    }

    /// Makes the group of an instance with its limits.
    pub(crate) fn make(&self, number: u32, memory_mb: u32) -> io::Result<Group> {
        let mut group = Group { folders: Vec::new(), memory: None, freezer: None };
        for (&controller, (generation, place)) in &self.places {
            let folder = place.join(format!("i{number}"));
            // One that an earlier instance left behind has no processes, else it would not go.
            if !group.folders.contains(&folder) {
                let _ = fs::remove_dir(&folder);
            }
            fs::create_dir(&folder).or_else(|error| if folder.is_dir() { Ok(()) } else { Err(error) })?;
            if !group.folders.contains(&folder) {
                group.folders.push(folder.clone());
            }
            limit(&folder, controller, *generation, memory_mb)?;
            if controller == Controller::Memory {
                group.memory = Meter::open(&folder, *generation).ok().map(Arc::new);
            }
            if *generation == Generation::V2 {
                group.freezer = Freezer::of(&folder, Generation::V2);
            }
        }
        if let (None, Some(place)) = (&group.freezer, &self.freezer) {
            let folder = place.join(format!("i{number}"));
            let _ = fs::remove_dir(&folder);
            if fs::create_dir(&folder).is_ok() {
                group.freezer = Freezer::of(&folder, Generation::V1);
                group.folders.push(folder);
            }
        }
        Ok(group)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Those that still hold an instance stay; the next node takes them away.
        for place in self.places.values().map(|(_, place)| place).chain(&self.freezer) {
            let _ = fs::remove_dir(place);
        }
    }
}

/// The group of one instance. It is removed when dropped, which works once its processes are gone.
#[derive(Debug)]
pub(crate) struct Group {
    folders: Vec<PathBuf>,
    memory: Option<Arc<Meter>>,
    freezer: Option<Freezer>,
}

impl Group {
    /// The files that take a process in.
    pub(crate) fn doors(&self) -> Vec<PathBuf> {
        self.folders.iter().map(|folder| folder.join("cgroup.procs")).collect()
    }

    /// What stops it between invocations.
    pub(crate) fn freezer(&self) -> Option<&Freezer> {
        self.freezer.as_ref()
    }

    /// What tells of its memory.
    pub(crate) fn meter(&self) -> Option<Arc<Meter>> {
        self.memory.clone()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for folder in &self.folders {
            if let Err(error) = fs::remove_dir(folder) {
                tracing::debug!(folder = %folder.display(), %error, "a control group stays until the node ends");
            }
        }
    }
}

/// Reads what a group's memory came to, as long as the group is there.
#[derive(Debug)]
pub(crate) struct Meter {
    peak: File,
    events: File,
}

impl Meter {
    fn open(folder: &Path, generation: Generation) -> io::Result<Self> {
        let (peak, events) = match generation {
            Generation::V1 => ("memory.max_usage_in_bytes", "memory.oom_control"),
            Generation::V2 => ("memory.peak", "memory.events"),
        };
        Ok(Self { peak: File::open(folder.join(peak))?, events: File::open(folder.join(events))? })
    }

    /// The most it held, in MiB.
    pub(crate) fn peak_mb(&self) -> Option<u64> {
        let text = read(&self.peak)?;
        text.trim().parse::<u64>().ok().map(|bytes| bytes.div_ceil(1024 * 1024))
    }

    /// How often the kernel ended a process of it for want of memory.
    pub(crate) fn killed(&self) -> u64 {
        let text = read(&self.events).unwrap_or_default();
        text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok()).unwrap_or(0)
    }
}

fn read(file: &File) -> Option<String> {
    let mut buffer = [0; 512];
    let length = file.read_at(&mut buffer, 0).ok()?;
    Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

fn limit(folder: &Path, controller: Controller, generation: Generation, memory_mb: u32) -> io::Result<()> {
    let put = |file: &str, value: u64| fs::write(folder.join(file), value.to_string());
    let optional = |file: &str, value: u64| if folder.join(file).exists() { put(file, value) } else { Ok(()) };
    let bytes = u64::from(memory_mb) * 1024 * 1024;
    // At least one CPU: this node is not shared with strangers. The share under load follows the memory, as on AWS.
    let quota = u64::from(memory_mb).div_ceil(MEMORY_MB_PER_CPU).max(1) * PERIOD_US;
    let share = u64::from(memory_mb) * 1_024 / MEMORY_MB_PER_CPU;
    match (controller, generation) {
        (Controller::Memory, Generation::V1) => {
            put("memory.limit_in_bytes", bytes)?;
            optional("memory.memsw.limit_in_bytes", bytes)
        }
        (Controller::Memory, Generation::V2) => {
            put("memory.max", bytes)?;
            optional("memory.swap.max", 0)
        }
        (Controller::Cpu, Generation::V1) => {
            put("cpu.cfs_period_us", PERIOD_US)?;
            put("cpu.cfs_quota_us", quota)?;
            put("cpu.shares", share.max(2))
        }
        (Controller::Cpu, Generation::V2) => {
            fs::write(folder.join("cpu.max"), format!("{quota} {PERIOD_US}"))?;
            put("cpu.weight", (share * 100 / 1_024).clamp(1, 10_000))
        }
        (Controller::Processes, Generation::V1 | Generation::V2) => put("pids.max", PROCESSES_MAX),
    }
}

/// The node's own group in the unified tree.
fn unified(mounts: &str, own: &str) -> Option<PathBuf> {
    let point = mounts.lines().find_map(|line| mount_of(line, |kind, _| kind == "cgroup2"))?;
    let path = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    Some(point.join(path.trim_start_matches('/')))
}

/// The node's own group in the tree of one controller.
fn legacy(mounts: &str, own: &str, name: &str) -> Option<PathBuf> {
    let has = |list: &str| list.split(',').any(|entry| entry == name);
    let point = mounts.lines().find_map(|line| mount_of(line, |kind, options| kind == "cgroup" && has(options)))?;
    let path = own.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        parts.next().filter(|list| has(list)).and_then(|_| parts.next())
    })?;
    Some(point.join(path.trim_start_matches('/')))
}

/// The mount point of a line of `mountinfo` whose file system pleases.
fn mount_of(line: &str, pleases: impl Fn(&str, &str) -> bool) -> Option<PathBuf> {
    let (mount, system) = line.split_once(" - ")?;
    let mut system = system.split(' ');
    let (kind, options) = (system.next()?, system.nth(1)?);
    if pleases(kind, options) { mount.split(' ').nth(4).map(PathBuf::from) } else { None }
}

fn open_v1(own: &Path, controller: Controller, folder: &str) -> Result<PathBuf, String> {
    let named = |error: io::Error| format!("the v1 controller `{}` cannot be used: {error}", controller.name());
    let place = own.join(folder);
    make(&place).and_then(|()| attempt(&place, controller, Generation::V1)).map_err(named)?;
    Ok(place)
}

fn open_v2(own: &Path, controller: Controller, folder: &str) -> Result<PathBuf, String> {
    let name = controller.name();
    let offered = fs::read_to_string(own.join("cgroup.controllers")).unwrap_or_default();
    if !offered.split_whitespace().any(|entry| entry == name) {
        return Err(format!("the controller `{name}` is not delegated to the node's group"));
    }
    let named = |error: io::Error| format!("the controller `{name}` cannot be used: {error}");
    let place = own.join(folder);
    make(&place).and_then(|()| enable(own, name)).and_then(|()| enable(&place, name)).map_err(named)?;
    attempt(&place, controller, Generation::V2).map_err(named)?;
    Ok(place)
}

/// Passes a controller on to the groups below. A group with processes of its own may not, so the node moves to a leaf.
fn enable(group: &Path, name: &str) -> io::Result<()> {
    let control = group.join("cgroup.subtree_control");
    if fs::read_to_string(&control)?.split_whitespace().any(|entry| entry == name) {
        return Ok(());
    }
    let text = format!("+{name}");
    match fs::write(&control, &text) {
        Err(error) if error.raw_os_error() == Some(libc::EBUSY) => {
            let leaf = group.join("portcullis-node");
            make(&leaf)?;
            fs::write(leaf.join("cgroup.procs"), "0")?;
            fs::write(&control, &text)
        }
        other => other,
    }
}

/// A name for the groups of one engine: a process may have several.
fn folder_name() -> String {
    static ENGINES: AtomicU32 = AtomicU32::new(0);
    format!("{FOLDER}{}-{}", std::process::id(), ENGINES.fetch_add(1, Ordering::Relaxed))
}

/// Makes a folder for this process's groups, and takes away those of nodes that are gone.
fn make(place: &Path) -> io::Result<()> {
    let siblings = place.parent().and_then(|parent| fs::read_dir(parent).ok());
    for sibling in siblings.into_iter().flatten().flatten() {
        let name = sibling.file_name();
        let node = name.to_str().and_then(|name| name.strip_prefix(FOLDER)?.split('-').next());
        if node.is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_digit()) && !Path::new("/proc").join(id).exists())
        {
            for group in fs::read_dir(sibling.path()).into_iter().flatten().flatten() {
                let _ = fs::remove_dir(group.path());
            }
            let _ = fs::remove_dir(sibling.path());
        }
    }
    match fs::create_dir(place) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Sets the limits of a group that nobody enters.
fn attempt(place: &Path, controller: Controller, generation: Generation) -> io::Result<()> {
    let folder = place.join("attempt");
    make(&folder)?;
    let set = limit(&folder, controller, generation, 128);
    let _ = fs::remove_dir(&folder);
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "9:pids:/\n4:memory:/node\n3:cpu,cpuacct:/a\n0::/system.slice/node.service\n";

    #[test]
    fn the_nodes_own_groups_are_found_in_both_trees() {
        let mounts = "30 20 0:26 / /cg/memory rw,relatime - cgroup cgroup rw,memory\n\
                      31 20 0:27 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n\
                      32 20 0:28 / /cg/unified rw - cgroup2 cgroup2 rw\n";
        assert_eq!(legacy(mounts, OWN, "memory"), Some("/cg/memory/node".into()));
        assert_eq!(legacy(mounts, OWN, "cpu"), Some("/cg/cpu/a".into()));
        assert_eq!(legacy(mounts, OWN, "pids"), None);
        assert_eq!(unified(mounts, OWN), Some("/cg/unified/system.slice/node.service".into()));
        assert_eq!(unified("", OWN), None);
    }

    #[test]
    fn a_delegated_v2_group_gives_every_controller() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = folder.path().join("node.service");
        fs::create_dir(&own).expect("a group");
        for (name, text) in [("cgroup.controllers", "cpu memory pids"), ("cgroup.subtree_control", "cpu memory pids")] {
            fs::write(own.join(name), text).expect("a file");
            fs::create_dir_all(own.join("engine")).expect("a group");
            fs::write(own.join("engine").join(name), text).expect("a file");
        }
        let mounts = format!("32 20 0:28 / {} rw - cgroup2 cgroup2 rw", folder.path().display());
        let home = Home::find_in(&mounts, "0::/node.service", "engine");
        assert_eq!(CONTROLLERS.map(|controller| home.state(controller)), [const { Ok(Generation::V2) }; 3]);
        let group = home.make(7, 512).expect("a group");
        let door = &group.doors()[0];
        let read = |name: &str| fs::read_to_string(door.with_file_name(name)).expect("a limit");
        assert_eq!(group.doors().len(), 1);
        assert_eq!((read("memory.max"), read("pids.max")), ((512 * 1024 * 1024).to_string(), "1024".to_owned()));
        assert_eq!((read("cpu.max"), read("cpu.weight")), ("100000 100000".to_owned(), "28".to_owned()));
    }

    #[test]
    fn a_controller_that_is_not_delegated_is_missing_with_its_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let mounts = format!("32 20 0:28 / {} rw - cgroup2 cgroup2 rw", folder.path().display());
        for (mounts, why) in [("", "no control groups are mounted"), (mounts.as_str(), "is not delegated")] {
            let error = Home::find_in(mounts, "0::/", "engine").state(Controller::Memory).expect_err("it is missing");
            assert!(error.contains(why), "{error}");
        }
    }
}
