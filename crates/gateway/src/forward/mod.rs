//! What a proxy changes in the headers it passes on.

pub(crate) mod request;
pub(crate) mod response;

use http::HeaderName;

/// Whether a header belongs to one connection, or says how a message is framed on it.
///
/// SECURITY: those are written by whoever holds the connection. Nobody's settings put one beside them: over HTTP/1.1 it would
/// let one answer be read in two ways, over HTTP/2 it makes an answer that clients must refuse.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>, <https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2>
pub(crate) fn is_the_hops_own(name: &HeaderName) -> bool {
    const NAMES: [&str; 8] = [
        "connection",
        "content-length",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    NAMES.contains(&name.as_str())
}
