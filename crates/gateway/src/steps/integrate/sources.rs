//! Where mapped values come from, for one request.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html>

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, Version};
use percent_encoding::percent_decode;
use snapshot::{Source, Stage};

use crate::context::Values;
use crate::request::Request;
use crate::steps::route::Parameters;

/// What a request offers to mappings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) request: &'a Request,
    pub(super) stage: &'a Stage,
    pub(super) received: &'a edge::ReceivedHeaders,
    pub(super) parameters: &'a Parameters,
    /// The backend's headers, once it has answered.
    pub(super) response: Option<&'a HeaderMap>,
}

/// A mapped value: the bytes it stands for, nothing encoded.
pub(crate) type Value<'a> = Cow<'a, [u8]>;

impl<'a> Sources<'a> {
    /// The values of a source, none where there is nothing. Only multi-value sources have more than one.
    pub(super) fn find(&self, source: &'a Source) -> Vec<Value<'a>> {
        match source {
            Source::Static(text) => vec![Cow::Borrowed(text.as_bytes())],
            Source::RequestHeader(name) => last(self.request_headers(name)),
            Source::RequestHeaders(name) => self.request_headers(name),
            Source::RequestQuery(name) => last(self.queries(name)),
            Source::RequestQueries(name) => self.queries(name),
            Source::RequestPath(name) => {
                let text = self.path_parameter(name);
                text.map(|text| percent_decode(text.as_bytes()).into()).into_iter().collect()
            }
            Source::ResponseHeader(name) => last(self.response_headers(name)),
            Source::ResponseHeaders(name) => self.response_headers(name),
            Source::Authorizer(key) => {
                let values = Values { request: self.request, stage: Some(self.stage), ending: None };
                let mut value = Vec::new();
                values.write_authorizer(key, &mut value).then_some(Cow::Owned(value)).into_iter().collect()
            }
            Source::Context(variable) => {
                let values = Values { request: self.request, stage: Some(self.stage), ending: None };
                values.get(*variable).map(Cow::Owned).into_iter().collect()
            }
        }
    }

    /// A path parameter as it stands in the path: encoded, and free of anything that climbs.
    pub(super) fn path_parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters.get(name, self.request.target.as_ref()?.path())
    }

    /// AWS maps header names case-sensitively; HTTP/2 knows lower case only, so there case says nothing.
    fn request_headers(&self, name: &str) -> Vec<Value<'a>> {
        let any_case = self.request.version == Version::HTTP_2;
        let fits = |sent: &str| if any_case { sent.eq_ignore_ascii_case(name) } else { sent == name };
        self.received.iter().filter(|(sent, _)| fits(sent)).map(|(_, value)| Cow::Borrowed(value)).collect()
    }

    fn queries(&self, name: &str) -> Vec<Value<'a>> {
        let query = self.request.target.as_ref().and_then(|target| target.query()).unwrap_or_default();
        pairs(query).filter(|(known, _)| *decode(known) == *name.as_bytes()).map(|(_, value)| decode(value)).collect()
    }

    fn response_headers(&self, name: &HeaderName) -> Vec<Value<'a>> {
        let values = self.response.map(|headers| headers.get_all(name).iter());
        values.into_iter().flatten().map(|value| Cow::Borrowed(value.as_bytes())).collect()
    }
}

fn last(mut values: Vec<Value<'_>>) -> Vec<Value<'_>> {
    values.pop().into_iter().collect()
}

/// The `name=value` pairs of a query, undecoded.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// A query's name or value as forms encode it.
pub(crate) fn decode(text: &str) -> Value<'_> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text.as_bytes());
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode(spaced.as_bytes()).collect())
}
