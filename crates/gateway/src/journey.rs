//! The whole story of a request. Each step consumes the evidence of the one before; the first refusal ends it.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

use crate::refused::Refused;
use crate::steps::answer::Answer;
use crate::steps::cache::Cached;
use crate::steps::locate::{Inbound, Located};
use crate::steps::record::Recording;
use crate::steps::{Step, answer, authorize, cache, firewall, integrate, locate, meter, network, route, validate};
use crate::trail::Trail;
use crate::world::World;

/// From arrival to the answer. [`Step::Record`] follows when the answer's last byte was taken, or the request dropped.
#[expect(clippy::manual_async_fn, reason = "an asynchronous function holds its arguments twice")]
pub(crate) fn begin(
    inbound: Box<Inbound>,
    world: World,
    mut recording: Recording,
) -> impl Future<Output = edge::Answer> + Send {
    async move {
        let outcome = AssertUnwindSafe(locate_and_travel(inbound, &world, &mut recording)).catch_unwind().await;
        let outcome = outcome.unwrap_or_else(|panic| Err(recording.panicked(&*panic)));
        let composed = answer::compose(outcome, recording.request());
        let answer = recording.trail.pass(Step::Answer, composed);
        recording.follow(answer)
    }
}

async fn locate_and_travel(inbound: Box<Inbound>, world: &World, recording: &mut Recording) -> Result<Answer, Refused> {
    let Recording { trail, owner, .. } = recording;
    let located = trail.record(Step::Locate, locate::place(inbound, world, owner))?;
    travel(located, world, trail).await
}

async fn travel(located: Located, world: &World, trail: &mut Trail) -> Result<Answer, Refused> {
    let admitted = trail.record(Step::Network, network::admit(located))?;
    let screened = trail.record(Step::Firewall, firewall::screen(admitted, world).await)?;
    let routed = trail.record(Step::Route, route::find(screened))?;
    let authorized = trail.record(Step::Authorize, authorize::decide(routed, world).await)?;
    let metered = trail.record(Step::Meter, meter::spend(authorized, world).await)?;
    let valid = trail.record(Step::Validate, validate::check(metered))?;
    match trail.record(Step::Cache, cache::look_up(valid, world))? {
        Cached::Hit(answer) => Ok(answer),
        Cached::Miss(missed) => trail.record(Step::Integrate, integrate::call(missed, world).await),
    }
}
