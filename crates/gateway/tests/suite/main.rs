//! The journey, driven directly and over real sockets, one module a topic.

mod support;
mod authorize;
mod authorizers;
mod firewall;
mod origins;
mod explained;
mod functions;
mod http;
mod http_proxy;
mod limits;
mod logs;
mod meter;
mod metering_told;
mod mock;
mod native_jwt;
mod quotas;
mod recorded_once;
mod refusals;
mod routing;
mod sockets;
mod streaming;
mod timeouts;
mod tried;
mod what_if;
