//! Sends one request: over a kept connection if there is one, else over a new one.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::header::{Entry, HOST};
use http::uri::{Authority, PathAndQuery};
use http::{Request, Response, Uri, Version};
use http_body::Body;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};

use crate::config::Config;
use crate::connect::{Stream, open};
use crate::error::EgressError;
use crate::link::Link;
use crate::pool::{Key, Pool, Scheme, Usable};
use crate::received::Received;
use crate::sent::Sent;
use crate::trust::Trust;

/// All headers of one HTTP/2 answer, in bytes.
const HEADER_LIST_MAX: u32 = 128 * 1024;

/// An HTTP client with connections of its own. Clones share them; each worker makes its own.
#[derive(Debug, Clone)]
pub struct Egress(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    clock: Arc<dyn Clock>,
    pool: Arc<Pool>,
}

type Failed = TrySendError<Request<Sent>>;

impl Egress {
    /// A client without any connection yet.
    pub fn new(config: Config, clock: Arc<dyn Clock>) -> Self {
        let pool = Pool::new(Arc::clone(&clock), config.idle_per_host_max, config.idle_max, config.idle_timeout);
        Self(Arc::new(Inner { config, clock, pool }))
    }

    /// Sends a request to its absolute `http` or `https` URL and waits for the head of the answer.
    ///
    /// A `Host` header that is set is kept. A kept connection that closed before anything was sent is replaced once. Dropping
    /// the future abandons the request.
    pub async fn send<B>(&self, request: Request<B>, trust: Trust) -> Result<Response<Received>, EgressError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let key = Key::of(request.uri(), trust)?;
        let request = match self.send_kept(&key, request.map(Sent::new)).await? {
            Kept::Answered(response) => return Ok(response),
            Kept::NotSent(request) => request,
        };
        self.send_anew(key, request).await
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

    async fn send_kept(&self, key: &Key, mut request: Request<Sent>) -> Result<Kept, EgressError> {
        let pool = &self.0.pool;
        while let Some(usable) = pool.take(key) {
            let mut link = match usable {
                Usable::Multiplexed(sender) => {
                    return match send_multiplexed(sender, key, request).await {
                        Ok(response) => Ok(Kept::Answered(response.map(Received::multiplexed))),
                        Err(failed) => {
                            pool.forget_multiplexed(key);
                            take_back(failed).map(Kept::NotSent)
                        }
                    };
                }
                Usable::Link(link) => link,
            };
            prepare_http1(&mut request, &link);
            match link.exchange(request).await {
                Ok(response) => return Ok(Kept::Answered(self.receive(response, link, key.clone()))),
                // Nobody has looked at it since its last answer; the upstream may have closed it.
                Err(failed) => request = take_back(failed)?,
            }
        }
        Ok(Kept::NotSent(request))
    }

    async fn send_anew(&self, key: Key, mut request: Request<Sent>) -> Result<Response<Received>, EgressError> {
        let stream = open(&key, &self.0.config, &*self.0.clock).await?;
        if stream.is_h2() {
            let sender = multiplex(stream).await?;
            self.0.pool.keep_multiplexed(key.clone(), sender.clone());
            let answer = send_multiplexed(sender, &key, request).await;
            return Ok(answer.map_err(|failed| EgressError::Closed(failed.into_error()))?.map(Received::multiplexed));
        }
        let mut link = Link::over(stream, &key.authority).await?;
        prepare_http1(&mut request, &link);
        let answer = link.exchange(request).await;
        let response = answer.map_err(|failed| EgressError::Closed(failed.into_error()))?;
        Ok(self.receive(response, link, key))
    }

    /// Hands an answer out with its connection, or without it when there is no body to wait for.
    fn receive(&self, response: Response<Incoming>, link: Box<Link>, key: Key) -> Response<Received> {
        let pool = Arc::clone(&self.0.pool);
        let mut response = response.map(|incoming| Received::over(incoming, link, pool, key));
        response.body_mut().settle();
        response
    }
}

/// What a kept connection made of a request.
enum Kept {
    Answered(Response<Received>),
    NotSent(Request<Sent>),
}

/// Takes back a request of which nothing was sent; any other failure stands, because the upstream may have acted on it.
fn take_back(mut failed: Failed) -> Result<Request<Sent>, EgressError> {
    failed.take_message().ok_or_else(|| EgressError::Closed(failed.into_error()))
}

async fn multiplex(stream: Stream) -> Result<SendRequest<Sent>, EgressError> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.max_header_list_size(HEADER_LIST_MAX);
    let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(EgressError::Closed)?;
    // It ends when the last sender and stream are gone, or the upstream closes.
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "an upstream connection broke off");
        }
    });
    Ok(sender)
}

async fn send_multiplexed(
    mut sender: SendRequest<Sent>,
    key: &Key,
    mut request: Request<Sent>,
) -> Result<Response<Incoming>, Failed> {
    prepare_http2(&mut request, key);
    sender.try_send_request(request).await
}

fn path_of(uri: &Uri) -> PathAndQuery {
    uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"))
}

/// HTTP/1.1 wants the path alone and the host in its header.
fn prepare_http1(request: &mut Request<Sent>, link: &Link) {
    if let Entry::Vacant(host) = request.headers_mut().entry(HOST) {
        host.insert(link.host().clone());
    }
    *request.uri_mut() = Uri::from(path_of(request.uri()));
    *request.version_mut() = Version::HTTP_11;
}

/// HTTP/2 wants the whole URL; a `Host` that was set goes into its `:authority`, and stays there for a second try.
fn prepare_http2(request: &mut Request<Sent>, key: &Key) {
    let host = request.headers_mut().remove(HOST);
    let host = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let authority = host.or_else(|| request.uri().authority().cloned());
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(match key.scheme {
        Scheme::Http => http::uri::Scheme::HTTP,
        Scheme::Https(_) => http::uri::Scheme::HTTPS,
    });
    parts.authority = Some(authority.unwrap_or_else(|| key.authority.clone()));
    parts.path_and_query = Some(path_of(request.uri()));
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
    *request.version_mut() = Version::HTTP_2;
}
