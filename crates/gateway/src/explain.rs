//! Turns a packed trail into words and data: the only place where reasons become sentences.

mod firewall;
mod meter;

use std::fmt::Write as _;

use base::Timestamp;
use base::id::RequestId;
use operation::data_plane::Explanation;
use serde_json::{Value, json};

use crate::reason::{
    Answer, Answered, Authorize, Cache, GrantFrom, Integrate, Locate, Network, Reason, Record, Route, Token, Validate,
};
use crate::target::Flaw;
use crate::trail::{DecodeError, Entry, Outcome, Story};

/// Explains a packed trail: one line for the request, then one line a step.
pub fn explain(trail: &[u8]) -> Result<Explanation, DecodeError> {
    let story = Story::decode(trail)?;
    Ok(Explanation { text: text(&story), data: data(&story) })
}

fn text(story: &Story<'_>) -> String {
    let mut text = heading(story);
    let mut before = 0;
    for entry in story.entries.iter() {
        let took = entry.at_us.saturating_sub(before);
        before = entry.at_us;
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{} {took:>8} µs  {}", step(entry), printable(&sentence(&entry.reason)));
        for other in others(&entry.reason) {
            let _ = write!(text, "\n{:26}{}", "", printable(&other));
        }
    }
    text
}

/// What else there is to say of a reason, a line each: the statements that did not apply.
fn others(reason: &Reason) -> Vec<String> {
    let Reason::Authorize(Authorize::Denied { record, .. } | Authorize::NotGranted { record, .. }) = reason else {
        return Vec::new();
    };
    let mut lines: Vec<String> = record.others.iter().map(ToString::to_string).collect();
    if record.others_left_off > 0 {
        lines.push(format!("and {} more statements that did not apply", record.others_left_off));
    }
    lines
}

/// `! route    `: whether it refused, and which step it is.
pub(crate) fn step(entry: &Entry) -> String {
    let mark = match entry.outcome {
        Outcome::Passed => ' ',
        Outcome::Refused => '!',
    };
    format!("{mark} {:<9}", entry.step.name())
}

fn heading(story: &Story<'_>) -> String {
    let id = RequestId(uuid::Uuid::from_bytes(story.request));
    let verb = if story.verb.is_empty() { "?" } else { &story.verb };
    let host = if story.host.is_empty() { "no host" } else { &story.host };
    let mut text = format!(
        "{id} at {}: {} for {} from {}, ",
        received(story),
        printable(&format!("{verb} {}", story.path)),
        printable(host),
        story.source_ip
    );
    let _ = match story.status {
        Some(status) => write!(text, "answered {status} with {} bytes", story.bytes),
        None => write!(text, "never answered"),
    };
    let _ = write!(text, " after {} µs, at revision {}", story.took_us, story.revision);
    if let Some(claimed) = story.claimed {
        let _ = write!(text, "; the client calls it {}", RequestId(uuid::Uuid::from_bytes(claimed)));
    }
    text
}

fn received(story: &Story<'_>) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(story.received_ns)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn data(story: &Story<'_>) -> Value {
    let steps = story.entries.iter().map(|entry| {
        let mut step = step_data(entry);
        step["atMicroseconds"] = json!(entry.at_us);
        step
    });
    json!({
        "requestId": RequestId(uuid::Uuid::from_bytes(story.request)),
        "claimedRequestId": story.claimed.map(|id| RequestId(uuid::Uuid::from_bytes(id))),
        "received": received(story).to_string(),
        "revision": story.revision,
        "sourceIp": story.source_ip,
        "httpMethod": story.verb,
        "host": story.host,
        "path": story.path,
        "status": story.status,
        "responseLength": story.bytes,
        "tookMicroseconds": story.took_us,
        "steps": steps.collect::<Vec<_>>(),
    })
}

/// One step for programs.
pub(crate) fn step_data(entry: &Entry) -> Value {
    json!({
        "step": entry.step.name(),
        "outcome": entry.outcome,
        "sentence": sentence(&entry.reason),
        "reason": entry.reason,
    })
}

/// A stranger's text without what moves a terminal's cursor.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { char::REPLACEMENT_CHARACTER } else { char }).collect()
}

/// Every reason in words. INVARIANT: no wildcard, so that a reason without words does not compile.
pub(crate) fn sentence(reason: &Reason) -> String {
    match reason {
        Reason::Locate(reason) => locate(reason),
        Reason::Network(Network::Public) => "the API is public: any network may reach it".to_owned(),
        Reason::Firewall(reason) => firewall::sentence(reason),
        Reason::Route(reason) => route(reason),
        Reason::Authorize(reason) => authorize(reason),
        Reason::Meter(reason) => meter::sentence(reason),
        Reason::Validate(Validate::NoValidator) => "the method has no validator".to_owned(),
        Reason::Cache(Cache::Off) => "the stage has no cache".to_owned(),
        Reason::Integrate(reason) => integrate(reason),
        Reason::Answer(reason) => answer(reason),
        Reason::Record(reason) => record(*reason).to_owned(),
    }
}

fn locate(reason: &Locate) -> String {
    match reason {
        Locate::Stage { api, stage, deployment } => {
            format!(
                "the host names API `{api}` and the path its stage `{stage}`, which serves deployment `{deployment}`"
            )
        }
        Locate::NoHost => "no host was named, so no API".to_owned(),
        Locate::ForeignHost { host } => format!("the host `{host}` is not one of this installation's"),
        Locate::UnknownApi { api } => format!("there is no API `{api}`"),
        Locate::UnknownStage { api, stage } => format!("API `{api}` has no stage `{stage}`"),
        Locate::EndpointDisabled { api } => format!("the default endpoint of API `{api}` is disabled"),
        Locate::BrokenStage { api, stage, why } => {
            format!("stage `{stage}` of API `{api}` cannot be served: {why}")
        }
        Locate::StaleSnapshot { age_s, max_s } => {
            format!("the store has been away for {age_s} s; this node serves what it knows for at most {max_s} s")
        }
        Locate::BodyTooLarge { bytes, max } => format!("the body is {bytes} bytes long; at most {max} are taken"),
        Locate::FrontEnd { why } => format!("refused before anything of it was trusted: {why}"),
    }
}

fn route(reason: &Route) -> String {
    match reason {
        Route::Matched { resource, path, verb } => format!("it is for `{verb} {path}` (resource `{resource}`)"),
        Route::Flawed { flaw } => format!("the path could be read in two ways: {}", flawed(*flaw)),
        Route::NothingMatches => "no resource has this path and verb".to_owned(),
        Route::NothingMatchesAuthorization => {
            "no resource has this path and verb; AWS complains of the Authorization header, which is no signature"
                .to_owned()
        }
    }
}

fn flawed(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::HiddenDotSegment => "decoded, it holds a `.` or `..` segment",
        Flaw::Nul => "decoded, it holds a NUL",
        Flaw::InvalidUtf8 => "decoded, it is not UTF-8",
        Flaw::BadEscape => "a `%` is not followed by two hexadecimal digits",
        Flaw::NotAPath => "it does not begin with `/`",
    }
}

fn authorize(reason: &Authorize) -> String {
    match reason {
        Authorize::OpenToAll => {
            "the method's authorization is NONE and the API has no resource policy: anybody may call it".to_owned()
        }
        Authorize::Allowed { caller, statements, .. } => match statements.split_first() {
            None => format!("`{caller}` is the root user of the API's account, whom no policy forbids it"),
            Some((first, others)) => {
                let mut text = format!("`{caller}` is allowed by {first}");
                for other in others {
                    let _ = write!(text, ", {other}");
                }
                text
            }
        },
        Authorize::Denied { caller, resource, record } => format!("`{caller}` may not invoke `{resource}`: {record}"),
        Authorize::Unproven { code, why } => format!("{why} ({code})"),
        Authorize::Token(reason) => token(reason),
        Authorize::Undecidable { why } => why.to_string(),
        Authorize::BodyTooLarge { max } => {
            format!("the body, which the signature covers, is longer than {max} bytes")
        }
        Authorize::NoRoom => {
            "the body, which the signature covers, finds no room: other bodies fill the memory set aside for them"
                .to_owned()
        }
        Authorize::BodyBroke { why } => format!("the body, which the signature covers, did not arrive: {why}"),
        Authorize::Granted { authorizer, principal, from, statements, .. } => {
            let by: Vec<String> = statements.iter().map(ToString::to_string).collect();
            format!(
                "authorizer `{authorizer}` says ({}) it is `{principal}`, allowed by {}",
                came(*from),
                by.join(", ")
            )
        }
        Authorize::NotGranted { authorizer, principal, from, resource, record } => {
            format!(
                "authorizer `{authorizer}` says ({}) it is `{principal}`, who may not invoke `{resource}`: {record}",
                came(*from)
            )
        }
        Authorize::NoIdentity { authorizer, why } => format!("authorizer `{authorizer}` was not asked: {why}"),
        Authorize::SaidUnauthorized { authorizer } => format!("authorizer `{authorizer}` says `Unauthorized`"),
        Authorize::AuthorizerFailed { authorizer, why } => format!("authorizer `{authorizer}` gave no answer: {why}"),
        Authorize::AuthorizerMalformed { authorizer, why } => {
            format!("what authorizer `{authorizer}` answered is no answer: {why}")
        }
        Authorize::WouldAsk { authorizer, function } => {
            format!(
                "authorizer `{authorizer}` would ask `{function}`, which decides; no function is asked about a question"
            )
        }
    }
}

fn came(from: GrantFrom) -> &'static str {
    match from {
        GrantFrom::Kept => "from an answer that still counts",
        GrantFrom::Function => "its function was asked",
    }
}

/// What a native JWT authorizer found.
fn token(reason: &Token) -> String {
    match reason {
        Token::Proven { issuer, subject, seen } => {
            let whom = if subject.is_empty() { "somebody unnamed".to_owned() } else { format!("`{subject}`") };
            let before = if *seen { ", proven before with a key that still stands" } else { "" };
            format!("the token of `{issuer}` for {whom} is true{before}")
        }
        Token::Missing { header } => format!("the header `{header}` holds no token"),
        Token::Twice { header } => format!("the header `{header}` is there more than once"),
        Token::Refused { issuer, why } => format!("no token of `{issuer}`: {why}"),
        Token::Scope { issuer, scopes } => {
            format!("the token of `{issuer}` is true and grants none of the scopes asked for: {scopes}")
        }
        Token::Keys { issuer, why } => format!("no token of `{issuer}` can be judged: its keys cannot be read: {why}"),
    }
}

fn integrate(reason: &Integrate) -> String {
    match reason {
        Integrate::Answered(Answered { host, status, latency_us, request_id }) => {
            let id = request_id.as_ref().map(|id| format!(", its request id is `{id}`")).unwrap_or_default();
            format!("`{host}` answered {status} after {latency_us} µs{id}")
        }
        Integrate::Mocked { status } => format!("the mock's template selects status {status}"),
        Integrate::TimedOut { host, timeout_ms } => format!("`{host}` did not answer within {timeout_ms} ms"),
        Integrate::Unreachable { host, why } => format!("`{host}` could not be reached: {why}"),
        Integrate::Unresolvable { host, why } => format!("`{host}` has no address: {why}"),
        Integrate::Untrusted { host, why } => format!("TLS with `{host}` failed: {why}"),
        Integrate::Forbidden { host, why } => format!("`{host}` may not be called from here: {why}"),
        Integrate::BadAnswer { host, why } => format!("`{host}` answered badly: {why}"),
        Integrate::Broken { why } => format!("the integration cannot be called: {why}"),
        Integrate::Unmappable { why } => format!("the backend's request cannot be made of this one: {why}"),
        Integrate::NoResponseFits { status } => format!("no integration response fits status {status}"),
        Integrate::NoMockStatus => "the mock's request template holds no status code".to_owned(),
        Integrate::UnsupportedMediaType { media_type } => {
            format!("no request template fits `{media_type}`, and such a body may not be passed on")
        }
        Integrate::BodyTooLarge { max } => format!("the body grew beyond {max} bytes"),
        Integrate::BodyBroke { why } => format!("the client's body did not arrive: {why}"),
        Integrate::NoRoom => "other bodies fill the memory set aside for those that a function gets whole".to_owned(),
        Integrate::FunctionNotInvoked { why } => why.to_string(),
        Integrate::FunctionFailed { function, message, request_id, latency_us } => {
            format!("`{function}` failed after {latency_us} µs: {message} (invocation `{request_id}`)")
        }
        Integrate::FunctionNotRun { function, why } => format!("`{function}` did not run: {why}"),
        Integrate::MalformedAnswer { function, why } => format!("what `{function}` answered is no answer: {why}"),
        Integrate::EventTooLarge { bytes, max } => format!("the event has {bytes} bytes; Lambda takes {max}"),
        Integrate::Queued { function } => format!("the event was taken for `{function}`, to be run later"),
    }
}

fn answer(reason: &Answer) -> String {
    let says = |message: &str| format!("saying `{message}`");
    match reason {
        Answer::Integration { status } => format!("{status}, as the integration says"),
        Answer::Gateway { kind, status, message } => {
            let says = message.as_deref().map_or_else(|| "saying nothing".to_owned(), says);
            format!("{status}, gateway response {}, {says}", kind.name())
        }
        Answer::FrontEnd { status, message } => format!("{status} from the front end, {}", says(message)),
        Answer::Firewall { status } => format!("{status}, as the web ACL says"),
    }
}

fn record(reason: Record) -> &'static str {
    match reason {
        Record::Answered => "the whole answer was handed over",
        Record::Abandoned => "the client went away before it had the whole answer",
        Record::BackendBroke => "the backend broke off in the middle of its answer",
        Record::Panicked => "the gateway itself failed; its own log has the fault",
    }
}
