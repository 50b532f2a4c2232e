//! The services this node knows, and how a call finds its operation among them.

use std::collections::HashMap;

use operation::{Http, Kind, Refused, Registered, Service};
use wire::{Labels, Protocol, Router};

/// All services.
#[derive(Debug)]
pub struct Catalog {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    service: Service,
    routes: Router<Index>,
    names: HashMap<&'static str, Index>,
}

#[derive(Debug, Clone, Copy)]
enum Index {
    Served(usize),
    Refused(usize),
}

/// An operation of a service, served or refused.
#[derive(Debug, Clone, Copy)]
pub enum Target<'c> {
    /// It runs.
    Served(&'c Registered),
    /// It is known and refused.
    Refused(&'c Refused),
}

impl Target<'_> {
    /// AWS's name.
    pub fn name(&self) -> &'static str {
        match self {
            Target::Served(operation) => operation.spec.name,
            Target::Refused(operation) => operation.name,
        }
    }

    /// The IAM action to ask for.
    pub fn action(&self) -> &'static str {
        match self {
            Target::Served(operation) => operation.spec.action,
            Target::Refused(operation) => operation.action,
        }
    }

    /// Whether it may be called without a signature.
    pub fn takes_unsigned(&self) -> bool {
        match self {
            Target::Served(operation) => operation.spec.unsigned,
            Target::Refused(_) => false,
        }
    }

    /// Whether it only reads.
    pub fn reads_only(&self) -> bool {
        match self {
            Target::Served(operation) => operation.spec.kind == Kind::Read,
            // AWS's own naming rule; what is refused changes nothing either way.
            Target::Refused(operation) => operation.name.starts_with("Get") || operation.name.starts_with("List"),
        }
    }
}

/// Two operations claim the same name or place: a mistake in a service's table, found when the node starts.
#[derive(Debug, thiserror::Error)]
#[error("the service `{service}` has an operation `{operation}` that cannot be routed")]
pub struct Unroutable {
    service: &'static str,
    operation: &'static str,
}

impl Catalog {
    /// Builds the routing tables.
    pub fn new(services: Vec<Service>) -> Result<Self, Unroutable> {
        let entries = services.into_iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// The services.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.entries.iter().map(|entry| &entry.service)
    }

    /// The service that signs under `name`.
    pub fn signed_as(&self, name: &str) -> Option<Known<'_>> {
        self.known(|service| service.name == name)
    }

    /// The service that `X-Amz-Target` names before its last dot.
    pub fn targeted_by(&self, prefix: &str) -> Option<Known<'_>> {
        self.known(|service| service.targets.contains(&prefix))
    }

    /// Services whose calls are found by verb and path.
    pub fn routed(&self) -> impl Iterator<Item = Known<'_>> {
        let routed = |service: &Service| matches!(service.protocol, Protocol::RestJson | Protocol::RestXml);
        self.entries.iter().filter(move |entry| routed(&entry.service)).map(Known)
    }

    /// Services whose calls carry an `Action`.
    pub fn by_action(&self) -> impl Iterator<Item = Known<'_>> {
        self.entries.iter().filter(|entry| entry.service.protocol == Protocol::Query).map(Known)
    }

    fn known(&self, wanted: impl Fn(&Service) -> bool) -> Option<Known<'_>> {
        self.entries.iter().find(|entry| wanted(&entry.service)).map(Known)
    }
}

fn entry(service: Service) -> Result<Entry, Unroutable> {
    let mut routes = Router::new();
    let mut names = HashMap::new();
    let served = service.operations.iter().enumerate();
    let served = served.map(|(at, known)| (known.spec.name, known.spec.http.as_ref(), Index::Served(at)));
    let refused = service.refused.iter().enumerate();
    let refused = refused.map(|(at, known)| (known.name, known.http.as_ref(), Index::Refused(at)));
    for (operation, http, index) in served.chain(refused) {
        let unroutable = Unroutable { service: service.name, operation };
        if names.insert(operation, index).is_some() {
            return Err(unroutable);
        }
        let routed = matches!(service.protocol, Protocol::RestJson | Protocol::RestXml);
        match http {
            Some(Http { method, uri, .. }) if routed => {
                routes.add(method.clone(), uri, index).map_err(|_| unroutable)?;
            }
            None if routed => return Err(unroutable),
            Some(_) | None => {}
        }
    }
    Ok(Entry { service, routes, names })
}

/// A service that was found.
#[derive(Debug, Clone, Copy)]
pub struct Known<'c>(&'c Entry);

impl<'c> Known<'c> {
    /// The service.
    pub fn service(self) -> &'c Service {
        &self.0.service
    }

    /// The operation of this name.
    pub fn named(self, name: &str) -> Option<Target<'c>> {
        self.0.names.get(name).map(|index| self.target(*index))
    }

    /// The operation at this verb and path.
    pub fn at(self, method: &http::Method, path: &str, query: &str) -> Option<(Target<'c>, Labels)> {
        let found = self.0.routes.find(method, path, query)?;
        Some((self.target(*found.target), found.labels))
    }

    fn target(self, index: Index) -> Target<'c> {
        match index {
            Index::Served(at) => Target::Served(&self.0.service.operations[at]),
            Index::Refused(at) => Target::Refused(&self.0.service.refused[at]),
        }
    }
}
