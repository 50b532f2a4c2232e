//! Actions and their patterns: `service:Name`, whose case does not matter.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>

use crate::keys::name_hash;
use crate::malformed::cut;
use crate::pattern::{Fit, Pattern, Variables, Wildcards};
use crate::{Keys, MalformedPolicy};

/// What is asked for, such as `execute-api:Invoke`. Made once per operation, so that a decision need not fold its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    name: String,
    folded: String,
    gate: Gate,
}

/// What tells in one comparison that a statement cannot be about an action: for most statements that is all that is
/// looked at. Each name sets one bit of 64, so that a gate may be open in vain but is never shut wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gate {
    /// Of whole names.
    exact: u64,
    /// Of services whose actions are meant by a pattern.
    service: u64,
}

impl Gate {
    /// Shut for every action.
    pub(crate) const SHUT: Self = Self { exact: 0, service: 0 };
    /// Open for every action.
    pub(crate) const OPEN: Self = Self { exact: u64::MAX, service: u64::MAX };

    /// The gate that is open for whatever either is open for.
    pub(crate) fn or(self, other: Self) -> Self {
        Self { exact: self.exact | other.exact, service: self.service | other.service }
    }

    /// Whether a statement with this gate may be about an action.
    pub(crate) fn lets(self, action: &Action) -> bool {
        self.exact & action.gate.exact != 0 || self.service & action.gate.service != 0
    }
}

fn bit(text: &str) -> u64 {
    1 << (name_hash(text) % 64)
}

impl Action {
    /// An action by its name.
    pub fn new(name: &str) -> Self {
        let folded = name.to_ascii_lowercase();
        let service = folded.split(':').next().unwrap_or_default();
        let gate = Gate { exact: bit(&folded), service: bit(service) };
        Self { name: name.to_owned(), folded, gate }
    }

    /// The name as AWS writes it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// One entry of an `Action` element.
#[derive(Debug, Clone)]
pub(crate) struct ActionPattern {
    pattern: Pattern,
    pub(crate) gate: Gate,
}

impl ActionPattern {
    pub(crate) fn compile(text: &str) -> Result<Self, MalformedPolicy> {
        if text != "*" {
            let (vendor, name) = text.split_once(':').ok_or_else(|| MalformedPolicy::NoVendor(cut(text)))?;
            if name.contains(':') {
                return Err(MalformedPolicy::TwoColons(cut(text)));
            }
            // A service is named wholly or not at all.
            let in_vendor = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
            if vendor.is_empty() || vendor != "*" && !vendor.bytes().all(in_vendor) {
                return Err(MalformedPolicy::Vendor(cut(vendor)));
            }
            let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._*?".contains(&byte);
            if name.is_empty() || !name.bytes().all(in_name) {
                return Err(MalformedPolicy::syntax(format!("the action `{}` has no valid name", cut(text))));
            }
        }
        let folded = text.to_ascii_lowercase();
        Pattern::compile(&folded, Wildcards::Special, Variables::Literal)
            .map(|pattern| Self { pattern, gate: Self::gate(text) })
            .map_err(|fault| MalformedPolicy::syntax(format!("the action `{}`: {fault}", cut(text))))
    }

    /// Compiles an entry of a role's trust policy, which is about nothing but assuming the role.
    pub(crate) fn compile_of_trust(text: &str) -> Result<Self, MalformedPolicy> {
        let pattern = Self::compile(text)?;
        let folded = text.to_ascii_lowercase();
        match folded.strip_prefix("sts:") {
            Some(name) if name.contains(['*', '?']) || OF_TRUST.contains(&name) => Ok(pattern),
            Some(_) | None => Err(MalformedPolicy::NotAssumeRole(cut(text))),
        }
    }

    /// The gate of an entry by its text.
    pub(crate) fn gate(text: &str) -> Gate {
        let folded = text.to_ascii_lowercase();
        match folded.split_once(':') {
            None | Some(("*", _)) => Gate::OPEN,
            Some((service, name)) if name.contains(['*', '?']) => Gate { exact: 0, service: bit(service) },
            Some(_) => Gate { exact: bit(&folded), service: 0 },
        }
    }

    pub(crate) fn fits(&self, action: &Action) -> bool {
        self.pattern.fits(&action.folded, Keys::none()) == Fit::Yes
    }
}

/// What a role's trust policy may be about.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html>
const OF_TRUST: [&str; 12] = [
    "assumerole",
    "assumerolewithsaml",
    "assumerolewithwebidentity",
    "tagsession",
    "setsourceidentity",
    "setcontext",
    "decodeauthorizationmessage",
    "getaccesskeyinfo",
    "getcalleridentity",
    "getfederationtoken",
    "getservicebearertoken",
    "getsessiontoken",
];
