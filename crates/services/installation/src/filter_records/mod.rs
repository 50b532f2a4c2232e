//! FilterRecords: lines of access and execution logs, and how to go on reading as new ones come.

mod query;
mod scan;
#[cfg(test)]
mod tests;

use base::{Scope, Timestamp};
use operation::{Call, Failure, Operation, PageToken, Spec};

use crate::refusal::{INVALID_TOKEN, VALIDATION, invalid_token};
use query::Query;
use scan::{Position, Scanned};

/// The operation.
pub(crate) struct FilterRecords;

const ACTION: &str = "portcullis:FilterRecords";

/// Which lines; every member is optional.
#[derive(Debug, Clone, Default, wire::Shape)]
#[shape(name = "FilterRecordsRequest", upper)]
pub(crate) struct Input {
    /// Such as `access/a1b2c3`, `execution/a1b2c3/prod` or `API-Gateway-Execution-Logs_a1b2c3/prod`, in whole
    /// segments; none for all logs.
    #[shape(default)]
    stream_prefixes: Vec<String>,
    /// Not before.
    start_time: Option<Timestamp>,
    /// Not after.
    end_time: Option<Timestamp>,
    /// Only lines that hold this text.
    filter_text: Option<String>,
    /// At most so many: 1,000 unless said otherwise, 10,000 at most.
    limit: Option<i32>,
    /// Goes on where an earlier answer ended.
    next_token: Option<String>,
}

/// The lines found.
#[derive(Debug, wire::Shape)]
#[shape(name = "FilterRecordsResponse", upper)]
pub(crate) struct Output {
    /// Oldest first.
    records: Vec<LogRecord>,
    /// Goes on behind these lines, now or when new ones have come.
    next_token: String,
    /// More may be there already.
    more: bool,
}

/// One line.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LogRecord {
    stream: String,
    time: Timestamp,
    request_id: Option<String>,
    line: String,
}

impl Operation for FilterRecords {
    const SPEC: Spec = Spec::read("FilterRecords", ACTION).errors(&[(VALIDATION, 400), (INVALID_TOKEN, 400)]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, scope: &Scope) -> String {
        crate::arn(scope, "records")
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let query = Query::read(input)?;
        let repeated = query.repeated();
        let token = PageToken { key: &call.ports.master_key, operation: ACTION, scope: &call.scope, query: &repeated };
        let position = match &input.next_token {
            Some(text) => token.open(text).map_err(|_| invalid_token())?,
            None => Position::default(),
        };
        let scanned = scan::scan(call.ports.events.as_ref(), &call.scope, &query, position).await?;
        let Scanned { mut records, position, more } = scanned;
        records.sort_by_key(|record| record.time);
        Ok(Output { records, next_token: token.seal(&position), more })
    }
}
