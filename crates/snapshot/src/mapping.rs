//! Parameter mapping: where a value comes from and where it goes.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html>

use std::sync::Arc;

use crate::Variable;

/// Where a mapped value comes from. Stage variables are filled in when the stage is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `'text'`.
    Static(Arc<str>),
    /// `method.request.header.NAME`: the last value. Names match the case the client sent (AWS maps case-sensitively).
    RequestHeader(Arc<str>),
    /// `method.request.multivalueheader.NAME`: all values.
    RequestHeaders(Arc<str>),
    /// `method.request.querystring.NAME`: the last value.
    RequestQuery(Arc<str>),
    /// `method.request.multivaluequerystring.NAME`: all values.
    RequestQueries(Arc<str>),
    /// `method.request.path.NAME`.
    RequestPath(Arc<str>),
    /// `integration.response.header.NAME`: the last value.
    ResponseHeader(http::HeaderName),
    /// `integration.response.multivalueheader.NAME`: all values.
    ResponseHeaders(http::HeaderName),
    /// `context.NAME`.
    Context(Variable),
    /// `context.authorizer.NAME`: what the authorizer said of the caller.
    Authorizer(Arc<str>),
}

/// Where a mapped value goes in the integration request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `integration.request.header.NAME`.
    Header(http::HeaderName),
    /// `integration.request.querystring.NAME`.
    Query(Arc<str>),
    /// `integration.request.path.NAME`: fills `{NAME}` in the URI.
    Path(Arc<str>),
}
