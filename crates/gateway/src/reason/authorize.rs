//! Why the authorize step let a caller pass, or did not.

use std::borrow::Cow;
use std::sync::Arc;

use policy::{DecisionRecord, Layer, StatementRecord};
use serde::{Deserialize, Serialize};

/// Reasons of the authorize step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authorize {
    /// The method's authorization type is `NONE`, and the API has no resource policy.
    OpenToAll,
    /// Policies allow it.
    Allowed {
        /// The caller's ARN, or `anonymous`.
        caller: Arc<str>,
        /// The layer that granted.
        layer: Layer,
        /// The determining statements.
        statements: Vec<StatementRecord>,
    },
    /// Policies do not allow it.
    Denied {
        /// The caller's ARN, or `anonymous`.
        caller: Arc<str>,
        /// The ARN that policies saw.
        resource: Arc<str>,
        /// What was decided, and what would have allowed it.
        record: Box<DecisionRecord>,
    },
    /// The signature proves nobody.
    Unproven {
        /// AWS's code.
        code: Cow<'static, str>,
        /// The owner's short reason.
        why: Arc<str>,
    },
    /// What a native JWT authorizer found.
    Token(Token),
    /// A policy that has a say cannot be read.
    Undecidable {
        /// Which.
        why: Arc<str>,
    },
    /// The body, which the signature covers, is too long.
    BodyTooLarge {
        /// What is taken, in bytes.
        max: u64,
    },
    /// Other bodies fill the memory set aside for them.
    NoRoom,
    /// The body, which the signature covers, did not arrive.
    BodyBroke {
        /// Why.
        why: Arc<str>,
    },
    /// An authorizer says who asks, and policies allow it.
    Granted {
        /// The authorizer's name.
        authorizer: Arc<str>,
        /// Who asks, in its words.
        principal: Arc<str>,
        /// Where its answer came from.
        from: GrantFrom,
        /// The layer that granted.
        layer: Layer,
        /// The determining statements.
        statements: Vec<StatementRecord>,
    },
    /// An authorizer says who asks, and policies do not allow it.
    NotGranted {
        /// The authorizer's name.
        authorizer: Arc<str>,
        /// Who asks, in its words.
        principal: Arc<str>,
        /// Where its answer came from.
        from: GrantFrom,
        /// The ARN that policies saw.
        resource: Arc<str>,
        /// What was decided, and what would have allowed it.
        record: Box<DecisionRecord>,
    },
    /// The request does not hold what the authorizer asks for, so it was not asked.
    NoIdentity {
        /// The authorizer's name.
        authorizer: Arc<str>,
        /// What is missing.
        why: Arc<str>,
    },
    /// The authorizer's function said `Unauthorized`.
    SaidUnauthorized {
        /// The authorizer's name.
        authorizer: Arc<str>,
    },
    /// The authorizer could not be asked, or failed.
    AuthorizerFailed {
        /// The authorizer's name.
        authorizer: Arc<str>,
        /// How.
        why: Arc<str>,
    },
    /// The authorizer's function answered what no authorizer answers.
    AuthorizerMalformed {
        /// The authorizer's name.
        authorizer: Arc<str>,
        /// What is wrong with it.
        why: Arc<str>,
    },
    /// The authorizer's function would be asked; a question about a request that nobody sent asks none.
    WouldAsk {
        /// The authorizer's name.
        authorizer: Arc<str>,
        /// Its function's ARN.
        function: Arc<str>,
    },
}

/// Where an authorizer's answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantFrom {
    /// It was at hand.
    Kept,
    /// The function was asked.
    Function,
}

/// What a native JWT authorizer found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Token {
    /// The token is true, and grants enough.
    Proven {
        /// Who issued it.
        issuer: Arc<str>,
        /// To whom; empty where it does not say.
        subject: Arc<str>,
        /// Whether its signature was proven before.
        seen: bool,
    },
    /// There is no token.
    Missing {
        /// The header it should stand in.
        header: Arc<str>,
    },
    /// The header stands there twice, and two readers could read two tokens.
    Twice {
        /// Which.
        header: Arc<str>,
    },
    /// The token proves nobody.
    Refused {
        /// Whose it should be.
        issuer: Arc<str>,
        /// Why.
        why: Arc<str>,
    },
    /// The token is true and grants too little.
    Scope {
        /// Who issued it.
        issuer: Arc<str>,
        /// The scopes of which it should grant one.
        scopes: Arc<str>,
    },
    /// The keys that would prove it cannot be had.
    Keys {
        /// Whose.
        issuer: Arc<str>,
        /// Why.
        why: Arc<str>,
    },
}
