//! Finds a field's values in a request. Nothing is decoded on the way: that is what transformations are for.

use super::extracted::{Extent, Extracted, Name, Source};
use super::{Field, arguments, cookies, form, headers, json_body, xml};
use crate::request::Request;

impl Field {
    /// Finds the field's values. What was in `into` before is forgotten.
    ///
    /// A method, path, query or body always has one value, be it empty; the others have as many as the request brings.
    pub fn extract(&self, request: &Request<'_>, into: &mut Extracted) {
        into.clear();
        match self {
            Field::Method => into.push_whole(request, Source::Method, Name::None),
            Field::UriPath => into.push_whole(request, Source::Path, Name::None),
            Field::QueryString => into.push_whole(request, Source::Query, Name::None),
            Field::Body => {
                into.push_whole(request, Source::Body, Name::None);
                into.extent = body_extent(request);
            }
            Field::BodyValues => {
                into.extent = body_extent(request);
                form::extract(request, into);
                xml::extract(request, into);
            }
            Field::SingleHeader(name) => headers::single(request, name, into),
            Field::Headers { names, scope } => headers::all(request, names, *scope, into),
            Field::HeaderOrder => headers::order(request, into),
            Field::Cookies { names, scope } => cookies::all(request, names, *scope, into),
            Field::ArgumentNames => arguments::names(request, into),
            Field::SingleQueryArgument { name, before } => arguments::extract(request, Some(name), before, into),
            Field::AllQueryArguments { before } => arguments::extract(request, None, before, into),
            Field::JsonBody { included, scope } => {
                into.extent = body_extent(request);
                json_body::extract(request, included, *scope, into);
            }
        }
    }
}

fn body_extent(request: &Request<'_>) -> Extent {
    if request.body.truncated { Extent::Oversize } else { Extent::Whole }
}
