//! What the edge refuses by itself, before any handler has seen the request.
//! <https://www.rfc-editor.org/rfc/rfc9112#section-11.2> (request smuggling)

use http::StatusCode;

/// Why a request never reached a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum FrontEndRefusal {
    /// The request line is not `METHOD SP target SP HTTP/1.x`.
    #[error("the request line is malformed")]
    InvalidRequestLine,
    /// A target that is neither a path nor a URL, or that holds bytes no URL may hold.
    #[error("the request target is malformed")]
    InvalidTarget,
    /// CONNECT asks for a tunnel, which this is not.
    #[error("the method is not served here")]
    MethodNotServed,
    /// Neither HTTP/1.0 nor HTTP/1.1.
    #[error("the HTTP version is not supported")]
    UnsupportedVersion,
    /// A line that ends with LF alone.
    #[error("a line ends with a bare line feed")]
    BareLineFeed,
    /// A header continued on a line that starts with white space.
    #[error("a header is folded over two lines")]
    ObsoleteFold,
    /// A header's name is no token, or white space stands before its colon.
    #[error("a header name is malformed")]
    InvalidHeaderName,
    /// A header's value holds a control character.
    #[error("a header value holds a control character")]
    InvalidHeaderValue,
    /// Both `Content-Length` and `Transfer-Encoding`.
    #[error("the body has both a length and a transfer encoding")]
    LengthAndEncoding,
    /// More than one `Content-Length`, equal or not.
    #[error("the content length is given more than once")]
    RepeatedLength,
    /// A `Content-Length` that is not a plain number.
    #[error("the content length is not a number")]
    InvalidLength,
    /// A `Transfer-Encoding` that is not exactly `chunked`, or one on HTTP/1.0.
    #[error("the transfer encoding is not chunked")]
    InvalidEncoding,
    /// No `Host` on HTTP/1.1, or neither `:authority` nor `host` on HTTP/2.
    #[error("the host is missing")]
    MissingHost,
    /// More than one `Host`.
    #[error("the host is given more than once")]
    RepeatedHost,
    /// A `Host` that no host can be called.
    #[error("the host is malformed")]
    InvalidHost,
    /// The target's authority, or `:authority`, is not the `Host`.
    #[error("the target names another host than the host header")]
    AuthorityDiffers,
    /// `:authority` is not the name the TLS handshake asked for.
    #[error("the request is for another host than the connection")]
    Misdirected,
    /// The request target is longer than the limit.
    #[error("the request target is too long")]
    TargetTooLong,
    /// All headers together are longer than the limit.
    #[error("the headers are too large")]
    HeadersTooLarge,
    /// More header fields than the limit.
    #[error("there are too many headers")]
    TooManyHeaders,
    /// The head did not arrive in time.
    #[error("the request head did not arrive in time")]
    HeadTimeout,
    /// The client stopped sending in the middle of the head.
    #[error("the request head ends in the middle")]
    Truncated,
    /// The handler panicked; a fault of ours.
    #[error("the handler failed")]
    HandlerPanicked,
}

impl FrontEndRefusal {
    /// The status it is answered with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequestLine
            | Self::InvalidTarget
            | Self::MethodNotServed
            | Self::BareLineFeed
            | Self::ObsoleteFold
            | Self::InvalidHeaderName
            | Self::InvalidHeaderValue
            | Self::LengthAndEncoding
            | Self::RepeatedLength
            | Self::InvalidLength
            | Self::InvalidEncoding
            | Self::MissingHost
            | Self::RepeatedHost
            | Self::InvalidHost
            | Self::AuthorityDiffers
            | Self::Truncated => StatusCode::BAD_REQUEST,
            Self::HeadTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::HeadersTooLarge | Self::TooManyHeaders => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::HandlerPanicked => StatusCode::INTERNAL_SERVER_ERROR,
            Self::UnsupportedVersion => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
        }
    }
}
