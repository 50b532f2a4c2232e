//! Run: the operation on its transaction; a conflicting commit starts it anew, a write commits with its record.

use operation::{Call, Failure, Kind, Ports, Principal, Transaction};
use store_resources::{AuditEntry, CommitError, Revision};
use wire::Value;

use super::authorize::Authorized;
use crate::refusal::Refusal;

/// A call that was done.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) output: Value,
    /// The revision it made or read.
    pub(crate) revision: Revision,
    /// Whether it committed with its record.
    pub(crate) committed: bool,
}

/// How often a transaction is run anew before the caller is told to come back.
const ATTEMPTS_MAX: usize = 64;

/// Does the work. `record` makes the audit entry of a success from the output and whom the operation found its caller
/// to be; `proven` gets the latter, however the call ends.
pub(crate) async fn perform(
    call: &Authorized<'_>,
    ports: &Ports,
    proven: &mut Option<Principal>,
    record: impl Fn(&Value, Option<&Principal>) -> AuditEntry + Send,
) -> Result<Done, Refusal> {
    let kind = call.operation.spec.kind;
    for _ in 0..ATTEMPTS_MAX {
        let tx = Transaction::begin(ports.resources.as_ref(), kind).await.map_err(Refusal::Failed)?;
        let revision = tx.revision();
        let mut running = Call {
            principal: &call.principal,
            scope: call.scope.clone(),
            request_id: call.received.request_id,
            now: call.received.now,
            tx,
            ports,
            keys: call.keys.clone(),
            proven: None,
        };
        let output = call.prepared.run(&mut running).await;
        let tx = running.tx;
        *proven = running.proven;
        let output = output.map_err(Refusal::Failed)?;
        if tx.is_empty() {
            return Ok(Done { output, revision, committed: false });
        }
        if kind == Kind::Read {
            let what = format!("`{}` only reads, but wrote", call.operation.spec.name);
            return Err(Refusal::Failed(Failure::Broken { what }));
        }
        let mut batch = tx.into_batch();
        batch.audit.push(record(&output, proven.as_ref()));
        match ports.resources.commit(batch).await {
            Ok(revision) => return Ok(Done { output, revision, committed: true }),
            Err(CommitError::Conflict) => {}
            Err(CommitError::Fenced) => return Err(Refusal::Busy),
            Err(CommitError::Fault(fault)) => return Err(Refusal::Failed(fault.into())),
        }
    }
    Err(Refusal::Busy)
}
