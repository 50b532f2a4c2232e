//! Whether an answer is at hand. A cache is refused at the call that would make it, until it exists.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html>

use crate::reason::{Cache, Reason};
use crate::refused::{Passed, Verdict};
use crate::steps::answer::Answer;
use crate::steps::validate::Valid;
use crate::world::World;

/// What the cache holds.
#[derive(Debug)]
pub enum Cached {
    /// The answer.
    Hit(Answer),
    /// Nothing: the integration is asked.
    Miss(Missed),
}

/// No answer is at hand.
#[derive(Debug)]
pub struct Missed {
    valid: Valid,
}

impl Missed {
    pub(super) fn into_valid(self) -> Valid {
        self.valid
    }
}

/// Looks the request up.
pub fn look_up(valid: Valid, _world: &World) -> Verdict<Cached> {
    Ok(Passed { value: Cached::Miss(Missed { valid }), reason: Reason::Cache(Cache::Off) })
}
