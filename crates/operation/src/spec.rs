//! An operation's card in data: one declaration feeds routing, authorization, audit and the coverage table.

use http::Method;

/// What the rest of the house needs to know of an operation before it runs.
#[derive(Debug, Clone)]
pub struct Spec {
    /// AWS's name, such as `CreateStage`.
    pub name: &'static str,
    /// Whether it may change anything.
    pub kind: Kind,
    /// Its HTTP binding; `None` for protocols that find operations by name.
    pub http: Option<Http>,
    /// The IAM action to ask for, such as `apigateway:POST`.
    pub action: &'static str,
    /// The errors it declares: code and HTTP status.
    pub errors: &'static [(&'static str, u16)],
    /// Whoever is authenticated may call it, whatever policies say: AWS has a few such operations.
    pub always_allowed: bool,
    /// It may be called without a signature; the operation itself then proves who calls. A signature that is there must be good.
    pub unsigned: bool,
    /// Its resource is a role, of whatever account, whose trust policy must allow it as well.
    pub by_trust: bool,
}

/// Whether an operation may change anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reads only; a write in it is a fault.
    Read,
    /// Writes.
    Write,
}

/// A REST binding.
#[derive(Debug, Clone)]
pub struct Http {
    /// The verb.
    pub method: Method,
    /// The pattern of AWS's model, such as `/restapis/{restapi_id}/stages/{stage_name}`, with a constant query if any.
    pub uri: &'static str,
    /// The status of success.
    pub status: u16,
}

impl Spec {
    /// An operation that only reads, asking for `action`.
    pub const fn read(name: &'static str, action: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Read,
            http: None,
            action,
            errors: &[],
            always_allowed: false,
            unsigned: false,
            by_trust: false,
        }
    }

    /// An operation that writes, asking for `action`.
    pub const fn write(name: &'static str, action: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Write,
            http: None,
            action,
            errors: &[],
            always_allowed: false,
            unsigned: false,
            by_trust: false,
        }
    }

    /// Binds it to a verb, a path pattern and a status of success.
    #[must_use]
    pub const fn http(self, method: Method, uri: &'static str, status: u16) -> Self {
        let Self { name, kind, action, errors, always_allowed, unsigned, by_trust, .. } = self;
        // A constant cannot run destructors, and an operation is bound once: there is nothing to free.
        std::mem::forget(self);
        Self {
            name,
            kind,
            http: Some(Http { method, uri, status }),
            action,
            errors,
            always_allowed,
            unsigned,
            by_trust,
        }
    }

    /// Declares its errors.
    #[must_use]
    pub const fn errors(mut self, errors: &'static [(&'static str, u16)]) -> Self {
        self.errors = errors;
        self
    }

    /// Lets whoever is authenticated call it, even against an explicit deny.
    #[must_use]
    pub const fn always_allowed(mut self) -> Self {
        self.always_allowed = true;
        self
    }

    /// Takes calls without a signature; no policy is asked by `control`, so the operation must judge by itself.
    #[must_use]
    pub const fn unsigned(mut self) -> Self {
        self.always_allowed = true;
        self.unsigned = true;
        self
    }

    /// Asks the trust policy of the role that the input names; a role that does not exist allows nobody.
    #[must_use]
    pub const fn by_trust(mut self) -> Self {
        self.by_trust = true;
        self
    }
}
