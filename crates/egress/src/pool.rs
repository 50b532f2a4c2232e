//! Kept connections by host. One pool a worker; its lock is held for the time of a look-up only.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::Clock;
use hyper::client::conn::http2::SendRequest;

use crate::key::{Hashed, Key};
use crate::link::Link;
use crate::sent::Sent;

/// A connection that a request may use.
#[derive(Debug)]
pub(crate) enum Usable {
    /// HTTP/1.1, for this request alone.
    Link(Box<Link>),
    /// HTTP/2, shared.
    Multiplexed(SendRequest<Sent>),
}

/// The kept connections of one client.
#[derive(Debug)]
pub(crate) struct Pool {
    clock: Arc<dyn Clock>,
    idle_per_host_max: usize,
    idle_max: usize,
    idle_timeout: Duration,
    kept: Mutex<Kept>,
}

type Hosts = HashMap<Arc<Key>, Host, BuildHasherDefault<Hashed>>;

#[derive(Debug, Default)]
struct Kept {
    hosts: Hosts,
    links: usize,
    reaping: bool,
}

#[derive(Debug, Default)]
struct Host {
    /// The one used last is at the end, and is used next; the others grow old.
    #[expect(
        clippy::vec_box,
        reason = "each is handed on for each request, which costs least where it stays in its place"
    )]
    links: Vec<Box<Link>>,
    multiplexed: Option<(Duration, SendRequest<Sent>)>,
}

impl Pool {
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        idle_per_host_max: usize,
        idle_max: usize,
        idle_timeout: Duration,
    ) -> Arc<Self> {
        Arc::new(Self { clock, idle_per_host_max, idle_max, idle_timeout, kept: Mutex::default() })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A kept connection: the HTTP/2 one where it is open, else an HTTP/1.1 one that is young enough.
    pub(crate) fn take(&self, key: &Key, now: Duration) -> Option<Usable> {
        let mut kept = self.kept();
        let Kept { hosts, links, .. } = &mut *kept;
        let host = hosts.get_mut(key)?;
        host.multiplexed.take_if(|(_, sender)| sender.is_closed());
        if let Some((used, sender)) = &mut host.multiplexed {
            *used = now;
            return Some(Usable::Multiplexed(sender.clone()));
        }
        while let Some(mut link) = host.links.pop() {
            *links -= 1;
            if now.saturating_sub(link.used) < self.idle_timeout && link.is_quiet() {
                link.used = now;
                return Some(Usable::Link(link));
            }
        }
        None
    }

    /// Keeps a connection that is done with its request. Its age counts from there, so that the clock is asked once.
    pub(crate) fn keep_link(self: &Arc<Self>, key: &Arc<Key>, mut link: Box<Link>) {
        link.rest();
        let mut kept = self.kept();
        let Kept { hosts, links, .. } = &mut *kept;
        if *links >= self.idle_max || self.has_no_room(hosts, key) {
            return;
        }
        let host = match hosts.get_mut(key) {
            Some(host) => host,
            None => hosts.entry(Arc::clone(key)).or_default(),
        };
        if host.links.len() < self.idle_per_host_max {
            host.links.push(link);
            *links += 1;
        }
        self.reap_later(&mut kept);
    }

    /// Keeps an HTTP/2 connection, unless another came first or there are too many.
    pub(crate) fn keep_multiplexed(self: &Arc<Self>, key: Arc<Key>, sender: SendRequest<Sent>) {
        let now = self.clock.elapsed();
        let mut kept = self.kept();
        if self.has_no_room(&kept.hosts, &key) {
            return;
        }
        let host = kept.hosts.entry(key).or_default();
        if host.multiplexed.as_ref().is_none_or(|(_, kept)| kept.is_closed()) {
            host.multiplexed = Some((now, sender));
        }
        self.reap_later(&mut kept);
    }

    /// SECURITY: callers may choose parts of hosts, so hosts are bounded as connections are.
    fn has_no_room(&self, hosts: &Hosts, key: &Key) -> bool {
        hosts.len() >= self.idle_max && !hosts.contains_key(key)
    }

    /// Lets go of an HTTP/2 connection that takes no more requests.
    pub(crate) fn forget_multiplexed(&self, key: &Key) {
        if let Some(host) = self.kept().hosts.get_mut(key) {
            host.multiplexed = None;
        }
    }

    /// Starts the task that closes what grows old, unless it runs; it ends when nothing is kept.
    fn reap_later(self: &Arc<Self>, kept: &mut Kept) {
        if std::mem::replace(&mut kept.reaping, true) {
            return;
        }
        let (pool, clock, pause) = (Arc::downgrade(self), Arc::clone(&self.clock), self.idle_timeout);
        tokio::spawn(async move {
            loop {
                clock.sleep(pause).await;
                let Some(pool) = pool.upgrade() else { return };
                if pool.reap() {
                    return;
                }
            }
        });
    }

    /// Closes what is too old; answers whether nothing is left.
    fn reap(&self) -> bool {
        let now = self.clock.elapsed();
        let young = |since: Duration| now.saturating_sub(since) < self.idle_timeout;
        let mut kept = self.kept();
        kept.hosts.retain(|_, host| {
            host.links.retain(|link| young(link.used));
            host.multiplexed.take_if(|(used, sender)| sender.is_closed() || !young(*used));
            !host.links.is_empty() || host.multiplexed.is_some()
        });
        kept.links = kept.hosts.values().map(|host| host.links.len()).sum();
        kept.reaping = !kept.hosts.is_empty();
        kept.hosts.is_empty()
    }
}
