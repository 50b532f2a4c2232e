//! Asks the integration for the answer.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-integration-types.html>

mod http_proxy;
mod http;
mod mock;
mod call;
mod uri;
pub(crate) mod sources;
mod proxy_function;
mod proxy_answer;
mod function;
mod templates;

use std::sync::Arc;

use egress::FieldError;
use snapshot::Integration;

use crate::reason::{Integrate, Reason, cut};
use crate::refused::{Passed, Refused, ResponseType, Verdict};
use crate::steps::answer::Answer;
use crate::steps::cache::Missed;
use crate::world::World;

/// Calls the method's integration.
///
/// Most calls are an `HTTP_PROXY`'s: the futures of the others are boxed, so that it alone decides how large this one is.
pub fn call(missed: Missed, world: &World) -> impl Future<Output = Verdict<Answer>> + Send {
    let parts = missed.into_valid().into_routed().into_parts();
    let method = Arc::clone(&parts.method);
    async move {
        match &method.integration {
            Integration::HttpProxy(call) => http_proxy::call(parts, call, world).await,
            Integration::Http(integration) => Box::pin(http::call(parts, integration, world)).await,
            Integration::Mock(mock) => mock::call(&parts, mock),
            Integration::ProxyFunction(proxy) => Box::pin(proxy_function::call(parts, proxy, world)).await,
            Integration::Function(integration) => Box::pin(function::call(parts, integration, world)).await,
            Integration::Broken { why } => {
                Err(refused(ResponseType::ApiConfigurationError, Integrate::Broken { why: cut(why) }))
            }
        }
    }
}

fn passed(answer: Answer, reason: Integrate) -> Passed<Answer> {
    Passed { value: answer, reason: Reason::Integrate(reason) }
}

fn refused(kind: ResponseType, reason: Integrate) -> Refused {
    Refused::gateway(kind, Reason::Integrate(reason))
}

/// Why a backend's request cannot be made of a client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unmappable {
    kind: ResponseType,
    why: &'static str,
}

impl Unmappable {
    /// The client sent a value that cannot stand where it is mapped.
    fn caller(why: &'static str) -> Self {
        Self { kind: ResponseType::Default4xx, why }
    }

    /// The API's configuration leads nowhere.
    fn owner(why: &'static str) -> Self {
        Self { kind: ResponseType::ApiConfigurationError, why }
    }
}

impl From<FieldError> for Unmappable {
    /// Only a client's header can be none: all others were checked when they were made.
    fn from(_: FieldError) -> Self {
        Self::caller("a header of it is malformed")
    }
}

impl From<Unmappable> for Refused {
    fn from(Unmappable { kind, why }: Unmappable) -> Self {
        refused(kind, Integrate::Unmappable { why: why.into() })
    }
}
