//! The throttles a call meets, in AWS's order: all must have a token, and where one has none the others get theirs back.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html>

use std::fmt;
use std::time::Duration;

use snapshot::{Limit, Method, Stage, StageThrottle, ThrottleSource};

use super::key::Entitled;
use crate::reason::ThrottleLayer;

/// Everything that throttles a call.
#[derive(Debug)]
pub(super) struct Throttles<'a> {
    pub(super) entitled: Option<&'a Entitled>,
    pub(super) stage: &'a Stage,
    pub(super) method: &'a Method,
    pub(super) account: &'a Limit,
    pub(super) nodes: u32,
    pub(super) now: Duration,
}

/// One of them.
#[derive(Debug)]
pub(super) enum Layer<'a> {
    /// The plan's, for each key and method.
    PlanMethod(&'a Entitled, &'a Limit),
    /// The plan's, for each key.
    Plan(&'a Entitled, &'a Limit),
    /// The stage's, for each method.
    Stage(&'a StageThrottle),
    /// The account's.
    Account(&'a Limit),
}

impl<'a> Throttles<'a> {
    /// Those there are, in their order.
    pub(super) fn layers(&self) -> impl Iterator<Item = Layer<'a>> + use<'a> {
        let Self { stage, method, .. } = *self;
        let of_method = self.entitled.and_then(|entitled| {
            let methods = entitled.plan.methods(&stage.api_id, &stage.name).filter(|methods| !methods.is_empty())?;
            Some(Layer::PlanMethod(entitled, methods.get(&method.plan_key)?))
        });
        let of_plan = self.entitled.and_then(|entitled| Some(Layer::Plan(entitled, entitled.plan.limit.as_ref()?)));
        let of_stage = method.throttle.as_ref().map(Layer::Stage);
        [of_method, of_plan, of_stage, Some(Layer::Account(self.account))].into_iter().flatten()
    }

    /// Takes a token of each, or of none and answers which has none.
    pub(super) fn take(&self) -> Result<(), Layer<'a>> {
        for (taken, layer) in self.layers().enumerate() {
            if !self.take_of(&layer) {
                self.layers().take(taken).for_each(|layer| self.give_back_to(&layer));
                return Err(layer);
            }
        }
        Ok(())
    }

    /// Puts a token back into each.
    pub(super) fn give_back(&self) {
        self.layers().for_each(|layer| self.give_back_to(&layer));
    }

    fn take_of(&self, layer: &Layer<'_>) -> bool {
        let Self { stage, method, .. } = *self;
        match layer {
            Layer::PlanMethod(of, limit) => of.spending.take(&stage.arn, &method.plan_key, limit, self.nodes, self.now),
            Layer::Plan(of, limit) => of.spending.bucket.take(limit, self.nodes, self.now),
            Layer::Stage(throttle) => throttle.bucket.take(&throttle.limit, self.nodes, self.now),
            Layer::Account(limit) => stage.account.take(limit, self.nodes, self.now),
        }
    }

    fn give_back_to(&self, layer: &Layer<'_>) {
        let Self { stage, method, .. } = *self;
        match layer {
            Layer::PlanMethod(of, limit) => of.spending.give_back(&stage.arn, &method.plan_key, limit, self.nodes),
            Layer::Plan(of, limit) => of.spending.bucket.give_back(limit, self.nodes),
            Layer::Stage(throttle) => throttle.bucket.give_back(&throttle.limit, self.nodes),
            Layer::Account(limit) => stage.account.give_back(limit, self.nodes),
        }
    }
}

impl<'a> Layer<'a> {
    /// How often it lets pass.
    pub(super) fn limit(&self) -> &'a Limit {
        match self {
            Layer::PlanMethod(_, limit) | Layer::Plan(_, limit) | Layer::Account(limit) => limit,
            Layer::Stage(throttle) => &throttle.limit,
        }
    }

    /// What reasons say of it.
    pub(super) fn told(&self) -> ThrottleLayer {
        match self {
            Layer::PlanMethod(..) => ThrottleLayer::PlanMethod,
            Layer::Plan(..) => ThrottleLayer::Plan,
            Layer::Stage(StageThrottle { source: ThrottleSource::Method, .. }) => ThrottleLayer::StageMethod,
            Layer::Stage(StageThrottle { source: ThrottleSource::Stage, .. }) => ThrottleLayer::Stage,
            Layer::Account(_) => ThrottleLayer::Account,
        }
    }
}

impl fmt::Display for Layer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Limit { rate, burst, .. } = self.limit();
        write!(f, "throttle of {}: {rate} a second, {burst} at once", self.told().name())
    }
}
