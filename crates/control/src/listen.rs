//! The admin listener's side of the edge: reads a whole call and answers it.

use std::sync::Arc;

use base::{Clock, limits};
use bytes::Bytes;
use edge::{Answer, Arrived, BodyError, Handler, Held, Refused, Room};
use http::{HeaderValue, Response};
use identity::{Identities, KeyUses};
use operation::{Ports, Service};

use crate::Received;
use crate::call::Control;
use crate::catalog::{Catalog, Unroutable};
use crate::flood::Flood;
use crate::publish::Publisher;
use crate::refusal::Refusal;
use crate::steps::record::Home;
use crate::steps::{encode, identify};

/// What a control plane is made of.
#[derive(Debug)]
pub struct Setup {
    /// The services it answers for.
    pub services: Vec<Service>,
    /// Keeps the snapshot current.
    pub publisher: Arc<Publisher>,
    /// What operations may reach.
    pub ports: Arc<Ports>,
    /// Where the use of keys is noted; the other plane notes there too.
    pub uses: Arc<KeyUses>,
}

/// The service whose calls bring code.
const CODE_SERVICE: &str = "lambda";

/// Derived signing keys kept: four services of a thousand callers.
const SIGNING_KEYS: usize = 4096;

impl Control {
    /// Builds the routing tables; an error is a mistake in a service's table.
    pub fn new(setup: Setup) -> Result<Self, Unroutable> {
        let installation = &setup.ports.installation;
        let home = Home { account: installation.account, region: installation.region.clone() };
        Ok(Self {
            catalog: Catalog::new(setup.services)?,
            publisher: setup.publisher,
            identities: Identities::new(Arc::clone(&setup.ports.master_key), SIGNING_KEYS, setup.uses),
            ports: setup.ports,
            flood: Flood::default(),
            home,
            room: Room::new(limits::CONTROL_BODIES_BYTES_MAX),
            code_room: Room::new(limits::CODE_BODIES_BYTES_MAX),
        })
    }

    /// Calls of strangers that were counted instead of recorded since the start.
    pub fn unrecorded(&self) -> u64 {
        self.flood.unrecorded()
    }
}

/// Answers what arrives at the admin address.
#[derive(Debug)]
pub struct Listen {
    control: Arc<Control>,
    clock: Arc<dyn Clock>,
}

impl Listen {
    /// A handler for the edge.
    pub fn new(control: Arc<Control>, clock: Arc<dyn Clock>) -> Self {
        Self { control, clock }
    }

    async fn answer(&self, arrived: Arrived) -> Response<Bytes> {
        let Arrived { head, body, connection } = arrived;
        let mut received = Received {
            request_id: base::id::RequestId::random(),
            now: self.clock.now(),
            source: connection.peer.ip(),
            secure: connection.tls.is_some(),
            path: head.target.path().to_owned(),
            query: head.target.query().unwrap_or_default().to_owned(),
            method: head.method,
            headers: head.received.to_map(),
            body: Bytes::new(),
        };
        // SECURITY: only a claim, but one that costs the callers of other services no room.
        let (bytes_max, room) = if identify::claims(&received, CODE_SERVICE) {
            (limits::CODE_BODY_BYTES_MAX, &self.control.code_room)
        } else {
            (limits::CONTROL_BODY_BYTES_MAX, &self.control.room)
        };
        match body.collect_up_to(bytes_max as u64, room).await {
            Ok((body, held)) => {
                received.body = body;
                self.finish(received, held).await
            }
            Err(BodyError::NoRoom) => self.control.refuse(&received, Refusal::NoRoom).await,
            Err(BodyError::TooLarge { .. }) => self.control.refuse(&received, Refusal::TooLarge).await,
            Err(_) => self.control.refuse(&received, Refusal::Truncated).await,
        }
    }
}

impl Listen {
    /// Answers a whole call in a task of its own.
    // SECURITY: a caller who leaves before the answer must not leave without a record, so the call is not dropped with
    // the connection; and what a stranger's body holds is given back only when the call is answered.
    async fn finish(&self, received: Received, held: Held) -> Response<Bytes> {
        let control = Arc::clone(&self.control);
        let call = tokio::spawn(async move {
            let answer = control.answer(&received).await;
            drop(held);
            answer
        });
        call.await.unwrap_or_else(|_| {
            // Only a runtime that is going down ends a call so; its caller must not take that for a success.
            let mut answer = Response::new(Bytes::new());
            *answer.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
            answer
        })
    }
}

impl Handler for Listen {
    async fn handle(&self, arrived: Arrived) -> Answer {
        unkept(self.answer(arrived).await)
    }

    /// What is no HTTP is no call: it is answered in AWS's shape, and leaves no record.
    fn refused(&self, refused: Refused) -> Answer {
        unkept(encode::front_end(refused.refusal))
    }
}

/// Answers hold configuration and names of secrets; no browser or proxy shall keep them.
fn unkept(mut answer: Response<Bytes>) -> Answer {
    answer.headers_mut().insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.into()
}
