//! What a node tells the engine once: where, how many, how strict, and where code comes from.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base::Scope;
use base::id::RequestId;
use bytes::Bytes;
use snapshot::Version;

use crate::isolation::Mechanism;

/// Whether a limit that this kernel cannot give refuses a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Isolation {
    /// It does.
    #[default]
    Required,
    /// It does not: the operator said `--unisolated-functions`. What the kernel has is still used.
    Waived,
}

/// How functions run on this node.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many invocations may run at once, of all functions (AWS: 1,000 an account).
    pub concurrency_max: u32,
    /// A folder of the node's own for unpacked code. It is made where it is missing.
    pub scratch: PathBuf,
    /// How much unpacked code is kept there, in bytes; the least recently used goes first.
    pub scratch_bytes_max: u64,
    /// Whether missing mechanisms refuse.
    pub isolation: Isolation,
    /// The executable that puts cells up and calls [`crate::helper_main`] first. This process's own where `None`.
    pub helper: Option<PathBuf>,
    /// How long an instance is kept warm without an invocation.
    pub idle_for: Duration,
    /// How many warm instances are kept at most, of all functions.
    pub idle_max: usize,
    /// Folders that no function may see, even below a system folder that it sees: the data directory.
    pub hidden: Vec<PathBuf>,
    /// Who is told what functions print.
    pub lines: Option<Arc<dyn LineSink>>,
    /// Mechanisms to do without, as on a kernel that lacks them: for drills and tests.
    pub lacking: Vec<Mechanism>,
}

impl Settings {
    /// AWS's numbers, full isolation, and `scratch` for unpacked code.
    pub fn new(scratch: PathBuf) -> Self {
        Self {
            concurrency_max: 1_000,
            scratch,
            scratch_bytes_max: 10 * 1024 * 1024 * 1024,
            isolation: Isolation::Required,
            helper: None,
            idle_for: Duration::from_mins(5),
            idle_max: 100,
            hidden: Vec::new(),
            lines: None,
            lacking: Vec::new(),
        }
    }
}

/// Where zip archives come from.
#[async_trait]
pub trait CodeSource: Send + Sync + std::fmt::Debug {
    /// The archive with this SHA-256, or a sentence for the operator.
    async fn fetch(&self, scope: &Scope, digest: &[u8; 32]) -> Result<Bytes, String>;
}

/// A line that a function or Lambda itself printed.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// What runs.
    pub version: &'a Arc<Version>,
    /// The log stream of the instance, as Lambda names it.
    pub stream: &'a str,
    /// The invocation; none while the instance starts.
    pub request_id: Option<&'a RequestId>,
    /// Its bytes without the line end, at most 16 KiB.
    pub text: &'a [u8],
}

/// Who keeps lines. It is called on the path of an invocation, so it must not wait.
pub trait LineSink: Send + Sync + std::fmt::Debug {
    /// Takes one line; at most 10,000 an invocation, the rest is counted in a last one.
    fn take(&self, line: Line<'_>);
}
