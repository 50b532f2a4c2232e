//! Lists in pages: `limit` items (25 unless said, 500 at most) and a `position` to go on from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use crate::error::Error;

const LIMIT_DEFAULT: u32 = 25;
const LIMIT_MAX: u32 = 500;
/// A position holds an id or a path of ours; longer ones are not ours.
const POSITION_CHARS_MAX: usize = 4096;

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Go on behind this id.
    pub(crate) after: Option<String>,
    /// At most so many.
    pub(crate) limit: u32,
}

impl Page {
    /// Reads what a caller sent. AWS takes any limit and cuts it to what it answers.
    pub(crate) fn read(position: Option<&str>, limit: Option<i32>) -> Result<Self, Error> {
        let limit = limit.and_then(|limit| u32::try_from(limit).ok()).filter(|limit| *limit > 0);
        let limit = limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
        let after = position.filter(|position| !position.is_empty()).map(read_position).transpose()?;
        Ok(Self { after, limit })
    }

    /// The page of a list that is in memory, by `key`, and where to go on.
    pub(crate) fn of<T>(&self, items: Vec<T>, key: impl Fn(&T) -> &str) -> (Vec<T>, Option<String>) {
        let mut rest = items.into_iter().filter(|item| self.after.as_deref().is_none_or(|after| key(item) > after));
        let page: Vec<T> = rest.by_ref().take(self.limit as usize).collect();
        let next = if rest.next().is_some() { page.last().map(|last| position(key(last))) } else { None };
        (page, next)
    }
}

/// The position behind an id.
pub(crate) fn position(id: &str) -> String {
    BASE64.encode(id)
}

fn read_position(position: &str) -> Result<String, Error> {
    let readable = Some(position).filter(|position| position.len() <= POSITION_CHARS_MAX);
    let bytes = readable.and_then(|position| BASE64.decode(position).ok());
    // Keys hold no NUL, so a position cannot either.
    let id = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|id| !id.contains('\0'));
    id.ok_or_else(|| Error::bad_request("Invalid position parameter specified"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_cut_to_what_is_answered() {
        for (given, limit) in
            [(None, 25), (Some(0), 25), (Some(-1), 25), (Some(1), 1), (Some(500), 500), (Some(501), 500)]
        {
            assert_eq!(Page::read(None, given).map(|page| page.limit), Ok(limit), "{given:?}");
        }
    }

    #[test]
    fn a_position_is_ours_or_refused() {
        let page = Page::read(Some(&position("abc")), None).expect("our own position");
        assert_eq!(page.after.as_deref(), Some("abc"));
        for foreign in ["%", "a", &BASE64.encode([0xff, 0xfe]), &BASE64.encode("a\0"), &"A".repeat(5000)] {
            assert!(Page::read(Some(foreign), None).is_err(), "{foreign}");
        }
    }

    #[test]
    fn pages_cover_a_list_once() {
        let all: Vec<String> = (0..7).map(|number| format!("item{number}")).collect();
        let mut seen = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let page = Page::read(next.as_deref(), Some(3)).expect("a good page");
            let (items, position) = page.of(all.clone(), |item| item);
            seen.extend(items);
            next = position;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
    }
}
