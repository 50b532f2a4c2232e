//! LookupEvents: management events of the last 90 days, newest first.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>

mod shapes;
mod query;
#[cfg(test)]
mod tests;

use base::{Scope, Timestamp};
use operation::{ApiError, Call, Failure, Operation, PageToken, Spec};
use store_resources::AuditEntry;
use store_resources::audit::AuditPosition;

use query::Query;
use shapes::{Event, Input, Output, Resource};

/// The operation.
pub(crate) struct LookupEvents;

const ACTION: &str = "cloudtrail:LookupEvents";

impl Operation for LookupEvents {
    const SPEC: Spec = Spec::read("LookupEvents", ACTION).errors(&[
        ("InvalidLookupAttributesException", 400),
        ("InvalidTimeRangeException", 400),
        ("InvalidMaxResultsException", 400),
        ("InvalidNextTokenException", 400),
        ("InvalidEventCategoryException", 400),
        ("UnsupportedOperationException", 400),
        ("OperationNotPermittedException", 400),
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        // AWS defines no resource type for it.
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let query = Query::read(input, call.now)?;
        let repeated = query.repeated();
        let token = PageToken { key: &call.ports.master_key, operation: ACTION, scope: &call.scope, query: &repeated };
        let after = input.next_token.as_deref().map(|text| position(&token, text)).transpose()?;
        let Some(filter) = query.filter(&call.scope, after) else {
            return Ok(Output { events: Vec::new(), next_token: None });
        };
        let page = call.ports.resources.read_audit(&filter).await?;
        let next_token = page.next.map(|next| token.seal(&(next.time, next.sequence)));
        Ok(Output { events: page.entries.into_iter().map(Event::from).collect(), next_token })
    }
}

fn position(token: &PageToken<'_>, text: &str) -> Result<AuditPosition, ApiError> {
    let (time, sequence) = token.open::<(Timestamp, i64)>(text).map_err(|_| ApiError {
        code: "InvalidNextTokenException",
        status: 400,
        message: "The NextToken is not valid, or it was returned by a request with different parameters.".to_owned(),
        members: None,
    })?;
    Ok(AuditPosition { time, sequence })
}

impl From<AuditEntry> for Event {
    fn from(entry: AuditEntry) -> Self {
        let resource = |(resource_type, resource_name)| Resource { resource_type, resource_name };
        Self {
            event_id: entry.event_id,
            event_name: entry.event_name,
            read_only: entry.read_only.to_string(),
            access_key_id: entry.access_key_id,
            event_time: query::whole_second(entry.time),
            event_source: entry.event_source,
            username: entry.username,
            resources: entry.resources.into_iter().map(resource).collect(),
            cloud_trail_event: entry.record,
        }
    }
}
