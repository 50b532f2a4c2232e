//! Actions and their patterns: `service:Name`, whose case does not matter.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>

use crate::malformed::cut;
use crate::pattern::{Fit, Pattern, Variables, Wildcards};
use crate::{Keys, MalformedPolicy};

/// What is asked for, such as `execute-api:Invoke`. Made once per operation, so that a decision need not fold its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    name: String,
    folded: String,
}

impl Action {
    /// An action by its name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), folded: name.to_ascii_lowercase() }
    }

    /// The name as AWS writes it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// One entry of an `Action` element.
#[derive(Debug, Clone)]
pub(crate) struct ActionPattern(Pattern);

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
            .map(Self)
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

    pub(crate) fn fits(&self, action: &Action) -> bool {
        self.0.fits(&action.folded, Keys::none()) == Fit::Yes
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
