//! A request as the judge sees it, and what it said as a reason.

use std::sync::Arc;

use edge::ReceivedHeaders;
use snapshot::WebAcl;
use waf::{Body, Header, Judgement, Matched, Request};

use crate::firewall::audience::Audience;
use crate::firewall::facts::{Counts, Seen};
use crate::firewall::reading::Reading;
use crate::firewall::tally::AclTally;
use crate::firewall::veil::Veil;
use crate::reason::{Firewall, Found, Judged, cut};
use crate::request::Request as Facts;
use crate::target::Target;
use crate::world::Handles;

/// A browser sends at most so many header lines to get here; more would have been refused at the socket.
const HEADERS_AT_HAND: usize = 32;

/// The parts of a request that a web ACL sees.
pub(crate) struct View<'a> {
    request: &'a Facts,
    received: &'a ReceivedHeaders,
    headers: Vec<Header<'a>>,
    host: String,
    body: Body<'a>,
}

impl<'a> View<'a> {
    pub(crate) fn of(request: &'a Facts, received: &'a ReceivedHeaders, body: &'a Reading) -> Self {
        let mut headers = Vec::with_capacity(HEADERS_AT_HAND);
        headers.extend(received.lines().map(|(name, value)| Header { name, value }));
        Self {
            request,
            received,
            headers,
            host: request.host.as_deref().unwrap_or_default().to_ascii_lowercase(),
            body: Body { prefix: &body.bytes, truncated: body.truncated },
        }
    }

    /// The request as the judge sees it.
    pub(crate) fn seen(&self) -> Request<'_> {
        let Self { request, headers, host, body, received: _ } = self;
        let target = request.target.as_ref();
        Request {
            method: request.verb.as_ref().map_or(b"", |verb| verb.as_str().as_bytes()),
            path: target.map_or(b"", |target| target.raw().path().as_bytes()),
            query: target.and_then(Target::query).unwrap_or_default().as_bytes(),
            version: if request.version == http::Version::HTTP_2 { "HTTP/2.0" } else { "HTTP/1.1" },
            headers,
            body: *body,
            client: request.source_ip(),
            host,
        }
    }

    /// What the judge may ask about it.
    pub(crate) fn facts<'s>(&'s self, acl: &'s WebAcl, handles: &'s Handles, counts: Counts) -> Seen<'s> {
        Seen {
            firewall: &handles.firewall,
            provided: handles.firewall.provided.load(),
            nodes: handles.metering.nodes(),
            now: handles.clock.elapsed(),
            received: self.received,
            audience: self.audience(acl),
            counts,
        }
    }

    /// Whose tokens it may bring, and is given.
    pub(super) fn audience<'s>(&'s self, acl: &'s WebAcl) -> Audience<'s> {
        Audience { account: acl.scope.account.as_str(), host: &self.host, domains: acl.judge.token_domains() }
    }
}

/// Judges a request that was sent: it is counted, and one in many is timed.
pub(super) fn judge(
    view: &View<'_>,
    (seen, facts): (&Request<'_>, &Seen<'_>),
    (acl, tally): (&WebAcl, &AclTally),
    handles: &Handles,
) -> Judgement {
    if !tally.begin(view.request.received) {
        return acl.judge.judge(seen, facts);
    }
    let clock = || u64::try_from(handles.clock.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let began = clock();
    let (judgement, parts) = acl.judge.judge_timed(seen, facts, &clock);
    tally.took(acl, clock().saturating_sub(began), &parts);
    judgement
}

/// What was decided, for the record.
pub(crate) fn reason(acl: &WebAcl, seen: &Request<'_>, judged: &Judgement) -> Firewall {
    let told = Box::new(told(acl, seen, judged));
    match &judged.action {
        waf::Action::Allow => Firewall::Allowed(told),
        waf::Action::Block(_) => Firewall::Blocked(told),
        waf::Action::Interrupt { purpose, token } => Firewall::Interrupted {
            judged: told,
            action: super::answer::name(*purpose).into(),
            token: super::answer::said(*token).into(),
        },
    }
}

fn told(acl: &WebAcl, seen: &Request<'_>, judged: &Judgement) -> Judged {
    let by = judged.terminating.as_ref().map(|terminating| &terminating.matched);
    let group = by.and_then(|by| judged.groups.iter().find(|group| group.rule == by.rule));
    let inner = group.and_then(|group| Some((Arc::clone(&group.id), group.terminating.as_ref()?)));
    let found = inner.as_ref().map_or(by, |(_, inner)| Some(inner));
    let inside = inner.as_ref().map(|(group, inner)| (Arc::clone(group), Arc::clone(&inner.rule)));
    let counted = judged.others.iter().chain(judged.groups.iter().flat_map(|group| &group.others));
    Judged {
        acl: Arc::clone(&acl.name),
        rule: by.map(|by| Arc::clone(&by.rule)),
        inside,
        found: found.map(|matched| places(acl, seen, matched)).unwrap_or_default(),
        counted: counted.take(TOLD_MAX).map(|other: &Matched| Arc::clone(&other.rule)).collect(),
        labels: judged.labels.iter().take(TOLD_MAX).cloned().collect(),
        exhausted: judged.exhausted,
    }
}

/// A record holds so many places of a match, and so many names of rules and labels.
const FOUND_MAX: usize = 4;
const TOLD_MAX: usize = 20;

/// Where a rule matched. What must not be seen is looked for only where there is something to show.
fn places(acl: &WebAcl, seen: &Request<'_>, matched: &Matched) -> Vec<Found> {
    if matched.findings.is_empty() {
        return Vec::new();
    }
    let veil = Veil::of(acl.logging.as_ref().map(|logging| &logging.redacted), seen);
    matched.findings.iter().take(FOUND_MAX).map(|finding| place(&veil, finding)).collect()
}

fn place(veil: &Veil<'_>, finding: &waf::Finding) -> Found {
    Found {
        condition: finding.condition.into(),
        location: finding.location.into(),
        name: veil.place(finding).map(cut),
        transformations: finding.transformations.join(", ").into(),
        matched: cut(veil.finding(finding)),
        offset: finding.offset,
    }
}
