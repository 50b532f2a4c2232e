//! Names and values of a JSON body.

use super::extracted::{Extent, Extracted, Name, Source};
use super::{Included, MatchScope};
use crate::json::{Broken, Piece, Scanner, Text, Tracker, decode};
use crate::request::Request;

/// The names and scalars that are asked for, up to the body's end or first failure. An empty body has none and is whole:
/// a request without a body is not one with a broken body.
pub(super) fn extract(request: &Request<'_>, included: &Included, scope: MatchScope, into: &mut Extracted) {
    let body = request.body.prefix;
    if body.is_empty() {
        return;
    }
    let mut scanner = Scanner::new(body);
    let broken = match included {
        Included::All => all(request, &mut scanner, scope, into),
        Included::Paths(paths) => {
            let mut frames = std::mem::take(&mut into.frames);
            let mut tracker = Tracker::new(paths, &mut frames);
            let broken = tracked(request, &mut scanner, scope, &mut tracker, into);
            into.frames = frames;
            broken
        }
    };
    // A body that is longer than what is inspected must end too early: that is its extent, not a failure.
    into.broken = broken.filter(|broken| *broken != Broken::Ended || into.extent == Extent::Whole);
}

fn all(request: &Request<'_>, scanner: &mut Scanner<'_>, scope: MatchScope, into: &mut Extracted) -> Option<Broken> {
    while let Some(piece) = scanner.advance() {
        match piece {
            Ok(Piece::Key(text)) if scope.keys() => push(request, text, into),
            Ok(Piece::Scalar(text)) if scope.values() => push(request, text, into),
            Ok(Piece::Key(_) | Piece::Scalar(_) | Piece::OpenObject | Piece::OpenArray | Piece::Close) => {}
            Err(broken) => return Some(broken),
        }
    }
    None
}

fn tracked(
    request: &Request<'_>,
    scanner: &mut Scanner<'_>,
    scope: MatchScope,
    tracker: &mut Tracker<'_>,
    into: &mut Extracted,
) -> Option<Broken> {
    while let Some(piece) = scanner.advance() {
        match piece {
            Ok(Piece::Key(text)) => {
                let raw = &request.body.prefix[text.start..text.end];
                let included = if text.escaped {
                    into.spare.clear();
                    decode(raw, &mut into.spare);
                    tracker.key(&into.spare)
                } else {
                    tracker.key(raw)
                };
                if included && scope.keys() {
                    push(request, text, into);
                }
            }
            Ok(Piece::Scalar(text)) => {
                if tracker.scalar() && scope.values() {
                    push(request, text, into);
                }
            }
            Ok(Piece::OpenObject) => tracker.open(false),
            Ok(Piece::OpenArray) => tracker.open(true),
            Ok(Piece::Close) => tracker.close(),
            Err(broken) => return Some(broken),
        }
    }
    None
}

fn push(request: &Request<'_>, text: Text, into: &mut Extracted) {
    let name = Name::Pointer(text.start as u32);
    if text.escaped {
        let start = into.own.len();
        decode(&request.body.prefix[text.start..text.end], &mut into.own);
        into.push(request, Source::Own, start, into.own.len(), name);
    } else {
        into.push(request, Source::Body, text.start, text.end, name);
    }
}
