//! The service `iam`: users, groups, roles, policies and keys, as AWS's IAM manages them.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html>
//!
//! It must not know: the snapshot, HTTP, other services. Begin with [`service`]; then one folder per resource, one file
//! per operation. `rules` says what names, paths, tags and documents may be, `refused` what does not exist.

mod user;
mod group;
mod role;
mod policy;
mod inline;
mod attachment;
mod boundary;
mod access_key;
mod account;
mod oidc_provider;
mod instance_profile;
mod simulate;
mod refused;
mod rules;
mod find;
mod caller;
mod time;
mod holder;
mod tagged;
mod page;
mod ids;
mod nothing;
mod error;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod hostile;

use operation::{Registered, Service};
use wire::Protocol;

/// The service with all its operations.
pub fn service() -> Service {
    let operations = operations();
    Service {
        name: "iam",
        event_source: "iam.amazonaws.com",
        api_version: "2010-05-08",
        xml_namespace: Some("https://iam.amazonaws.com/doc/2010-05-08/"),
        protocol: Protocol::Query,
        targets: &[],
        global: true,
        tags: tagged::of,
        refused: refused::all_but(&operations),
        operations,
    }
}

fn operations() -> Vec<Registered> {
    let mut all = user::operations();
    all.extend(group::operations());
    all.extend(role::operations());
    all.extend(policy::operations());
    all.extend(inline::operations());
    all.extend(attachment::operations());
    all.extend(boundary::operations());
    all.extend(access_key::operations());
    all.extend(account::operations());
    all.extend(oidc_provider::operations());
    all.extend(instance_profile::operations());
    all.extend(simulate::operations());
    all
}
