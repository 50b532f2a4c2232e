//! Sends one request: over a kept connection if there is one, else over a new one.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{Request, Response, StatusCode, Version};
use http_body::Body;
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};

use crate::answer::Fields;
use crate::config::Config;
use crate::connect::{Stream, open};
use crate::error::EgressError;
use crate::head::RequestHead;
use crate::link::{Answer, Failed, Link};
use crate::outgoing::Outgoing;
use crate::pool::{Pool, Usable};
use crate::received::{self, Arriving, ROOM_MIN, Received};
use crate::sent::Sent;
use crate::trust::Trust;

/// All headers of one HTTP/2 answer, in bytes.
const HEADER_LIST_MAX: u32 = 128 * 1024;

/// An HTTP client with connections of its own. Clones share them; each worker makes its own.
#[derive(Debug, Clone)]
pub struct Egress(Arc<Inner>);

/// An answer, begun.
#[derive(Debug)]
pub struct Answered {
    /// Its status; never an interim one.
    pub status: StatusCode,
    /// The version it was answered in.
    pub version: Version,
    /// Its headers in order.
    pub fields: Fields,
    /// Its body as it arrives.
    pub body: Received,
}

#[derive(Debug)]
struct Inner {
    config: Config,
    clock: Arc<dyn Clock>,
    pool: Arc<Pool>,
}

impl Egress {
    /// A client without any connection yet.
    pub fn new(config: Config, clock: Arc<dyn Clock>) -> Self {
        let pool = Pool::new(Arc::clone(&clock), config.idle_per_host_max, config.idle_max, config.idle_timeout);
        Self(Arc::new(Inner { config, clock, pool }))
    }

    /// Sends a request and waits for the head of its answer.
    ///
    /// A kept connection that closed before anything was sent is replaced. Dropping the future abandons the request.
    pub async fn call<B>(&self, head: RequestHead, body: B) -> Result<Answered, EgressError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut outgoing = Outgoing::new(head, Sent::new(body));
        self.exchange(&mut outgoing).await
    }

    /// Sends a request to its absolute `http` or `https` URL and waits for the head of its answer.
    ///
    /// A `Host` header that is set is kept; what frames the body is ours to say.
    pub async fn send<B>(&self, request: Request<B>, trust: Trust) -> Result<Response<Received>, EgressError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let Answered { status, version, fields, body } = self.call(RequestHead::of(&parts, trust)?, body).await?;
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.version_mut() = version;
        for (name, value) in fields {
            response.headers_mut().append(name, value);
        }
        Ok(response)
    }

    /// The same, within a time.
    pub async fn send_within<B>(
        &self,
        request: Request<B>,
        trust: Trust,
        timeout: Duration,
    ) -> Result<Response<Received>, EgressError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let sending = std::pin::pin!(self.send(request, trust));
        match select(sending, self.0.clock.sleep(timeout)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(EgressError::Timeout),
        }
    }

    async fn exchange(&self, outgoing: &mut Outgoing) -> Result<Answered, EgressError> {
        while let Some(usable) = self.0.pool.take(&outgoing.head().key) {
            match usable {
                Usable::Multiplexed(sender) => {
                    if let Some(response) = send_multiplexed(sender, outgoing).await? {
                        return Ok(response);
                    }
                    self.0.pool.forget_multiplexed(&outgoing.head().key);
                    break;
                }
                Usable::Link(mut link) => match link.exchange(outgoing).await {
                    Ok(answer) => return Ok(self.receive(answer, link, outgoing)),
                    Err(Failed::NotSent(error)) => tracing::debug!(%error, "a kept connection was closed"),
                    Err(Failed::Broken(error)) => return Err(error),
                },
            }
        }
        self.exchange_anew(outgoing).await
    }

    async fn exchange_anew(&self, outgoing: &mut Outgoing) -> Result<Answered, EgressError> {
        // Opening needs much room, which the future of a request over a kept connection must not have.
        let stream = Box::pin(open(&outgoing.head().key, &self.0.config, &*self.0.clock)).await?;
        if stream.is_h2() {
            let sender = multiplex(stream).await?;
            self.0.pool.keep_multiplexed(outgoing.head().key.clone(), sender.clone());
            let answer = send_multiplexed(sender, outgoing).await?;
            return answer.ok_or_else(|| EgressError::Closed("the connection took no request".into()));
        }
        let mut link = Link::over(stream, self.0.clock.elapsed());
        match link.exchange(outgoing).await {
            Ok(answer) => Ok(self.receive(answer, link, outgoing)),
            Err(Failed::NotSent(error)) => Err(EgressError::Closed(error.into())),
            Err(Failed::Broken(error)) => Err(error),
        }
    }

    /// Hands an answer out with its connection, or without it where there is no more of it to come.
    fn receive(&self, answer: Answer, link: Link, outgoing: &mut Outgoing) -> Answered {
        let Answer { head, mut ahead } = answer;
        let whole = received::whole(head.framing, &mut ahead);
        let persists = head.persists && outgoing.leaves_no_doubt();
        let sent = outgoing.is_sent();
        let body = match whole {
            Some(body) => {
                if persists && sent && ahead.is_empty() {
                    self.0.pool.keep_link(&outgoing.head().key, link);
                }
                Received::whole(body)
            }
            None => Received::arriving(Arriving {
                link: Some(link),
                ahead,
                body: head.framing.into(),
                home: persists.then(|| (Arc::clone(&self.0.pool), outgoing.head().key.clone())),
                outgoing: (!sent).then(|| outgoing.rest()),
                room: ROOM_MIN,
            }),
        };
        Answered { status: head.status, version: head.version, fields: head.fields, body }
    }
}

async fn multiplex(stream: Stream) -> Result<SendRequest<Sent>, EgressError> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.max_header_list_size(HEADER_LIST_MAX);
    let (sender, connection) =
        builder.handshake(TokioIo::new(stream)).await.map_err(|error| EgressError::Closed(error.into()))?;
    // It ends when the last sender and stream are gone, or the upstream closes.
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "an upstream connection broke off");
        }
    });
    Ok(sender)
}

/// Sends over HTTP/2. Nothing where nothing was sent; any other failure stands, because the upstream may have acted on it.
async fn send_multiplexed(
    mut sender: SendRequest<Sent>,
    outgoing: &mut Outgoing,
) -> Result<Option<Answered>, EgressError> {
    match sender.try_send_request(outgoing.lend()?).await {
        Ok(response) => Ok(Some(answered(response))),
        Err(mut failed) => match failed.take_message() {
            Some(request) => {
                outgoing.take_back(request.into_body());
                Ok(None)
            }
            None => Err(EgressError::Closed(failed.into_error().into())),
        },
    }
}

fn answered(response: Response<Incoming>) -> Answered {
    let (head, body) = response.into_parts();
    let mut fields = Fields::with_capacity(head.headers.len());
    let mut named = None;
    for (name, value) in head.headers {
        // A map gives the name only once, before the first of its values.
        named = name.or(named);
        fields.extend(named.clone().map(|name| (name, value)));
    }
    Answered { status: head.status, version: head.version, fields, body: Received::multiplexed(body) }
}
