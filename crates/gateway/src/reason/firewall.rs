//! Why the firewall step let a request pass, or did not.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Reasons of the firewall step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Firewall {
    /// No web ACL is attached to the stage.
    NoneAttached,
    /// The web ACL lets it pass.
    Allowed(Box<Judged>),
    /// The web ACL blocks it.
    Blocked(Box<Judged>),
    /// The web ACL wants a puzzle solved, or a challenge passed.
    Interrupted {
        /// What was decided.
        judged: Box<Judged>,
        /// `CAPTCHA` or `CHALLENGE`.
        action: Arc<str>,
        /// What the request's token said: `TOKEN_MISSING` and so on.
        token: Arc<str>,
    },
    /// It brought the answer to a puzzle or a challenge, and gets a token.
    Solved {
        /// The web ACL's name.
        acl: Arc<str>,
        /// `CAPTCHA` or `CHALLENGE`.
        action: Arc<str>,
    },
    /// The stage names a web ACL that cannot judge.
    Broken {
        /// Its ARN.
        acl: Arc<str>,
        /// Why.
        why: Arc<str>,
    },
    /// The body's beginning, which the web ACL inspects, did not arrive.
    BodyBroke {
        /// Why.
        why: Arc<str>,
    },
    /// Other bodies fill the memory set aside for them.
    NoRoom,
}

/// What a web ACL decided, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The web ACL's name.
    pub acl: Arc<str>,
    /// The rule that decided; `None` is the default action.
    pub rule: Option<Arc<str>>,
    /// The rule group that it refers to, and the rule in there that decided.
    pub inside: Option<(Arc<str>, Arc<str>)>,
    /// Where it matched.
    pub found: Vec<Found>,
    /// Rules that matched and only counted.
    pub counted: Vec<Arc<str>>,
    /// Labels the request was given.
    pub labels: Vec<Arc<str>>,
    /// The budget of steps ran out.
    pub exhausted: bool,
}

/// One place where the rule that decided matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What matched, such as `SQL_INJECTION`.
    pub condition: Arc<str>,
    /// Where, such as `HEADER`.
    pub location: Arc<str>,
    /// The header, cookie, argument or JSON pointer.
    pub name: Option<Arc<str>>,
    /// The transformations before, with commas between them.
    pub transformations: Arc<str>,
    /// The value that matched, transformed and cut.
    pub matched: Arc<str>,
    /// Where in the transformed value it begins, in bytes.
    pub offset: u32,
}
