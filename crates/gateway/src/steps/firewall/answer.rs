//! What a web ACL answers in place of the API: a custom response, a page, or a token.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html>

use std::sync::Arc;

use http::StatusCode;
use snapshot::WebAcl;
use waf::{Answered, Purpose, Token};

use crate::firewall::audience::Audience;
use crate::firewall::mint::Mint;
use crate::firewall::page;
use crate::reason::Firewall;
use crate::steps::locate::Located;

/// An answer of a web ACL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirewallAnswer {
    /// What the rule's owner wrote.
    Custom(Arc<Answered>),
    /// A puzzle or a challenge.
    Interruption {
        /// Which.
        purpose: Purpose,
        /// The page, for whoever reads HTML, and what it may do (`Content-Security-Policy`).
        page: Option<(String, String)>,
    },
    /// The token for an answer.
    Token(String),
}

impl FirewallAnswer {
    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            // AWS takes only statuses that it lists, all of which there are.
            Self::Custom(answered) => StatusCode::from_u16(answered.status).unwrap_or(StatusCode::FORBIDDEN),
            Self::Interruption { purpose: Purpose::Captcha, .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Interruption { purpose: Purpose::Challenge, .. } => StatusCode::ACCEPTED,
            Self::Token(_) => StatusCode::NO_CONTENT,
        }
    }
}

/// What a request without a valid token is answered: the token, where it brought the answer to a question, else a page.
pub(super) fn interrupt(
    purpose: Purpose,
    located: &Located,
    (acl, audience): (&WebAcl, &Audience<'_>),
    mint: &Mint,
    reason: Firewall,
) -> (FirewallAnswer, Firewall) {
    let answered = located.received().text(page::SOLUTION);
    if let Some(token) = answered.and_then(|answered| mint.redeem(purpose, audience, answered)) {
        let solved = Firewall::Solved { acl: Arc::clone(&acl.name), action: name(purpose).into() };
        return (FirewallAnswer::Token(token), solved);
    }
    let reads_html = located.received().get_all("accept").any(|accept| contains(accept, b"text/html"));
    let page = reads_html.then(|| {
        let (question, domain) = (mint.ask(purpose, audience), audience.domain());
        let shared = (domain != audience.host).then_some(domain);
        let html = match purpose {
            Purpose::Captcha => page::captcha(&question, shared),
            Purpose::Challenge => page::challenge(&question, shared),
        };
        (html, page::content_security_policy(&question))
    });
    (FirewallAnswer::Interruption { purpose, page }, reason)
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted))
}

/// AWS's word for the action.
pub(crate) fn name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Captcha => "CAPTCHA",
        Purpose::Challenge => "CHALLENGE",
    }
}

/// AWS's word for what a token says.
pub(crate) fn said(token: Token) -> &'static str {
    match token {
        Token::Valid { .. } => "TOKEN_VALID",
        Token::Missing => "TOKEN_MISSING",
        Token::Expired => "TOKEN_EXPIRED",
        Token::Invalid => "TOKEN_INVALID",
        Token::OtherDomain => "TOKEN_DOMAIN_MISMATCH",
    }
}
