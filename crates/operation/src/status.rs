//! The port to what a node knows of itself: what it closed and why, what protects each method, what it had to drop.

use base::{Scope, Timestamp};

/// A running node. `portcullis` implements it over the snapshot and the telemetry, and injects it.
pub trait NodeStatus: Send + Sync + std::fmt::Debug {
    /// When it began to serve.
    fn started(&self) -> Timestamp;
    /// The revision it serves.
    fn revision(&self) -> u64;
    /// What it keeps closed of this account and region, and why.
    fn findings(&self, scope: &Scope) -> Vec<Finding>;
    /// Every method it serves for this account and region, with what protects it.
    fn coverage(&self, scope: &Scope) -> Vec<CoverageLine>;
    /// Records it had to drop since its start.
    fn losses(&self) -> Losses;
    /// The operator's files that changed and cannot be used as they are now.
    fn stale_files(&self) -> Vec<StaleFile>;
    /// What keeps functions apart here. The first call finds out, which takes some ten milliseconds.
    fn isolation(&self) -> FunctionIsolation;
}

/// Something that is closed, why, and what opens it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it concerns, such as `stage a1b2c3/prod` or `GET /pets of stage a1b2c3/prod`.
    pub unit: String,
    /// Why.
    pub why: String,
    /// What to do.
    pub remedy: String,
}

/// One method that is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageLine {
    /// Its API.
    pub rest_api_id: String,
    /// Its stage.
    pub stage: String,
    /// Its verb, or `ANY`.
    pub method: String,
    /// Its resource's path, such as `/pets/{id}`.
    pub path: String,
    /// Whether anybody at all may call it.
    pub open: bool,
    /// Which controls are live, in the journey's order and AWS's words, such as `authorization NONE`.
    pub controls: Vec<String>,
}

/// Records that were dropped rather than hold up a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Losses {
    /// Lines of access and execution logs.
    pub log_lines: u64,
    /// Decision records.
    pub trails: u64,
    /// Asynchronous events that were given up.
    pub events: u64,
}

/// A file of the operator's that changed and cannot be used as it is now: what was read before goes on to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleFile {
    /// What it is and where, such as ``the address list `ddos` /etc/portcullis/ddos.txt``.
    pub what: String,
    /// Why it cannot be used.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
}

/// What keeps functions apart on a node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FunctionIsolation {
    /// The operator lets functions run without what is missing.
    pub waived: bool,
    /// Each wall.
    pub walls: Vec<Wall>,
}

/// One thing that keeps functions apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wall {
    /// Such as `network namespace`.
    pub name: String,
    /// Whether it stands.
    pub stands: bool,
    /// By what it stands, or why it does not.
    pub detail: String,
    /// What to do where it does not.
    pub remedy: String,
}
