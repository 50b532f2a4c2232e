//! What is done with a request: actions, ready to be answered.

use std::sync::Arc;
use std::time::Duration;

use crate::document::{CustomResponse, DefaultAction, InsertedHeader, ResponseBodies, RuleAction};
use crate::facts::Purpose;
use crate::judgement::{Answered, Inserted};

/// What ends an evaluation that no rule ended.
#[derive(Debug, Clone)]
pub(crate) enum Ending {
    /// The request travels on, with these headers.
    Allow(Box<[Inserted]>),
    /// It is refused.
    Block(Option<Arc<Answered>>),
}

/// What a rule does with a request that it matches.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    /// Ends the evaluation; the request travels on, with these headers.
    Allow(Box<[Inserted]>),
    /// Ends the evaluation; the request is refused.
    Block(Option<Arc<Answered>>),
    /// Goes on; with these headers, if the request is allowed.
    Count(Box<[Inserted]>),
    /// Ends the evaluation unless the request's token will do.
    Puzzle {
        /// Which.
        purpose: Purpose,
        /// How long a token will do.
        immunity: Duration,
        /// Headers, if the token will do.
        inserted: Box<[Inserted]>,
    },
}

/// Where a rule's action takes its missing parts from.
pub(super) struct Terms<'a> {
    pub(super) bodies: &'a ResponseBodies,
    pub(super) captcha_immunity_s: u32,
    pub(super) challenge_immunity_s: u32,
}

impl Does {
    /// An action; `Err` names a body that is missing.
    pub(super) fn of(action: &RuleAction, terms: &Terms<'_>) -> Result<Does, Arc<str>> {
        let puzzle = |purpose, immunity_s: u32, headers| Does::Puzzle {
            purpose,
            immunity: Duration::from_secs(immunity_s.into()),
            inserted: inserted(headers),
        };
        Ok(match action {
            RuleAction::Allow(headers) => Does::Allow(inserted(headers)),
            RuleAction::Block(response) => Does::Block(answered(response.as_ref(), terms.bodies)?),
            RuleAction::Count(headers) => Does::Count(inserted(headers)),
            RuleAction::Captcha(headers) => puzzle(Purpose::Captcha, terms.captcha_immunity_s, headers),
            RuleAction::Challenge(headers) => puzzle(Purpose::Challenge, terms.challenge_immunity_s, headers),
        })
    }

    /// As records name it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Does::Allow(_) => "ALLOW",
            Does::Block(_) => "BLOCK",
            Does::Count(_) => "COUNT",
            Does::Puzzle { purpose: Purpose::Captcha, .. } => "CAPTCHA",
            Does::Puzzle { purpose: Purpose::Challenge, .. } => "CHALLENGE",
        }
    }
}

impl Ending {
    /// The default action; `Err` names a body that is missing.
    pub(super) fn of(action: &DefaultAction, bodies: &ResponseBodies) -> Result<Ending, Arc<str>> {
        Ok(match action {
            DefaultAction::Allow(headers) => Ending::Allow(inserted(headers)),
            DefaultAction::Block(response) => Ending::Block(answered(response.as_ref(), bodies)?),
        })
    }
}

fn inserted(headers: &[InsertedHeader]) -> Box<[Inserted]> {
    headers.iter().map(|header| Inserted { name: header.name.clone(), value: header.value.clone() }).collect()
}

fn answered(response: Option<&CustomResponse>, bodies: &ResponseBodies) -> Result<Option<Arc<Answered>>, Arc<str>> {
    let Some(response) = response else { return Ok(None) };
    let body = match &response.body {
        None => None,
        Some(key) => {
            let body = bodies.get(key).ok_or_else(|| Arc::clone(key))?;
            Some((body.media_type, body.content.clone()))
        }
    };
    let headers = response.headers.iter().cloned().collect();
    Ok(Some(Arc::new(Answered { status: response.status, headers, body })))
}
