//! `MOCK`: the request template says which status is selected, the integration response what is answered.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html>

use snapshot::Mock;

use super::sources::Sources;
use super::{http, templates};
use crate::execution_log;
use crate::reason::Integrate;
use crate::refused::{ResponseType, Verdict};
use crate::steps::answer::Answer;
use crate::steps::route::Parts;

/// Answers.
pub(super) fn call(parts: &Parts, mock: &Mock) -> Verdict<Answer> {
    let Parts { inbound, stage, method, parameters, .. } = parts;
    if method.logging.payloads {
        inbound.request.notes.exchange().request_headers = execution_log::headers(&inbound.received.to_map());
    }
    let template = templates::for_request(&mock.statuses, mock.passthrough, &inbound.received)?;
    // Without a template the caller's own body would have to say the status; AWS answers 500 to whatever does not.
    let Some(status) = template.and_then(|(_, status)| *status) else {
        return Err(super::refused(ResponseType::ApiConfigurationError, Integrate::NoMockStatus));
    };
    let Some(selected) = mock.selection.find(&status.to_string()) else {
        return Err(super::refused(ResponseType::ApiConfigurationError, Integrate::NoResponseFits { status }));
    };
    let sources = Sources { request: &inbound.request, stage, received: &inbound.received, parameters, response: None };
    let accept = templates::accept(&inbound.received);
    let answer = http::answer(selected, &sources, accept.as_deref(), None);
    Ok(super::passed(answer, Integrate::Mocked { status }))
}
