//! The execution log: AWS's lines for one request, as far as the method's logging asks.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>

mod usage_plan;

use std::fmt::Write as _;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use snapshot::{Logging, Method, Stage};

use crate::context::{Ending, error_of};
use crate::firewall::page;
use crate::reason::{Answer, Integrate};
use crate::request::Request;

/// What went to the backend and what came back, as far as the log shows it.
#[derive(Debug, Default)]
pub struct Exchange {
    /// Where it went.
    pub uri: String,
    /// The headers of the client's request, in Java's map form.
    pub request_headers: String,
    /// The first bytes of its body.
    pub request_body: Excerpt,
    /// The headers sent to the backend.
    pub endpoint_headers: String,
    /// The template that was sent instead of the client's body.
    pub endpoint_body: Excerpt,
    /// The headers that came back.
    pub response_headers: String,
    /// The first bytes of the body that came back.
    pub response_body: Excerpt,
    /// The headers of the answer.
    pub answer_headers: String,
    /// The template that was answered instead of the backend's body.
    pub answer_body: Excerpt,
}

/// The first bytes of a body.
#[derive(Debug, Default)]
pub struct Excerpt {
    bytes: Vec<u8>,
    truncated: bool,
}

/// AWS cuts a logged body here.
const EXCERPT_BYTES_MAX: usize = 1024;
/// Logged headers are cut here.
const HEADERS_BYTES_MAX: usize = 8 * 1024;

impl Excerpt {
    /// Takes what still fits.
    pub fn take(&mut self, chunk: &[u8]) {
        let room = EXCERPT_BYTES_MAX - self.bytes.len();
        self.bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        self.truncated |= chunk.len() > room;
    }

    /// This excerpt, or the other where this is empty.
    fn or<'e>(&'e self, other: &'e Self) -> &'e Self {
        if self.bytes.is_empty() { other } else { self }
    }

    fn text(&self) -> String {
        let mut text = one_line(&String::from_utf8_lossy(&self.bytes));
        if self.truncated {
            text.push_str(" [TRUNCATED]");
        }
        text
    }
}

/// Headers as `{Accept=*/*, Host=a}`; what signs or authorizes is masked to its last six characters.
pub(crate) fn headers<'a>(fields: impl IntoIterator<Item = (&'a HeaderName, &'a HeaderValue)>) -> String {
    let pairs = fields.into_iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    map(pairs)
}

fn map<'a>(pairs: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut text = String::from("{");
    for (name, value) in pairs {
        if text.len() > HEADERS_BYTES_MAX {
            text.push_str(", …");
            break;
        }
        let value = one_line(&String::from_utf8_lossy(value));
        let value = if is_secret(name) { masked(&value) } else { value };
        let comma = if text.len() > 1 { ", " } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{name}={value}");
    }
    text.push('}');
    text
}

/// SECURITY: these hold credentials; a log keeps no more of them than AWS's does.
fn is_secret(name: &str) -> bool {
    const SECRETS: [&str; 9] = [
        "authorization",
        "proxy-authorization",
        "x-amz-security-token",
        "x-amz-signature",
        "x-api-key",
        "cookie",
        "set-cookie",
        page::HEADER,
        page::SOLUTION,
    ];
    SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

pub(crate) fn masked(value: &str) -> String {
    // A value too short to hide behind six characters is hidden whole.
    let shown = if value.chars().count() >= 12 { value.len() - last_six(value) } else { value.len() };
    format!("****{}", &value[shown..])
}

fn last_six(value: &str) -> usize {
    value.chars().rev().take(6).map(char::len_utf8).sum()
}

/// A stranger's text on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

/// The lines of a request, without the `({request id}) ` that begins each.
pub(crate) fn lines(request: &Request, stage: &Stage, method: &Method, ending: &Ending<'_>) -> Vec<String> {
    let Logging { errors, info, payloads } = method.logging;
    let mut lines = Vec::new();
    let metering = usage_plan::Lines::of(request, stage, method, ending.trail);
    if info {
        lines.push(format!("Extended Request Id: {}", request.extended_id()));
        lines.extend(request.notes.authorizer_log());
        lines.extend(metering.told);
    } else {
        lines.extend(request.notes.authorizer_log());
    }
    if errors || info {
        lines.extend(metering.refusal.clone());
    }
    if info && metering.refusal.is_none() {
        before_call(request, stage, payloads, &mut lines);
    }
    let integrate = ending.trail.integrate();
    if info && let Some(Integrate::Answered(answered)) = integrate {
        let latency = answered.latency_us / 1000;
        lines.push(format!("Received response. Status: {}, Integration latency: {latency} ms", answered.status));
    }
    if info && payloads {
        after_call(request, &mut lines);
    }
    let failure = integrate.and_then(error_of);
    if (errors || info)
        && let Some(failure) = &failure
    {
        lines.push(one_line(failure));
    }
    if errors || info {
        gateway_response(ending, &mut lines);
    }
    if info {
        if failure.is_none() && metering.refusal.is_none() {
            lines.push("Successfully completed execution".to_owned());
        }
        lines.push(format!("Method completed with status: {}", ending.status));
        if let Some(Integrate::Answered(answered)) = integrate
            && let Some(id) = &answered.request_id
        {
            lines.push(format!("AWS Integration Endpoint RequestId : {}", one_line(id)));
        }
    }
    lines
}

fn before_call(request: &Request, stage: &Stage, payloads: bool, lines: &mut Vec<String>) {
    let verb = request.verb.as_ref().map_or("", http::Method::as_str);
    let path = request.target.as_ref().map_or("/", |target| target.rest());
    let id = request.shown_id();
    lines.push(format!("Starting execution for request: {id}"));
    lines.push(format!("HTTP Method: {verb}, Resource Path: {}", one_line(path)));
    let query = request.target.as_ref().and_then(|target| target.query()).unwrap_or_default();
    let exchange = request.notes.exchange();
    if payloads {
        let parameters = path_parameters(request, stage);
        let parameters = parameters.iter().map(|(name, value)| (name.as_ref(), *value));
        lines.push(format!("Method request path: {}", map(parameters)));
        let pairs =
            query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        lines
            .push(format!("Method request query string: {}", map(pairs.map(|(name, value)| (name, value.as_bytes())))));
        lines.push(format!("Method request headers: {}", exchange.request_headers));
        lines.push(format!("Method request body before transformations: {}", exchange.request_body.text()));
    }
    if exchange.uri.is_empty() {
        return;
    }
    if payloads {
        lines.push(format!("Endpoint request URI: {}", one_line(&exchange.uri)));
        lines.push(format!("Endpoint request headers: {}", exchange.endpoint_headers));
        let body = exchange.endpoint_body.or(&exchange.request_body);
        lines.push(format!("Endpoint request body after transformations: {}", body.text()));
    }
    lines.push(format!("Sending request to {}", one_line(&exchange.uri)));
}

/// The path's parameters, found once more: only a log wants them this late.
fn path_parameters<'r>(request: &'r Request, stage: &'r Stage) -> Vec<(Arc<str>, &'r [u8])> {
    let (Some(target), Some(verb)) = (&request.target, &request.verb) else { return Vec::new() };
    let found = stage.routes.find(target.rest(), verb);
    let parameters = found.map(|found| found.parameters).unwrap_or_default();
    parameters.into_iter().map(|(name, value)| (name, value.as_bytes())).collect()
}

fn after_call(request: &Request, lines: &mut Vec<String>) {
    let exchange = request.notes.exchange();
    if !exchange.response_headers.is_empty() {
        lines.push(format!("Endpoint response headers: {}", exchange.response_headers));
        lines.push(format!("Endpoint response body before transformations: {}", exchange.response_body.text()));
    }
    let body = exchange.answer_body.or(&exchange.response_body);
    lines.push(format!("Method response body after transformations: {}", body.text()));
    if !exchange.answer_headers.is_empty() {
        lines.push(format!("Method response headers: {}", exchange.answer_headers));
    }
}

fn gateway_response(ending: &Ending<'_>, lines: &mut Vec<String>) {
    let Some((Answer::Gateway { kind, status, message }, _)) = ending.trail.answer() else { return };
    let message = message.as_deref().map_or(serde_json::Value::Null, serde_json::Value::from);
    lines.push(format!("Gateway response type: {} with status code: {status}", kind.name()));
    lines.push(format!("Gateway response body: {{\"message\":{message}}}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_where_aws_cuts_it() {
        let mut excerpt = Excerpt::default();
        excerpt.take(&[b'a'; 1000]);
        excerpt.take(&[b'b'; 24]);
        assert!(!excerpt.text().contains("TRUNCATED"));
        excerpt.take(b"c");
        assert!(excerpt.text().ends_with("b [TRUNCATED]"));
        assert_eq!(excerpt.bytes.len(), EXCERPT_BYTES_MAX);
    }

    #[test]
    fn logged_headers_keep_secrets_and_lines() {
        let mut map = http::HeaderMap::new();
        map.insert("accept", "*/*".parse().unwrap());
        map.insert("authorization", "Bearer abcdefghijkl".parse().unwrap());
        map.insert("x-api-key", "short".parse().unwrap());
        map.insert("x-aws-waf-token", "c.6b0ca58d.05315a65c2e7e5fa.x".parse().unwrap());
        let masked = "{accept=*/*, authorization=****ghijkl, x-api-key=****, x-aws-waf-token=****e5fa.x}";
        assert_eq!(headers(&map), masked);
    }
}
