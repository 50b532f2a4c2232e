//! Sockets, TLS, HTTP: turns connections into [`Arrived`] requests and hands them to a [`Handler`].
//!
//! It must not know: what an API, a stage or an AWS operation is; any configuration but its own [`Limits`].
//!
//! Begin with [`serve()`]: it accepts on every [`Endpoint`], and each connection runs in `drive`. HTTP/1.1 is ours, in
//! `http1`: `scan` and `chunks` frame the stream strictly, `parse` judges each head. So no two parsers can disagree, and
//! the names keep the client's case and order. HTTP/2 is ours, too, in `http2`: frames, windows and HPACK.
//! What the edge refuses by itself goes through [`Handler::refused`], so that every request ends in a record.
//!
//! Deliberately absent: HTTP/1.1 upgrades, HTTP/2 without TLS, 0-RTT, and HTTP/3.

mod serve;
mod workers;
mod listen;
mod admission;
mod drive;
mod connection;
mod shared;
mod transport;
mod scan;
mod parse;
mod chunks;
mod dates;
mod http1;
mod http2;
mod handler;
mod fields;
mod head;
mod host;
mod refusal;
mod body;
mod room;
mod pace;
mod limits;
mod bell;
mod tls;
pub mod authority;

#[cfg(test)]
mod doubles;

pub use admission::TurnedAway;
pub use body::{Body, BodyError};
pub use connection::{Alpn, Connection, TlsFacts};
pub use fields::Fields;
pub use handler::{Answer, Arrived, Handler, Refused};
pub use head::{Head, ReceivedHeaders, Target};
pub use limits::Limits;
pub use listen::{BindError, Listener, bind};
pub use refusal::FrontEndRefusal;
pub use room::{Held, Room};
pub use serve::{Drained, Endpoint, Server, serve};
pub use tls::{Certificate, CertificateError, CertificateSet, Certificates, Tls};
pub use workers::Workers;

/// What the edge's readers do with a stranger's bytes, open to property tests only.
#[doc(hidden)]
pub mod testing {
    pub use crate::chunks::{ChunkError, Chunks};
    pub use crate::parse::{Framing, parse};
    pub use crate::scan::Scan;
}
