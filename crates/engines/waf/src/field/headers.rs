//! Headers: one by its name, many with their names, the order of all.

use super::extracted::{Extent, Extracted, Name, Source};
use super::{MatchScope, Names};
use crate::request::Request;

/// Names and values together, of all headers.
/// <https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html>
const BYTES_MAX: usize = 8192;
/// As many headers are inspected.
const COUNT_MAX: usize = 200;

/// The values of one header, each on its own and in whole length: AWS knows no oversize handling for it.
pub(super) fn single(request: &Request<'_>, name: &str, into: &mut Extracted) {
    for (index, header) in indexed(request) {
        if header.name.eq_ignore_ascii_case(name.as_bytes()) {
            into.push_whole(request, Source::HeaderValue(index), Name::Header(index));
        }
    }
}

/// Names and values of headers. Headers that are not asked for count towards the limit too, as AWS has it.
pub(super) fn all(request: &Request<'_>, names: &Names, scope: MatchScope, into: &mut Extracted) {
    into.extent = within_limit(request, |index, name_bytes, value_bytes| {
        if !names.header(request.headers[usize::from(index)].name) {
            return;
        }
        if scope.keys() {
            into.push(request, Source::HeaderName(index), 0, name_bytes, Name::Header(index));
        }
        if scope.values() {
            into.push(request, Source::HeaderValue(index), 0, value_bytes, Name::Header(index));
        }
    });
}

/// All names in their order, in small letters, joined by `:`.
pub(super) fn order(request: &Request<'_>, into: &mut Extracted) {
    let own = &mut into.own;
    into.extent = within_limit(request, |index, name_bytes, _| {
        if index > 0 {
            own.push(b':');
        }
        let name = &request.headers[usize::from(index)].name[..name_bytes];
        own.extend(name.iter().map(u8::to_ascii_lowercase));
    });
    into.push_whole(request, Source::Own, Name::None);
}

/// Walks over the headers that are inspected: which, and how many bytes of its name and value.
fn within_limit(request: &Request<'_>, mut visit: impl FnMut(u16, usize, usize)) -> Extent {
    let mut left = BYTES_MAX;
    for (index, header) in indexed(request) {
        if usize::from(index) == COUNT_MAX {
            return Extent::Oversize;
        }
        let name_bytes = header.name.len().min(left);
        let value_bytes = header.value.len().min(left - name_bytes);
        visit(index, name_bytes, value_bytes);
        left -= name_bytes + value_bytes;
        if name_bytes + value_bytes < header.name.len() + header.value.len() {
            return Extent::Oversize;
        }
    }
    Extent::Whole
}

/// The headers with their positions. The edge admits far fewer than 65,536.
pub(super) fn indexed<'a>(request: &Request<'a>) -> impl Iterator<Item = (u16, &'a crate::Header<'a>)> {
    (0..=u16::MAX).zip(request.headers)
}
