//! The edge over real sockets: framing, limits, TLS, drain, floods.

mod support;
mod drain;
mod floods;
mod head;
mod http2;
mod property;
mod smuggling;
mod time;
mod tls;
