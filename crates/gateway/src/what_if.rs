//! What would be decided about a request that nobody sent: the same steps over the same snapshot, up to the decision whether
//! the caller may call, and which limits the call would meet. No counter, no integration, no log line, no record.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use base::id::{ApiKeyId, UsagePlanId};
use base::{Clock, Scope};
use bytes::Bytes;
use edge::{Alpn, Connection, Head, Limits, TlsFacts};
use futures_util::future::BoxFuture;
use identity::Caller;
use operation::data_plane::{
    AuthorizerTest, AuthorizerTested, DataPlane, Explanation, FunctionCall, Invoked, NotInvoked, WhatIf,
};
use operation::{FirewallTest, FirewallTested, RateQuestion, RuleName, SampleQuestion, Samples, WebAclTop};
use policy::DecisionRecord;
use serde_json::{Value, json};
use snapshot::{Authorization, Snapshot};

use crate::authorizer::test::Bench;
use crate::explain::{self, printable, sentence, step, step_data};
use crate::firewall::ask;
use crate::reason::{Authorize, Reason};
use crate::refused::Refused;
use crate::request::Request;
use crate::steps::locate::Inbound;
use crate::steps::record::{Owner, front_end_refusal};
use crate::steps::route::Routed;
use crate::steps::{Step, answer, authorize, firewall, locate, meter, network, route};
use crate::trail::{Entry, Outcome, Trail};
use crate::world::{Handles, Served, World};

/// Answers the control plane's questions about requests.
#[derive(Debug)]
pub struct Explainer {
    /// What requests see.
    pub served: Served,
    /// What a step's world holds. Nobody signs, no issuer is asked, nothing is spent or kept for a request that nobody sent;
    /// what was taken ahead of quotas is given back for whoever reads usage, and authorizers that are tried are asked.
    pub handles: Arc<Handles>,
}

impl DataPlane for Explainer {
    fn explain(&self, trail: &[u8]) -> Result<Explanation, String> {
        explain::explain(trail).map_err(|error| error.to_string())
    }

    fn what_if(&self, question: WhatIf) -> BoxFuture<'_, Result<Explanation, String>> {
        Box::pin(async move {
            let url = Url::read(&question.url)?;
            let head = url.head(&question)?;
            let world = self.world(&question);
            let caller = question.caller.as_deref().map(|arn| identity::impersonate(arn, &world.snapshot));
            let caller = caller.transpose().map_err(|unknown| unknown.to_string())?;
            let connection = Arc::new(connection(question.source_ip, url.tls, &*self.handles.clock));
            Ok(supposed(head, connection, caller.as_ref(), &world).await.explanation(&question, &world))
        })
    }

    fn invoke(&self, call: FunctionCall) -> BoxFuture<'_, Result<Invoked, NotInvoked>> {
        Box::pin(self.handles.invoker.invoke(call))
    }

    fn is_configured(&self, scope: &Scope, function: &str) -> bool {
        self.handles.invoker.is_configured(scope, function)
    }

    fn test_authorizer(&self, question: AuthorizerTest) -> BoxFuture<'_, Result<AuthorizerTested, String>> {
        let bench = Bench { snapshot: self.served.snapshot.load_full(), handles: Arc::clone(&self.handles) };
        let connection = Arc::new(connection(Ipv4Addr::LOCALHOST.into(), true, &*self.handles.clock));
        Box::pin(bench.test(question, connection))
    }

    fn settle<'a>(&'a self, plan: &'a UsagePlanId, key: Option<&'a ApiKeyId>) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.handles.metering.quotas.settle(Some(plan)).await;
            let snapshot = self.served.snapshot.load_full();
            let plans = key.and_then(|key| snapshot.api_keys.get(key)).into_iter().flat_map(|key| key.plans.iter());
            plans.filter(|of| of.id == *plan).for_each(|of| of.spending.renew());
        })
    }

    fn sampled_requests(&self, question: SampleQuestion) -> BoxFuture<'_, Result<Samples, String>> {
        Box::pin(async move { Ok(ask::samples(&question, &self.handles)) })
    }

    fn rate_limited(&self, question: RateQuestion) -> BoxFuture<'_, Result<Vec<IpAddr>, String>> {
        Box::pin(async move { ask::rate_limited(&question, &self.served.snapshot.load(), &self.handles) })
    }

    fn test_web_acl(&self, question: FirewallTest) -> Result<Vec<FirewallTested>, String> {
        let connection = connection(question.source_ip, true, &*self.handles.clock);
        ask::test(&question, connection, &self.served.snapshot.load(), &self.handles)
    }

    fn labels_of_rule(&self, scope: &Scope, web_acl: &str, rule: &RuleName) -> Result<Vec<String>, String> {
        ask::labels(scope, web_acl, rule, &self.served.snapshot.load())
    }

    fn web_acl_tops(&self, scope: &Scope) -> Vec<WebAclTop> {
        ask::tops(scope, &self.served.snapshot.load(), &self.handles)
    }
}

impl Explainer {
    /// SECURITY: the APIs of other accounts are taken out, so that whoever asks for one learns what a stranger learns of
    /// an API that does not exist.
    fn world(&self, question: &WhatIf) -> World {
        let mut world = self.served.world(&self.handles, self.handles.clock.elapsed());
        let host = Url::read(&question.url).ok().map(|url| url.host().to_ascii_lowercase());
        let (place, apis) = (&world.snapshot.place, &world.snapshot.apis);
        let named = host.as_deref().and_then(|host| place.api_of(host)).and_then(|id| apis.get(id));
        if let Some(api) = named.filter(|api| api.scope != question.scope).cloned() {
            let mut without = Snapshot::clone(&world.snapshot);
            without.apis.remove(&api.id);
            world.snapshot = Arc::new(without);
        }
        world
    }
}

/// A URL as its parts stand in a request.
struct Url<'a> {
    tls: bool,
    authority: &'a str,
    target: &'a str,
}

impl<'a> Url<'a> {
    fn read(text: &'a str) -> Result<Self, String> {
        let wrong = || {
            let shown: String = text.chars().take(128).collect();
            format!("`{}` is not a URL such as https://API.execute-api.REGION.ZONE/STAGE/PATH", printable(&shown))
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(wrong()),
        };
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.is_empty() {
            return Err(wrong());
        }
        Ok(Self { tls, authority, target })
    }

    fn host(&self) -> &'a str {
        self.authority.rsplit_once(':').map_or(self.authority, |(host, _)| host)
    }

    /// The head that a client would send, read by the edge's own parser; what the edge refuses stays a refusal.
    fn head(&self, question: &WhatIf) -> Result<Result<Head, edge::FrontEndRefusal>, String> {
        let slash = if self.target.starts_with('/') { "" } else { "/" };
        let mut raw = format!("{} {slash}{} HTTP/1.1\r\nHost: {}\r\n", question.method, self.target, self.authority);
        let mut lines = vec![question.method.as_str(), self.target, self.authority];
        for (name, value) in &question.headers {
            // Writing to a string cannot fail.
            let _ = write!(raw, "{name}: {value}\r\n");
            lines.extend([name.as_str(), value.as_str()]);
        }
        // SECURITY: a line end would end its line, and what follows would be read as another.
        if lines.iter().any(|part| part.contains(['\r', '\n', '\0'])) {
            return Err("neither the method, the URL nor a header may hold a line end".to_owned());
        }
        raw.push_str("\r\n");
        Ok(Head::read(&Bytes::from(raw), &Limits::default()))
    }
}

fn connection(from: IpAddr, tls: bool, clock: &dyn Clock) -> Connection {
    let tls = tls.then_some(TlsFacts {
        version: "TLSv1.3",
        cipher_suite: "TLS_AES_256_GCM_SHA384",
        key_exchange: "X25519MLKEM768",
        sni: None,
        alpn: Alpn::Http11,
        resumed: false,
    });
    let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Connection { id: 0, peer: SocketAddr::new(from.to_canonical(), 0), local, accepted: clock.now(), tls }
}

/// What the steps decided.
struct Supposed {
    trail: Trail,
    allowed: bool,
    /// What every statement made of it, where a policy was asked.
    decision: Option<DecisionRecord>,
    /// What the question did not say and should have, or said in vain.
    note: Option<&'static str>,
    /// The limits that the call would meet.
    limits: Vec<String>,
}

async fn supposed(
    head: Result<Head, edge::FrontEndRefusal>,
    connection: Arc<Connection>,
    caller: Option<&Caller>,
    world: &World,
) -> Supposed {
    let request = Arc::new(Request::new(head.as_ref().ok(), connection, &*world.handles.clock));
    let trail = Trail::new(Arc::clone(&world.handles.clock), request.started);
    let mut supposed = Supposed { trail, allowed: false, decision: None, note: None, limits: Vec::new() };
    let outcome = match head {
        Ok(head) => {
            let body = edge::Body::empty();
            let held = edge::Held::default();
            let inbound = Inbound { request: Arc::clone(&request), received: head.received, body, held };
            supposed.travel(Box::new(inbound), caller, world).await
        }
        Err(refusal) => {
            let refused = front_end_refusal(refusal);
            supposed.trail.note(Step::Locate, Outcome::Refused, refused.reason.clone());
            Err(refused)
        }
    };
    match outcome {
        Ok(()) => supposed.allowed = true,
        Err(refused) => {
            supposed.trail.pass(Step::Answer, answer::compose(Err(refused), &request));
        }
    }
    supposed
}

impl Supposed {
    /// The journey's own steps, as far as they only decide.
    async fn travel(&mut self, inbound: Box<Inbound>, caller: Option<&Caller>, world: &World) -> Result<(), Refused> {
        let trail = &mut self.trail;
        let located = trail.record(Step::Locate, locate::place(inbound, world, &mut Owner::Installation))?;
        let admitted = trail.record(Step::Network, network::admit(located))?;
        let screened = trail.record(Step::Firewall, firewall::suppose(admitted, world).await)?;
        let routed = trail.record(Step::Route, route::find(screened))?;
        self.decision = authorize::in_full(&routed, caller, world);
        self.note = note(&routed, caller);
        trail.record(Step::Authorize, authorize::suppose(&routed, caller, world))?;
        self.limits = trail.record(Step::Meter, meter::foresee(&routed, world))?;
        Ok(())
    }

    fn explanation(self, question: &WhatIf, world: &World) -> Explanation {
        let who = question.caller.as_deref().unwrap_or("anonymous");
        let verdict = match (self.allowed, self.would_ask()) {
            (true, false) => "allowed",
            (true, true) => "decided by its authorizer's function",
            (false, _) => "refused",
        };
        let mut text = format!(
            "if `{}` sent {} {} from {}, it would be {verdict}, at revision {}",
            printable(who),
            printable(&question.method),
            printable(&question.url),
            question.source_ip,
            world.snapshot.revision
        );
        for entry in self.trail.entries() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{} {}", step(entry), printable(&sentence(&entry.reason)));
            if entry.step == Step::Authorize {
                let others = self.decision.iter().flat_map(|decision| &decision.others).map(ToString::to_string);
                for line in self.note.map(str::to_owned).into_iter().chain(others) {
                    let _ = write!(text, "\n{:14}{}", "", printable(&line));
                }
            }
        }
        for limit in &self.limits {
            let _ = write!(text, "\n{:14}{}", "", printable(limit));
        }
        let steps: Vec<Value> = self.trail.entries().iter().map(|entry| step_data(&self.whole(entry))).collect();
        let data = json!({
            "allowed": self.allowed && !self.would_ask(),
            "undecided": self.would_ask(),
            "caller": who,
            "sourceIp": question.source_ip,
            "httpMethod": question.method,
            "url": question.url,
            "revision": world.snapshot.revision,
            "steps": steps,
            "decision": self.decision,
            "note": self.note,
            "limits": self.limits,
        });
        Explanation { text, data }
    }

    /// Whether a function would decide.
    fn would_ask(&self) -> bool {
        let asks = |entry: &Entry| matches!(entry.reason, Reason::Authorize(Authorize::WouldAsk { .. }));
        self.trail.entries().iter().any(asks)
    }

    /// The entry with every statement, where trails keep the closest only.
    fn whole(&self, entry: &Entry) -> Entry {
        let mut entry = entry.clone();
        if let (Reason::Authorize(Authorize::Denied { record, .. }), Some(decision)) =
            (&mut entry.reason, &self.decision)
        {
            record.clone_from(&Box::new(decision.clone()));
        }
        entry
    }
}

fn note(routed: &Routed, caller: Option<&Caller>) -> Option<&'static str> {
    match (&routed.method().authorization, caller) {
        (Authorization::None, Some(_)) => Some(
            "the method's authorization is NONE: signatures are not looked at, and policies see an anonymous caller",
        ),
        (Authorization::Iam, None) => {
            Some("the method's authorization is AWS_IAM: whoever signs is asked about with --as ARN")
        }
        (Authorization::Custom(_), Some(_)) => {
            Some("the method's authorization is CUSTOM: signatures are not looked at, and an authorizer says who asks")
        }
        (Authorization::None | Authorization::Custom(_), None) | (Authorization::Iam, Some(_)) => None,
    }
}
