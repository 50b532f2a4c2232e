//! HPACK: how HTTP/2 writes header fields. What clients write is read with both tables and Huffman's code; what we write
//! uses the static table alone, so that an answer costs no memory between requests.
//! <https://www.rfc-editor.org/rfc/rfc7541>

mod decode;
mod encode;
mod huffman;
mod table;

#[cfg(test)]
mod examples;

pub(super) use decode::{Decoder, Found, Unread};
pub(super) use encode::{NO_TABLE, write_field, write_name, write_status, write_value};
