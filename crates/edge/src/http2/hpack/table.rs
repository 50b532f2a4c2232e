//! HPACK's two tables: the static one, and the dynamic one of what a client sent before.
//! <https://www.rfc-editor.org/rfc/rfc7541#section-2.3>

use std::collections::VecDeque;

/// The dynamic table's size in bytes, unless we say another (RFC 9113, section 6.5.2), and we do not.
pub(super) const TABLE_BYTES: usize = 4096;
/// What an entry counts beside its name and its value (RFC 7541, section 4.1).
const ENTRY_EXTRA: usize = 32;

/// Appendix A.
pub(super) const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

/// The dynamic table: its bytes stand one after the other, the oldest first.
#[derive(Debug)]
pub(super) struct Table {
    bytes: Vec<u8>,
    /// The oldest first.
    entries: VecDeque<Entry>,
    /// How many bytes were let go before those in `bytes`, as far as 32 bits count.
    gone: u32,
    size: usize,
    size_max: usize,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Where it begins, counted from the first byte that the table ever held.
    at: u32,
    name: u16,
    value: u16,
}

impl Entry {
    fn len(self) -> usize {
        usize::from(self.name) + usize::from(self.value)
    }
}

impl Default for Table {
    fn default() -> Self {
        Self { bytes: Vec::new(), entries: VecDeque::new(), gone: 0, size: 0, size_max: TABLE_BYTES }
    }
}

impl Table {
    /// The name and value at an index of both tables, which begins with 1.
    pub(super) fn get(&self, index: usize) -> Option<(&[u8], &[u8])> {
        if let Some((name, value)) = STATIC.get(index.checked_sub(1)?) {
            return Some((name.as_bytes(), value.as_bytes()));
        }
        let younger = index - 1 - STATIC.len();
        let entry = self.entries.get(self.entries.len().checked_sub(younger)?.checked_sub(1)?)?;
        let at = entry.at.wrapping_sub(self.gone) as usize;
        Some(self.bytes[at..at + entry.len()].split_at(usize::from(entry.name)))
    }

    /// Adds an entry; the oldest make room for it. One that is larger than the table only empties it.
    pub(super) fn insert(&mut self, name: &[u8], value: &[u8]) {
        let size = name.len() + value.len() + ENTRY_EXTRA;
        if size > self.size_max {
            return self.shrink_to(0);
        }
        self.shrink_to(self.size_max - size);
        let at = self.gone.wrapping_add(self.bytes.len() as u32);
        self.bytes.extend_from_slice(name);
        self.bytes.extend_from_slice(value);
        // INVARIANT: both fit the table, so they fit sixteen bits.
        self.entries.push_back(Entry { at, name: name.len() as u16, value: value.len() as u16 });
        self.size += size;
    }

    /// Changes the size that entries may take; more than what we said is no size.
    pub(super) fn resize(&mut self, size_max: usize) -> Option<()> {
        if size_max > TABLE_BYTES {
            return None;
        }
        self.size_max = size_max;
        self.shrink_to(size_max);
        Some(())
    }

    /// Lets the room go that is not used.
    pub(super) fn settle(&mut self) {
        self.drop_front();
        self.bytes.shrink_to_fit();
        self.entries.shrink_to_fit();
    }

    fn shrink_to(&mut self, size: usize) {
        while self.size > size
            && let Some(entry) = self.entries.pop_front()
        {
            self.size -= entry.len() + ENTRY_EXTRA;
        }
        if self.unused() >= TABLE_BYTES || self.entries.is_empty() {
            self.drop_front();
        }
    }

    /// How many bytes stand before the oldest entry.
    fn unused(&self) -> usize {
        self.entries.front().map_or(self.bytes.len(), |oldest| oldest.at.wrapping_sub(self.gone) as usize)
    }

    fn drop_front(&mut self) {
        let unused = self.unused();
        self.bytes.drain(..unused);
        self.gone = self.gone.wrapping_add(unused as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_index_counts_from_the_youngest_behind_the_static_ones() {
        let mut table = Table::default();
        assert_eq!(table.get(0), None);
        assert_eq!(table.get(1), Some((&b":authority"[..], &b""[..])));
        assert_eq!(table.get(61), Some((&b"www-authenticate"[..], &b""[..])));
        assert_eq!(table.get(62), None);
        table.insert(b"a", b"1");
        table.insert(b"b", b"22");
        assert_eq!(table.get(62), Some((&b"b"[..], &b"22"[..])));
        assert_eq!(table.get(63), Some((&b"a"[..], &b"1"[..])));
        assert_eq!(table.get(64), None);
        assert_eq!(table.get(usize::MAX), None);
    }

    #[test]
    fn an_entry_larger_than_the_table_empties_it() {
        let mut table = Table::default();
        table.insert(b"a", b"1");
        table.insert(b"b", &[b'x'; TABLE_BYTES]);
        assert_eq!((table.get(62), table.size), (None, 0));
        assert!(table.resize(TABLE_BYTES + 1).is_none());
    }

    fn evict(list: &mut VecDeque<(Vec<u8>, Vec<u8>)>, size_max: usize) {
        while list.iter().map(|(name, value)| name.len() + value.len() + 32).sum::<usize>() > size_max {
            list.pop_back();
        }
    }

    proptest! {
        #[test]
        fn it_holds_what_a_plain_list_holds_and_never_more_than_its_size(
            steps in prop::collection::vec((0usize..600, 0usize..600, prop::option::of(0usize..TABLE_BYTES)), 0..120)
        ) {
            let (mut table, mut list, mut size_max) = (Table::default(), VecDeque::new(), TABLE_BYTES);
            for (number, (name, value, size)) in steps.into_iter().enumerate() {
                let (name, value) = (vec![number as u8; name], vec![number as u8 ^ 0xff; value]);
                table.insert(&name, &value);
                list.push_front((name, value));
                evict(&mut list, size_max);
                if let Some(size) = size {
                    table.resize(size).expect("a size");
                    size_max = size;
                    evict(&mut list, size_max);
                }
                if number % 7 == 0 {
                    table.settle();
                }
                for (index, (name, value)) in list.iter().enumerate() {
                    prop_assert_eq!(table.get(62 + index), Some((&name[..], &value[..])));
                }
                prop_assert_eq!(table.get(62 + list.len()), None);
                prop_assert!(table.bytes.len() <= 2 * TABLE_BYTES);
            }
        }
    }
}
