//! The one door to all protocols: a caller names its [`Protocol`] and never sees a wire format.
//! <https://smithy.io/2.0/aws/protocols/index.html>

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::fault::Unreadable;
use crate::{Labels, Schema, Value, json, query, rest, rest_json, rest_xml};

/// How a service is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// JSON bodies, REST paths, methods and headers (API Gateway, Lambda).
    RestJson,
    /// JSON bodies, the operation named by `X-Amz-Target`, version 1.0.
    Json10,
    /// JSON bodies, the operation named by `X-Amz-Target`, version 1.1 (CloudTrail, WAF).
    Json11,
    /// Form parameters in, XML out (STS, IAM).
    Query,
    /// XML bodies, REST paths, methods and headers (Route 53).
    RestXml,
}

/// A request as it was received. Whoever received it has bounded its body.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// What the router found in its path; [`Labels::none`] for protocols without paths.
    pub labels: &'a Labels,
    /// Its query string as received, without `?`.
    pub query: &'a str,
    /// Its whole body.
    pub body: &'a [u8],
}

/// How a successful call is answered, besides its output.
#[derive(Debug, Clone, Copy)]
pub struct Success<'a> {
    /// The operation's name.
    pub operation: &'a str,
    /// The status of success; an output with a status member overrides it.
    pub status: u16,
    /// Our id of the request.
    pub request_id: &'a str,
    /// The service's XML namespace, for the protocols that answer XML.
    pub xml_namespace: Option<&'a str>,
}

/// How a failed call is answered.
#[derive(Debug, Clone)]
pub struct ErrorAnswer<'a> {
    /// AWS's code, such as `NotFoundException`.
    pub code: &'a str,
    /// What the caller is told.
    pub message: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// Our id of the request.
    pub request_id: &'a str,
    /// The service's XML namespace, for the protocols that answer XML.
    pub xml_namespace: Option<&'a str>,
    /// The error shape's other members, with their table.
    pub members: Option<(&'static Schema, Value)>,
}

/// Why a request cannot be read, in AWS's words for this protocol. The status is 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// AWS's code, such as `SerializationException`.
    pub code: &'static str,
    /// One line for the caller.
    pub message: String,
}

impl Protocol {
    /// Reads an operation's input. Members that are absent are absent: what is required is judged by
    /// [`Shape::from_value`](crate::Shape::from_value).
    pub fn decode_request(self, request: &Request<'_>, input: &'static Schema) -> Result<Value, DecodeError> {
        let decoded = match self {
            Protocol::RestJson => rest::decode::<rest_json::RestJson>(request, input),
            Protocol::Json10 | Protocol::Json11 => json::decode(request, input),
            Protocol::Query => query::decode(request, input),
            Protocol::RestXml => rest::decode::<rest_xml::RestXml>(request, input),
        };
        decoded.map_err(|fault| DecodeError { code: self.code_of(&fault), message: fault.to_string() })
    }

    /// Writes an operation's output.
    pub fn encode_response(
        self,
        success: &Success<'_>,
        output: &'static Schema,
        value: &Value,
    ) -> http::Response<Bytes> {
        let mut response = match self {
            Protocol::RestJson => rest::encode::<rest_json::RestJson>(success, output, value),
            Protocol::Json10 => json::encode(json::Version::V1_0, output, value),
            Protocol::Json11 => json::encode(json::Version::V1_1, output, value),
            Protocol::Query => query::encode(success, output, value),
            Protocol::RestXml => rest::encode::<rest_xml::RestXml>(success, output, value),
        };
        name_request(&mut response, success.request_id);
        response
    }

    /// Writes an error in the protocol's own shape.
    pub fn encode_error(self, error: &ErrorAnswer<'_>) -> http::Response<Bytes> {
        let mut response = match self {
            Protocol::RestJson => rest_json::encode_error(error),
            Protocol::Json10 => json::encode_error(json::Version::V1_0, error),
            Protocol::Json11 => json::encode_error(json::Version::V1_1, error),
            Protocol::Query => query::encode_error(error),
            Protocol::RestXml => rest_xml::encode_error(error),
        };
        *response.status_mut() = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        name_request(&mut response, error.request_id);
        response
    }

    /// The operation that the request names itself; `None` for protocols that route by method and path.
    pub fn operation_named_by(self, request: &Request<'_>) -> Option<String> {
        match self {
            Protocol::RestJson | Protocol::RestXml => None,
            Protocol::Json10 | Protocol::Json11 => json::target(request.headers).map(|(_, name)| name.to_owned()),
            Protocol::Query => query::action(request.query, request.body).map(|action| action.name),
        }
    }

    fn code_of(self, fault: &Unreadable) -> &'static str {
        match (self, fault) {
            (Protocol::RestJson | Protocol::Json10 | Protocol::Json11, _) => "SerializationException",
            (Protocol::Query, Unreadable::Syntax(_)) => "MalformedQueryString",
            (Protocol::Query, Unreadable::Misfit(_)) => "MalformedInput",
            (Protocol::RestXml, Unreadable::Syntax(_)) => "MalformedXML",
            (Protocol::RestXml, Unreadable::Misfit(_)) => "InvalidInput",
        }
    }
}

fn name_request(response: &mut http::Response<Bytes>, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
}

/// An answer with a body of `content_type`; an empty body has none.
pub(crate) fn answer(content_type: &'static str, body: impl Into<Bytes>) -> http::Response<Bytes> {
    let body = body.into();
    let typed = !body.is_empty();
    let mut response = http::Response::new(body);
    if typed {
        response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}
