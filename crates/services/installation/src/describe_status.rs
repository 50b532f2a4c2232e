//! DescribeStatus: how a node fares; what `portcullis doctor` asks.

use base::{Scope, Timestamp};
use operation::{Call, Failure, Operation, Spec};

/// The operation.
pub(crate) struct DescribeStatus;

/// Nothing.
#[derive(Debug, wire::Shape)]
#[shape(name = "DescribeStatusRequest")]
pub(crate) struct Input {}

/// How this node fares.
#[derive(Debug, wire::Shape)]
#[shape(name = "DescribeStatusResponse", upper)]
pub(crate) struct Output {
    /// Of the program.
    version: String,
    region: String,
    zone: String,
    /// What this node serves.
    served_revision: i64,
    /// What is configured.
    stored_revision: i64,
    start_time: Timestamp,
    uptime_seconds: i64,
    /// What logs and trails take of the store, of the whole installation.
    records_bytes: i64,
    /// Records this node dropped since its start, rather than hold up a request.
    dropped: Dropped,
    /// What is closed of the caller's account, and why.
    findings: Vec<Finding>,
    /// Files of the operator's that changed and cannot be used as they are now; told to the installation's first account.
    stale_files: Vec<StaleFile>,
    /// What keeps functions apart on this node.
    function_isolation: FunctionIsolation,
}

/// Records that were dropped.
#[derive(Debug, wire::Shape)]
#[shape(upper)]
pub(crate) struct Dropped {
    log_lines: i64,
    trails: i64,
    /// Asynchronous events that were given up.
    events: i64,
}

/// A file that cannot be used as it is now.
#[derive(Debug, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct StaleFile {
    what: String,
    why: String,
    since: Timestamp,
}

/// What keeps functions apart.
#[derive(Debug, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct FunctionIsolation {
    /// The node was started with `--unisolated-functions`.
    waived: bool,
    walls: Vec<Wall>,
}

/// One thing that keeps functions apart.
#[derive(Debug, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Wall {
    name: String,
    stands: bool,
    detail: String,
    remedy: String,
}

/// Something that is closed.
#[derive(Debug, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Finding {
    unit: String,
    why: String,
    remedy: String,
}

impl Operation for DescribeStatus {
    const SPEC: Spec = Spec::read("DescribeStatus", "portcullis:DescribeStatus");
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, scope: &Scope) -> String {
        crate::arn(scope, "node")
    }

    async fn run(_: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let (status, installation) = (&call.ports.status, &call.ports.installation);
        let losses = status.losses();
        let finding = |found: operation::Finding| Finding { unit: found.unit, why: found.why, remedy: found.remedy };
        let stale = |file: operation::StaleFile| StaleFile { what: file.what, why: file.why, since: file.since };
        // What stands in the operator's files, and where, is no business of other accounts.
        let files = if call.scope.account == installation.account { status.stale_files() } else { Vec::new() };
        Ok(Output {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            region: installation.region.to_string(),
            zone: installation.zone.clone(),
            served_revision: whole(status.revision()),
            stored_revision: whole(call.tx.revision().0),
            start_time: status.started(),
            uptime_seconds: call.now.as_second() - status.started().as_second(),
            records_bytes: whole(call.ports.events.bytes().await?),
            dropped: Dropped {
                log_lines: whole(losses.log_lines),
                trails: whole(losses.trails),
                events: whole(losses.events),
            },
            findings: status.findings(&call.scope).into_iter().map(finding).collect(),
            stale_files: files.into_iter().map(stale).collect(),
            function_isolation: isolation(status.isolation()),
        })
    }
}

fn isolation(found: operation::FunctionIsolation) -> FunctionIsolation {
    let wall = |wall: operation::Wall| {
        let operation::Wall { name, stands, detail, remedy } = wall;
        Wall { name, stands, detail, remedy }
    };
    FunctionIsolation { waived: found.waived, walls: found.walls.into_iter().map(wall).collect() }
}

/// AWS's integers are signed.
fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, ONE, TWO, World, at, line};

    #[tokio::test]
    async fn a_node_tells_how_it_fares() {
        let world = World::new().await;
        world.store(&[line(ONE, "access/a/prod", 1, "a line")]).await;
        let output = world.ask::<DescribeStatus>(ONE, &Input {}).await.expect("an answer");
        assert_eq!((output.served_revision, output.stored_revision), (41, 0));
        assert_eq!((output.start_time, output.uptime_seconds), (at(NOW - 60), 60));
        assert_eq!((output.dropped.log_lines, output.dropped.trails, output.dropped.events), (3, 4, 5));
        assert!(output.function_isolation.waived && !output.function_isolation.walls[0].stands);
        assert!(output.records_bytes > 0);
    }

    #[tokio::test]
    async fn findings_are_of_the_callers_account() {
        let world = World::new().await;
        for (account, expected) in [(ONE, 1), (TWO, 0)] {
            let output = world.ask::<DescribeStatus>(account, &Input {}).await.expect("an answer");
            assert_eq!(output.findings.len(), expected, "{account}");
        }
    }

    #[tokio::test]
    async fn files_of_the_operator_are_told_to_the_founding_account() {
        let world = World::new().await;
        for (account, expected) in [(ONE, 1), (TWO, 0)] {
            let output = world.ask::<DescribeStatus>(account, &Input {}).await.expect("an answer");
            assert_eq!(output.stale_files.len(), expected, "{account}");
        }
    }
}
