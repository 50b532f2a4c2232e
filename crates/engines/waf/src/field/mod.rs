//! Which part of a request a statement inspects, and what it says of parts that are too long or broken.

mod parse;
mod names;
mod pre_parse;
mod extract;
mod extracted;
mod headers;
mod cookies;
mod arguments;
mod json_body;
mod form;
mod xml;

pub use extracted::{Extent, Extracted, Value};
pub use names::{Included, MatchScope, Names};
pub use pre_parse::PreParse;

/// AWS's `FieldToMatch`: what is inspected, and what holds where that is impossible.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_FieldToMatch.html>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldToMatch {
    /// What is inspected. Equal fields yield equal values: it is the key under which these can be kept.
    pub field: Field,
    /// What holds where there is more than is inspected. `Continue` for fields that AWS knows no limit of.
    pub oversize: OversizeHandling,
    /// What holds for a body that is no JSON; `None` inspects it up to the first error. Only for [`Field::JsonBody`].
    pub invalid: Option<InvalidFallbackBehavior>,
}

/// A part of the request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Field {
    /// The method.
    Method,
    /// The path as received, without the query.
    UriPath,
    /// What follows the first `?`.
    QueryString,
    /// The values of one query argument, each on its own.
    SingleQueryArgument {
        /// Its name in small letters: it is compared without case.
        name: Box<str>,
        /// What is done to the query before it is split.
        before: PreParse,
    },
    /// The values of all query arguments, each on its own.
    AllQueryArguments {
        /// What is done to the query before it is split.
        before: PreParse,
    },
    /// The names of all query arguments, each on its own. AWS has no such field; managed groups alone ask for it.
    ArgumentNames,
    /// The values of one header, each on its own; its name in small letters.
    SingleHeader(Box<str>),
    /// Names and values of headers; their names are compared without case.
    Headers {
        /// Of which headers; names in small letters.
        names: Names,
        /// Which half.
        scope: MatchScope,
    },
    /// Names and values of cookies; their names are compared with case.
    Cookies {
        /// Of which cookies.
        names: Names,
        /// Which half.
        scope: MatchScope,
    },
    /// The headers' names in their order, in small letters, joined by `:`.
    HeaderOrder,
    /// The body's bytes.
    Body,
    /// Names and values in a body that is a form (URL-encoded or in parts, but for files), and values in one that is XML (texts
    /// and attributes), each on its own. AWS has no such field; managed groups alone ask for it.
    BodyValues,
    /// Keys and values of a JSON body.
    JsonBody {
        /// Of which elements.
        included: Included,
        /// Which half.
        scope: MatchScope,
    },
}

/// What a statement says of a part of which there is more than is inspected.
/// <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-oversize-handling.html>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum OversizeHandling {
    /// What there is of it is inspected.
    #[default]
    Continue,
    /// The statement matches.
    Match,
    /// The statement does not match.
    NoMatch,
}

/// What a statement says of a body that is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvalidFallbackBehavior {
    /// The statement matches.
    Match,
    /// The statement does not match.
    NoMatch,
    /// The body is inspected as [`Field::Body`] is, by the same transformations and criteria.
    EvaluateAsString,
}

impl Field {
    /// What AWS's log records call the place where something matched; a JSON body's is `UNKNOWN`.
    pub fn location(&self) -> &'static str {
        match self {
            Field::Method => "METHOD",
            Field::UriPath => "URI",
            Field::QueryString => "QUERY_STRING",
            Field::SingleQueryArgument { .. } => "SINGLE_QUERY_ARG",
            Field::AllQueryArguments { .. } | Field::ArgumentNames => "ALL_QUERY_ARGS",
            Field::SingleHeader(_) | Field::Headers { .. } => "HEADER",
            Field::Cookies { .. } => "COOKIE",
            Field::HeaderOrder => "HEADER_ORDER",
            Field::Body | Field::BodyValues => "BODY",
            Field::JsonBody { .. } => "UNKNOWN",
        }
    }
}
