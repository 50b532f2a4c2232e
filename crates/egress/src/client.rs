//! Sends one request: over a kept connection if there is one, else over a new one.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::Body;
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};

use crate::alarm::Alarm;
use crate::answer::Fields;
use crate::config::Config;
use crate::connect::{Stream, open};
use crate::error::EgressError;
use crate::head::RequestHead;
use crate::key::Keys;
use crate::link::{Answer, Failed, Link, Time};
use crate::outgoing::Outgoing;
use crate::pool::{Pool, Usable};
use crate::received::{self, Arriving, ROOM_MIN, Received};
use crate::sent::Sent;
use crate::target::Target;
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
    /// How long it took to begin, opening a connection included.
    pub took: Duration,
}

/// Where requests go, and how the certificate there is judged.
#[derive(Debug, Clone, Copy)]
pub struct Upstream<'a> {
    /// `http` or `https`.
    pub scheme: &'a Scheme,
    /// The host, and perhaps a port.
    pub authority: &'a Authority,
    /// Counts for `https` alone.
    pub trust: Trust,
}

#[derive(Debug)]
struct Inner {
    config: Config,
    clock: Arc<dyn Clock>,
    keys: Keys,
    pool: Arc<Pool>,
}

impl Egress {
    /// A client without any connection yet.
    pub fn new(config: Config, clock: Arc<dyn Clock>) -> Self {
        let pool = Pool::new(Arc::clone(&clock), config.idle_per_host_max, config.idle_max, config.idle_timeout);
        Self(Arc::new(Inner { config, clock, keys: Keys::new(), pool }))
    }

    /// Begins the head of a request. Its host is what `Host` says, unless `host` says otherwise.
    pub fn begin(
        &self,
        method: Method,
        to: Upstream<'_>,
        target: &Target,
        host: Option<&HeaderValue>,
    ) -> Result<RequestHead, EgressError> {
        let key = self.0.keys.find(to.scheme, to.authority, to.trust)?;
        RequestHead::begin(key, method, target.as_str(), host)
    }

    /// Sends a request and waits for the head of its answer.
    ///
    /// A kept connection that closed before anything was sent is replaced. Dropping the future abandons the request.
    pub fn call<B>(&self, head: RequestHead, body: B) -> impl Future<Output = Result<Answered, EgressError>> + Send
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.exchange(head, Sent::new(body), None)
    }

    /// The same, within a time: [`EgressError::Overdue`] when it is over.
    pub fn call_within<B>(
        &self,
        head: RequestHead,
        body: B,
        timeout: Duration,
    ) -> impl Future<Output = Result<Answered, EgressError>> + Send
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.exchange(head, Sent::new(body), Some(timeout))
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
        let Answered { status, version, fields, body, .. } = self.call(RequestHead::of(&parts, trust)?, body).await?;
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
        match select(pin!(self.send(request, trust)), self.0.clock.sleep(timeout)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(EgressError::Timeout),
        }
    }

    /// Not asynchronous itself: the future of an asynchronous function holds twice what it is given.
    fn exchange(
        &self,
        head: RequestHead,
        body: Sent,
        timeout: Option<Duration>,
    ) -> impl Future<Output = Result<Answered, EgressError>> + Send {
        let mut outgoing = Outgoing::new(head, body);
        async move {
            // What is rare is boxed: it must not make the future of a request over a kept connection large.
            let clock = &*self.0.clock;
            let began = clock.elapsed();
            let time = Time { clock, began, end: timeout.map(|timeout| began.saturating_add(timeout)) };
            while let Some(usable) = self.0.pool.take(&outgoing.head().key, began) {
                match usable {
                    Usable::Multiplexed(sender) => {
                        let sending = Box::pin(in_time(send_multiplexed(sender, &mut outgoing, time), time));
                        if let (Some(answer), _) = sending.await? {
                            return Ok(answer);
                        }
                        self.0.pool.forget_multiplexed(&outgoing.head().key);
                        break;
                    }
                    Usable::Link(mut link) => match link.exchange(&mut outgoing, time).await {
                        Ok(answer) => return Ok(self.receive(answer, link, &mut outgoing, time)),
                        Err(Failed::NotSent(error)) => tracing::debug!(%error, "a kept connection was closed"),
                        Err(Failed::Broken(error)) => return Err(error),
                    },
                }
            }
            Box::pin(self.exchange_anew(&mut outgoing, time)).await
        }
    }

    async fn exchange_anew(&self, outgoing: &mut Outgoing, time: Time<'_>) -> Result<Answered, EgressError> {
        let opening = open(&outgoing.head().key, &self.0.config, &*self.0.clock);
        let (stream, alarm) = in_time(opening, time).await?;
        if stream.is_h2() {
            let (sender, _) = in_time(multiplex(stream), time).await?;
            self.0.pool.keep_multiplexed(outgoing.head().key.clone(), sender.clone());
            let (answer, _) = in_time(send_multiplexed(sender, outgoing, time), time).await?;
            return answer.ok_or_else(|| EgressError::Closed("the connection took no request".into()));
        }
        let mut link = Box::new(Link::over(stream, self.0.clock.elapsed(), alarm));
        match link.exchange(outgoing, time).await {
            Ok(answer) => Ok(self.receive(answer, link, outgoing, time)),
            Err(Failed::NotSent(error)) => Err(EgressError::Closed(error.into())),
            Err(Failed::Broken(error)) => Err(error),
        }
    }

    /// Hands an answer out with its connection, or without it where there is no more of it to come.
    fn receive(&self, answer: Answer, link: Box<Link>, outgoing: &mut Outgoing, time: Time<'_>) -> Answered {
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
        Answered { status: head.status, version: head.version, fields: head.fields, body, took: time.taken() }
    }
}

/// Waits for something as long as a request has time, and says what tells of its end.
async fn in_time<T>(
    work: impl Future<Output = Result<T, EgressError>>,
    time: Time<'_>,
) -> Result<(T, Option<Alarm>), EgressError> {
    let Some(end) = time.end else { return Ok((work.await?, None)) };
    let timer = time.clock.sleep(end.saturating_sub(time.clock.elapsed()));
    match select(pin!(work), timer).await {
        Either::Left((done, timer)) => Ok((done?, Some(Alarm::taking(end, timer)))),
        Either::Right(_) => Err(EgressError::Overdue),
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
    time: Time<'_>,
) -> Result<Option<Answered>, EgressError> {
    match sender.try_send_request(outgoing.lend()?).await {
        Ok(response) => Ok(Some(answered(response, time))),
        Err(mut failed) => match failed.take_message() {
            Some(request) => {
                outgoing.take_back(request.into_body());
                Ok(None)
            }
            None => Err(EgressError::Closed(failed.into_error().into())),
        },
    }
}

fn answered(response: Response<Incoming>, time: Time<'_>) -> Answered {
    let (head, body) = response.into_parts();
    let mut fields = Fields::with_capacity(head.headers.len());
    let mut named = None;
    for (name, value) in head.headers {
        // A map gives the name only once, before the first of its values.
        named = name.or(named);
        fields.extend(named.clone().map(|name| (name, value)));
    }
    let body = Received::multiplexed(body);
    Answered { status: head.status, version: head.version, fields, body, took: time.taken() }
}
