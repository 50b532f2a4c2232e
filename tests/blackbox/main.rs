//! What a stranger can do to the running binary, and what must come of it.

mod smuggling;
mod paths;
mod header_injection;
mod custom_answers;
mod tls;
mod limits;
mod management;
mod quotas;
mod accounts;
mod records;
mod drain;
mod crash;
mod outage;
mod cluster;
mod cluster_metering;
