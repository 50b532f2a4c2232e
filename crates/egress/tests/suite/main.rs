//! The outbound client against real upstreams, and against addresses it must not reach.

mod support;
mod plain;
mod hostile;
mod sending;
mod refused;
mod tls;
mod overdue;
