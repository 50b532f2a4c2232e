//! Events as API Gateway words them: the whole request of a proxy integration, and what an authorizer is told.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html>

use std::borrow::Cow;

use edge::ReceivedHeaders;
use percent_encoding::percent_decode_str;
use serde::{Serialize, Serializer};
use snapshot::{Method, Stage};

use super::context::RequestContext;
use crate::forward::request::{self, EventFate};
use crate::request::Request;
use crate::steps::integrate::sources::{decode, pairs};
use crate::steps::route::Parameters;

/// What events tell of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// The request.
    pub(crate) request: &'a Request,
    /// The stage.
    pub(crate) stage: &'a Stage,
    /// The method.
    pub(crate) method: &'a Method,
    /// The headers.
    pub(crate) received: &'a ReceivedHeaders,
    /// The path's parameters.
    pub(crate) parameters: &'a Parameters,
}

/// Who reads the headers. SECURITY: a signature for us is a credential that an integration must not get to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    Authorizer,
    Integration,
}

/// Names with all their values, each name once, in the order in which they came.
#[derive(Debug, Default)]
struct Values<'a>(Vec<(Cow<'a, str>, Vec<Cow<'a, str>>)>);

/// The last value of each name.
struct Last<'v, 'a>(&'v Values<'a>);

impl<'a> Values<'a> {
    fn push(&mut self, name: Cow<'a, str>, value: Cow<'a, str>, same: fn(&str, &str) -> bool) {
        match self.0.iter_mut().find(|(known, _)| same(known, &name)) {
            Some((_, values)) => values.push(value),
            None => self.0.push((name, vec![value])),
        }
    }

    fn or_none(&self) -> Option<&Self> {
        (!self.0.is_empty()).then_some(self)
    }
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, values)| (name, values)))
    }
}

impl Serialize for Last<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.0.iter().filter_map(|(name, values)| Some((name, values.last()?))))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProxyEvent<'e, 'a> {
    resource: &'a str,
    path: &'a str,
    http_method: &'a str,
    headers: Last<'e, 'a>,
    multi_value_headers: &'e Values<'a>,
    query_string_parameters: Option<Last<'e, 'a>>,
    multi_value_query_string_parameters: Option<&'e Values<'a>>,
    path_parameters: Option<Last<'e, 'a>>,
    stage_variables: Option<&'a std::collections::BTreeMap<String, String>>,
    request_context: RequestContext<'a>,
    body: Option<Cow<'a, str>>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestEvent<'e, 'a> {
    r#type: &'static str,
    method_arn: &'a str,
    resource: &'a str,
    path: &'a str,
    http_method: &'a str,
    headers: Last<'e, 'a>,
    multi_value_headers: &'e Values<'a>,
    query_string_parameters: Last<'e, 'a>,
    multi_value_query_string_parameters: &'e Values<'a>,
    path_parameters: Last<'e, 'a>,
    stage_variables: &'a std::collections::BTreeMap<String, String>,
    request_context: RequestContext<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenEvent<'a> {
    r#type: &'static str,
    authorization_token: &'a str,
    method_arn: &'a str,
}

/// The event of a `TOKEN` authorizer.
pub(crate) fn of_token(token: &str, method_arn: &str) -> Vec<u8> {
    json(&TokenEvent { r#type: "TOKEN", authorization_token: token, method_arn })
}

/// The event of a `REQUEST` authorizer: all of the request but its body.
pub(crate) fn of_request(facts: &Facts<'_>, method_arn: &str) -> Vec<u8> {
    let headers = headers(facts, Reader::Authorizer);
    let (queries, parameters) = (queries(facts), parameters(facts));
    json(&RequestEvent {
        r#type: "REQUEST",
        method_arn,
        resource: &facts.method.resource_path,
        path: path(facts),
        http_method: verb(facts),
        headers: Last(&headers),
        multi_value_headers: &headers,
        query_string_parameters: Last(&queries),
        multi_value_query_string_parameters: &queries,
        path_parameters: Last(&parameters),
        stage_variables: &facts.stage.variables,
        request_context: RequestContext::of(facts, None),
    })
}

/// A body as an event holds it.
#[derive(Debug)]
pub(crate) enum EventBody<'a> {
    /// There is none.
    None,
    /// Text; what is no UTF-8 is replaced, as AWS does.
    Text(Cow<'a, str>),
    /// Bytes in base64.
    Base64(String),
}

/// The event of a proxy integration.
pub(crate) fn of_proxy(facts: &Facts<'_>, body: EventBody<'_>) -> Vec<u8> {
    let headers = headers(facts, Reader::Integration);
    let (queries, parameters) = (queries(facts), parameters(facts));
    let (body, is_base64_encoded) = match body {
        EventBody::None => (None, false),
        EventBody::Text(text) => (Some(text), false),
        EventBody::Base64(text) => (Some(Cow::Owned(text)), true),
    };
    json(&ProxyEvent {
        resource: &facts.method.resource_path,
        path: path(facts),
        http_method: verb(facts),
        headers: Last(&headers),
        multi_value_headers: &headers,
        query_string_parameters: queries.or_none().map(Last),
        multi_value_query_string_parameters: queries.or_none(),
        path_parameters: parameters.or_none().map(Last),
        stage_variables: Some(&facts.stage.variables).filter(|variables| !variables.is_empty()),
        request_context: RequestContext::of(facts, facts.request.notes.authorizer.get().map(Box::as_ref)),
        body,
        is_base64_encoded,
    })
}

fn json(event: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(event).expect("texts, numbers and maps with text keys are JSON")
}

fn path<'a>(facts: &Facts<'a>) -> &'a str {
    facts.request.target.as_ref().map_or("/", crate::target::Target::rest)
}

pub(super) fn verb<'a>(facts: &Facts<'a>) -> &'a str {
    facts.request.verb.as_ref().map_or("", http::Method::as_str)
}

/// The client's headers in its case, and what tells whom they are from.
fn headers<'a>(facts: &Facts<'a>, reader: Reader) -> Values<'a> {
    let same = |one: &str, two: &str| one.eq_ignore_ascii_case(two);
    let signer = facts.request.notes.signer.get().is_some();
    let mut values = Values(Vec::with_capacity(facts.received.len() + 4));
    let mut chain = String::new();
    for (name, value) in facts.received.iter() {
        match request::event_fate(name, value) {
            EventFate::Signature | EventFate::Removed if reader == Reader::Integration => {}
            EventFate::Token if reader == Reader::Integration && signer => {}
            EventFate::Removed => {}
            EventFate::ForwardedFor => {
                chain.push_str(&String::from_utf8_lossy(value));
                chain.push_str(", ");
            }
            EventFate::Passed | EventFate::Signature | EventFate::Token => {
                values.push(Cow::Borrowed(name), String::from_utf8_lossy(value), same);
            }
        }
    }
    chain.push_str(&facts.request.source_ip().to_string());
    let connection = &facts.request.connection;
    let scheme = if connection.tls.is_some() { "https" } else { "http" };
    let trace = String::from_utf8_lossy(facts.request.trace_id.as_bytes());
    for (name, value) in [
        ("X-Amzn-Trace-Id", trace),
        ("X-Forwarded-For", chain.into()),
        ("X-Forwarded-Port", connection.local.port().to_string().into()),
        ("X-Forwarded-Proto", scheme.into()),
    ] {
        values.push(name.into(), value, same);
    }
    values
}

fn queries<'a>(facts: &Facts<'a>) -> Values<'a> {
    let query = facts.request.target.as_ref().and_then(|target| target.query()).unwrap_or_default();
    let mut values = Values::default();
    for (name, value) in pairs(query) {
        values.push(text(decode(name)), text(decode(value)), |one, two| one == two);
    }
    values
}

fn text(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

fn parameters<'a>(facts: &Facts<'a>) -> Values<'a> {
    let path = facts.request.target.as_ref().map_or("/", crate::target::Target::path);
    let decoded = |text: &'a str| percent_decode_str(text).decode_utf8_lossy();
    let pairs = facts.parameters.each(path).map(|(name, value)| (Cow::Borrowed(name), vec![decoded(value)]));
    Values(pairs.collect())
}
