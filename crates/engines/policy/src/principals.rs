//! The `Principal` element: whom a policy of a resource names, and how far naming them reaches.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use base::{AccountId, Arn};

use crate::json::Node;
use crate::malformed::cut;
use crate::{MalformedPolicy, Principal};

/// How far an allowing statement reaches inside the resource's own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// The account was named: its own identity policies must allow too.
    Delegated,
    /// Everyone was named: it grants as [`Grant::Limited`] does, but a role's trust policy merely delegates so.
    Everyone,
    /// A role was named: permissions boundary and session policy still limit.
    Limited,
    /// The user or the session itself was named: nothing but a denial limits.
    Direct,
}

/// Whom an element lists.
#[derive(Debug, Clone)]
pub(crate) struct Principals(Box<[Entry]>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Everyone,
    Account(AccountId),
    Arn(String),
    /// A user or role whose ARN was resolved to its id when the policy was saved.
    Id(String),
    Service(String),
    Federated(String),
}

impl Principals {
    /// Reads `"*"` or `{"AWS": […], "Service": […], "Federated": […]}`.
    pub(crate) fn compile(node: Node) -> Result<Self, MalformedPolicy> {
        let members = match node {
            Node::Text(text) if text == "*" => return Ok(Self([Entry::Everyone].into())),
            Node::Text(text) => return Err(invalid("AWS", &text)),
            node => node.object("Principal")?,
        };
        let mut entries = Vec::new();
        for (kind, node) in members {
            for text in node.texts(&kind)? {
                entries.push(Entry::compile(&kind, &text)?);
            }
        }
        if entries.is_empty() {
            return Err(MalformedPolicy::syntax("`Principal` names nobody"));
        }
        Ok(Self(entries.into()))
    }

    /// How far the list reaches for `principal`, if it names it.
    pub(crate) fn grant(&self, principal: &Principal) -> Option<Grant> {
        self.0.iter().filter_map(|entry| entry.grant(principal)).max()
    }

    /// Tells whether the list names everything that `principal` is: a user and its account, or a session, its role
    /// and its account. Only then does `NotPrincipal` exempt it from a denial.
    pub(crate) fn name_wholly(&self, principal: &Principal) -> bool {
        let names = |wanted: &dyn Fn(&Entry) -> bool| self.0.iter().any(wanted);
        let arn = |wanted: &str| names(&|entry| matches!(entry, Entry::Arn(arn) if arn == wanted));
        let id = |wanted: &str| names(&|entry| matches!(entry, Entry::Id(id) if id == wanted));
        let account =
            |wanted: &AccountId| names(&|entry| matches!(entry, Entry::Account(account) if account == wanted));
        if self.0.contains(&Entry::Everyone) {
            return true;
        }
        match principal {
            Principal::Anonymous => false,
            Principal::Root { account: of } => account(of),
            Principal::User { account: of, arn: user, id: user_id, .. } => account(of) && (arn(user) || id(user_id)),
            Principal::AssumedRole { account: of, role_arn, session_arn, id: role_id, .. } => {
                account(of) && (arn(role_arn) || id(role_id)) && arn(session_arn)
            }
            Principal::FederatedUser { account: of, arn: session, user_arn, .. } => {
                account(of) && arn(user_arn) && arn(session)
            }
            Principal::Service { .. } | Principal::Federated { .. } => self.grant(principal).is_some(),
        }
    }
}

impl Entry {
    fn compile(kind: &str, text: &str) -> Result<Self, MalformedPolicy> {
        let invalid = || invalid(kind, text);
        match kind {
            "AWS" => Self::compile_aws(text).ok_or_else(invalid),
            "Service" if is_host(text) => Ok(Self::Service(text.to_owned())),
            "Federated" if is_host(text) || is_provider(text) => Ok(Self::Federated(text.to_owned())),
            // Canonical users are S3's and CloudFront's: nobody here could ever be one.
            _ => Err(invalid()),
        }
    }

    fn compile_aws(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Everyone);
        }
        if let Ok(account) = AccountId::parse(text) {
            return Some(Self::Account(account));
        }
        if is_id(text) {
            return Some(Self::Id(text.to_owned()));
        }
        let arn = Arn::parse(text).ok()?;
        let account = AccountId::parse(&arn.account).ok()?;
        // Wildcards stand for everyone or not at all.
        if text.contains(['*', '?', '$']) || !arn.region.is_empty() {
            return None;
        }
        match (arn.service.as_str(), arn.resource.split_once('/')) {
            ("iam", None) if arn.resource == "root" => Some(Self::Account(account)),
            ("iam", Some(("user" | "role", name))) | ("sts", Some(("assumed-role" | "federated-user", name)))
                if !name.is_empty() =>
            {
                Some(Self::Arn(text.to_owned()))
            }
            _ => None,
        }
    }

    fn grant(&self, principal: &Principal) -> Option<Grant> {
        let direct = |fits: bool| fits.then_some(Grant::Direct);
        let limited = |fits: bool| fits.then_some(Grant::Limited);
        match (self, principal) {
            (Self::Everyone, _) => Some(Grant::Everyone),
            (Self::Account(account), Principal::Root { account: of }) => direct(account == of),
            (Self::Account(account), _) => (principal.account() == Some(*account)).then_some(Grant::Delegated),
            (Self::Arn(arn), Principal::User { arn: user, .. }) => direct(arn == user),
            (Self::Arn(arn), Principal::AssumedRole { role_arn, session_arn, .. }) => {
                direct(arn == session_arn).or(limited(arn == role_arn))
            }
            (Self::Arn(arn), Principal::FederatedUser { arn: session, user_arn, .. }) => {
                direct(arn == session).or(limited(arn == user_arn))
            }
            (Self::Id(id), Principal::User { id: user, .. }) => direct(id == user),
            (Self::Id(id), Principal::AssumedRole { id: role, .. }) => limited(id == role),
            (Self::Service(name), Principal::Service { name: service }) => direct(name == service),
            (Self::Federated(name), Principal::Federated { provider, .. }) => direct(name == provider),
            (Self::Arn(_) | Self::Id(_) | Self::Service(_) | Self::Federated(_), _) => None,
        }
    }
}

/// `AIDA…` or `AROA…`.
fn is_id(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && ["AIDA", "AROA"].iter().any(|prefix| text.starts_with(prefix))
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A service's or a web identity provider's name: a host, perhaps with a path.
fn is_host(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    host.contains('.')
        && host.split('.').all(|label| !label.is_empty())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/:".contains(&byte))
}

fn is_provider(text: &str) -> bool {
    let Ok(arn) = Arn::parse(text) else { return false };
    let provider = arn.resource.starts_with("saml-provider/") || arn.resource.starts_with("oidc-provider/");
    arn.service == "iam" && provider && !text.contains(['*', '?', '$'])
}

fn invalid(kind: &str, text: &str) -> MalformedPolicy {
    MalformedPolicy::Principal { kind: cut(kind), text: cut(text) }
}
