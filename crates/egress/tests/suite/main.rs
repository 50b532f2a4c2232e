//! The outbound client against real upstreams, and against addresses it must not reach.

mod support;
mod plain;
mod refused;
mod tls;
