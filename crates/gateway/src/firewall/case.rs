//! A request that a web ACL judged, as its records tell of it.

use base::Timestamp;
use base::id::RequestId;
use snapshot::WebAcl;
use waf::{Action, Facts, Judgement, Matched, Purpose, Request, Token};

/// One judged request. Borrowed: nothing of it is copied before a record wants it.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    /// Who judged.
    pub(crate) acl: &'a WebAcl,
    /// What was judged.
    pub(crate) seen: &'a Request<'a>,
    /// What came of it.
    pub(crate) judgement: &'a Judgement,
    /// What it protects: account, API and stage.
    pub(crate) source: [&'a str; 3],
    /// When it arrived.
    pub(crate) at: Timestamp,
    /// Its id.
    pub(crate) request: RequestId,
    /// `https` or `http`.
    pub(crate) scheme: &'static str,
    /// Who knows where its address is; asked only for what is written.
    pub(crate) facts: &'a dyn Facts,
    /// How long its body is, where that is known.
    pub(crate) body_bytes: Option<u64>,
    /// What the web ACL answered in place of the API; `None` is the API's own refusal, or that it travelled on.
    pub(crate) status: Option<u16>,
}

impl Case<'_> {
    /// AWS's word for what was done.
    pub(crate) fn action(&self) -> &'static str {
        action(&self.judgement.action)
    }

    /// The country in two letters.
    pub(crate) fn country(&self) -> Option<String> {
        let country = self.facts.country(self.seen.client)?;
        Some(std::str::from_utf8(&country.code).ok()?.to_owned())
    }

    /// Whose network the address belongs to, where rules ask for it.
    pub(crate) fn network(&self) -> Option<u32> {
        self.acl.judge.needs().asn.then(|| self.facts.asn(self.seen.client)).flatten()
    }

    /// Every rule that matched, with the rule that refers to its group.
    pub(crate) fn matched(&self) -> impl Iterator<Item = (Option<&std::sync::Arc<str>>, &Matched)> {
        let Judgement { terminating, others, groups, .. } = self.judgement;
        let own = terminating.iter().map(|it| &it.matched).chain(others).map(|matched| (None, matched));
        let inner = groups.iter().flat_map(|group| {
            group.terminating.iter().chain(&group.others).map(|matched| (Some(&group.rule), matched))
        });
        own.chain(inner)
    }

    /// What the request's token said the last time that a rule asked for it.
    pub(crate) fn token(&self, purpose: Purpose) -> Option<Token> {
        let asked = self.matched().filter_map(|(_, matched)| matched.token);
        // What ends the evaluation is told first, and is the last.
        let ended = self.judgement.terminating.iter().filter_map(|it| it.matched.token);
        asked.chain(ended).filter(|(of, _)| *of == purpose).last().map(|(_, token)| token)
    }
}

/// AWS's word for what is done with a request.
pub(crate) fn action(action: &Action) -> &'static str {
    match action {
        Action::Allow => "ALLOW",
        Action::Block(_) => "BLOCK",
        Action::Interrupt { purpose: Purpose::Captcha, .. } => "CAPTCHA",
        Action::Interrupt { purpose: Purpose::Challenge, .. } => "CHALLENGE",
    }
}

/// AWS's word for why a token will not do.
pub(crate) fn failure(token: Token) -> Option<&'static str> {
    match token {
        Token::Valid { .. } => None,
        Token::Missing => Some("TOKEN_MISSING"),
        Token::Expired => Some("TOKEN_EXPIRED"),
        Token::Invalid => Some("TOKEN_INVALID"),
        Token::OtherDomain => Some("TOKEN_DOMAIN_MISMATCH"),
    }
}
