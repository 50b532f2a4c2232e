//! ExplainRequest: the decision record of a past request, in words and as data.

use base::Scope;
use base::id::RequestId;
use operation::{ApiError, Call, Explanation, Failure, Operation, Spec};
use store_records::FindQuery;
use telemetry::stream;
use wire::Json;

use crate::refusal::{NOT_FOUND, VALIDATION, invalid, not_found};

/// The operation.
pub(crate) struct ExplainRequest;

/// Which request.
#[derive(Debug, wire::Shape)]
#[shape(name = "ExplainRequestRequest", upper)]
pub(crate) struct Input {
    /// Our id of it: `x-amzn-RequestId` of its answer, or `$context.requestId` in its access log.
    request_id: String,
}

/// What was decided, and why.
#[derive(Debug, wire::Shape)]
#[shape(name = "ExplainRequestResponse", upper)]
pub(crate) struct Output {
    request_id: String,
    /// One line a step.
    text: String,
    /// The same for programs.
    record: Json,
}

impl Operation for ExplainRequest {
    const SPEC: Spec =
        Spec::read("ExplainRequest", "portcullis:ExplainRequest").errors(&[(VALIDATION, 400), (NOT_FOUND, 404)]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        resource(&input.request_id, scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let request = parse(&input.request_id)?;
        let explained = explained(call, request).await?;
        Ok(Output { request_id: request.to_string(), text: explained.text, record: Json(explained.data) })
    }
}

/// The ARN of a request.
pub(crate) fn resource(request_id: &str, scope: &Scope) -> String {
    // What is no id matches no statement that names one.
    let id = RequestId::parse(request_id).map_or_else(|_| "invalid".to_owned(), |id| id.to_string());
    crate::arn(scope, &format!("request/{id}"))
}

/// Reads an id.
pub(crate) fn parse(request_id: &str) -> Result<RequestId, ApiError> {
    RequestId::parse(request_id)
        .map_err(|fault| invalid(format!("{fault}: it looks like 6f1c0c5e-2d0b-4d3a-9f0e-0a8f3f1f2a11")))
}

/// The decision record of one of the caller's requests.
pub(crate) async fn explained(call: &mut Call<'_>, request: RequestId) -> Result<Explanation, Failure> {
    // SECURITY: the caller's own scope; knowing another account's id helps nobody.
    let scope = Some(call.scope.clone());
    let query = FindQuery { request, scope, stream_prefix: stream::TRAIL.to_owned() };
    let mut found = call.ports.events.find(&query).await?;
    found.retain(|hit| hit.stream.name == stream::TRAIL);
    let trail = found.pop().ok_or_else(|| {
        not_found(format!(
            "there is no record of request {request}: it is not of this account, older than records are kept, or less than \
             five seconds old"
        ))
    })?;
    let explained = call.ports.data_plane.explain(&trail.entry.bytes);
    explained.map_err(|fault| Failure::Broken { what: format!("cannot read the trail of request {request}: {fault}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ONE, TWO, World, line, scope};

    fn of(request: &dyn ToString) -> Input {
        Input { request_id: request.to_string() }
    }

    #[tokio::test]
    async fn a_request_is_explained_to_its_account_alone() {
        let world = World::new().await;
        let trail = line(ONE, "trail", 1, "the trail");
        world.store(&[line(ONE, "trail", 1, "another"), trail.clone(), line(ONE, "access/a/prod", 1, "a line")]).await;
        let output = world.ask::<ExplainRequest>(ONE, &of(&trail.request)).await.expect("explained");
        assert_eq!(output.text, "explained: the trail");
        assert_eq!(output.record.0["trail"], "the trail");
        let stranger = world.ask::<ExplainRequest>(TWO, &of(&trail.request)).await;
        assert!(matches!(stranger, Err(Failure::Api(error)) if error.code == NOT_FOUND));
    }

    #[tokio::test]
    async fn a_request_with_log_lines_alone_is_not_found() {
        let world = World::new().await;
        let access = line(ONE, "access/a/prod", 1, "a line");
        world.store(&[access.clone(), line(ONE, "trailer", 1, "no trail")]).await;
        let refused = world.ask::<ExplainRequest>(ONE, &of(&access.request)).await;
        assert!(matches!(refused, Err(Failure::Api(error)) if error.code == NOT_FOUND));
    }

    #[tokio::test]
    async fn what_is_no_id_is_refused() {
        let world = World::new().await;
        for text in ["", "x", "6f1c0c5e", "../../etc", &"a".repeat(10_000)] {
            let refused = world.ask::<ExplainRequest>(ONE, &of(&text)).await;
            assert!(
                matches!(refused, Err(Failure::Api(error)) if error.code == VALIDATION && error.message.len() < 200)
            );
            assert!(ExplainRequest::resource(&of(&text), &scope(ONE)).ends_with(":request/invalid"));
        }
    }

    #[tokio::test]
    async fn a_trail_that_cannot_be_read_is_our_fault() {
        let world = World::new().await;
        let trail = line(ONE, "trail", 1, "broken");
        world.store(std::slice::from_ref(&trail)).await;
        let failed = world.ask::<ExplainRequest>(ONE, &of(&trail.request)).await;
        assert!(matches!(failed, Err(Failure::Broken { what }) if what.contains("broken")));
    }
}
