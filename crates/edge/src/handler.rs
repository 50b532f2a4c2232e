//! Who answers: the trait that the gateway and the control plane implement.

use std::net::SocketAddr;
use std::sync::Arc;

use http::{Response, StatusCode};

use crate::admission::TurnedAway;
use crate::body::Body;
use crate::connection::Connection;
use crate::fields::Fields;
use crate::head::Head;
use crate::refusal::FrontEndRefusal;

/// A request whose head is whole and sound; its body may still be on its way.
#[derive(Debug)]
pub struct Arrived {
    /// Method, target and headers as received.
    pub head: Head,
    /// The body, read from the socket only as fast as it is polled.
    pub body: Body,
    /// The connection it came on.
    pub connection: Arc<Connection>,
}

/// A request that the edge itself refuses.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub refusal: FrontEndRefusal,
    /// The head as far as it could be read; nothing of it may be trusted.
    pub head: Option<Box<Head>>,
    /// The connection it came on.
    pub connection: Arc<Connection>,
}

/// What a request is answered.
#[derive(Debug)]
pub struct Answer {
    /// The status; an informational one is no answer, and is sent as 500.
    pub status: StatusCode,
    /// The header fields. What frames the body is the edge's to say.
    pub fields: Fields,
    /// The body.
    pub body: Body,
}

impl Answer {
    /// A status without words.
    pub(crate) fn bare(status: StatusCode) -> Self {
        Self { status, fields: Fields::new(), body: Body::empty() }
    }
}

impl<B: Into<Body>> From<Response<B>> for Answer {
    fn from(response: Response<B>) -> Self {
        let (parts, body) = response.into_parts();
        Self { status: parts.status, fields: parts.headers.into(), body: body.into() }
    }
}

/// Answers requests. One value serves all connections of a worker.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request. When the client goes away the future is dropped.
    fn handle(&self, arrived: Arrived) -> impl Future<Output = Answer> + Send;

    /// Records and words a refusal of the edge. Over HTTP/1.1 the connection closes afterwards.
    fn refused(&self, refused: Refused) -> Answer {
        Answer::bare(refused.refusal.status())
    }

    /// Hears of a connection that never became a request.
    fn turned_away(&self, peer: SocketAddr, why: TurnedAway) {
        tracing::debug!(%peer, %why, "turned a connection away");
    }
}
