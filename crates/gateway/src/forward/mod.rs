//! What a proxy changes in the headers it passes on.

pub(crate) mod request;
pub(crate) mod response;

use http::{HeaderMap, HeaderName, HeaderValue};

/// Beyond this many headers a look at each costs more than hashing a name.
const FEW: usize = 16;

/// Removes a header that is mostly not there.
fn take(headers: &mut HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    if headers.keys_len() <= FEW && !headers.keys().any(|known| known == name) {
        return None;
    }
    headers.remove(name)
}
