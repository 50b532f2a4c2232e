//! The service `lambda`: functions, their versions, aliases, layers and permissions, as AWS Lambda manages them.
//! <https://docs.aws.amazon.com/lambda/latest/api/welcome.html>
//!
//! It must not know: how functions run, the snapshot, HTTP connections, other services. Begin with [`service`]; then one
//! folder per resource, one file per operation. `rules` says what may be set, `name` what a function may be called by,
//! `refused` what does not exist yet.

mod function;
mod version;
mod alias;
mod concurrency;
mod layer;
mod permission;
mod invoke;
mod tags;
mod account;
mod management;
mod refused;
mod rules;
mod view;
pub mod jobs;
mod name;
mod find;
mod code;
mod role;
mod page;
mod time;
mod nothing;
mod error;
#[cfg(test)]
mod testing;

use operation::{Registered, Service};
use wire::Protocol;

/// The service with all its operations.
pub fn service() -> Service {
    let operations = operations();
    Service {
        name: "lambda",
        event_source: "lambda.amazonaws.com",
        api_version: "2015-03-31",
        xml_namespace: None,
        protocol: Protocol::RestJson,
        targets: &[],
        global: false,
        tags: tags::access::of,
        refused: refused::all(),
        operations,
    }
}

fn operations() -> Vec<Registered> {
    let mut all = function::operations();
    all.extend(version::operations());
    all.extend(alias::operations());
    all.extend(concurrency::operations());
    all.extend(layer::operations());
    all.extend(permission::operations());
    all.push(Registered::of::<invoke::Invoke>());
    all.extend(tags::operations());
    all.push(Registered::of::<account::GetAccountSettings>());
    all.extend(management::operations());
    all
}
