//! What the stage's web ACL says. It sees the raw target, before routing: AWS's WAF acts on unknown paths too.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html>

mod answer;
mod judge;

use std::sync::Arc;

use edge::BodyError;
use http::{HeaderName, HeaderValue, StatusCode};
use snapshot::{AttachedAcl, WebAcl, WebAclUnit};
use waf::{Action, Facts, Inserted, Judgement};

use crate::firewall::case::Case;
use crate::firewall::facts::Counts;
use crate::firewall::reading::Reading;
use crate::firewall::tally::AclTally;
use crate::reason::{Firewall, Reason, cut};
use crate::refused::{FrontEnd, Passed, Refused, ResponseType, Verdict};
use crate::request::{ScreenNote, ScreenVerdict};
use crate::steps::locate::Located;
use crate::steps::network::Admitted;
use crate::world::{Handles, World};

pub use answer::FirewallAnswer;
pub(crate) use judge::{View, reason};

/// The web ACL let the request pass.
#[derive(Debug)]
pub struct Screened {
    located: Located,
}

impl Screened {
    pub(super) fn located(&self) -> &Located {
        &self.located
    }

    pub(super) fn into_located(self) -> Located {
        self.located
    }
}

/// Screens the request.
pub async fn screen(admitted: Admitted, world: &World) -> Verdict<Screened> {
    screen_as(admitted, world, Counts::Yes).await
}

/// The same for a request that nobody sent: nothing is counted.
pub(crate) async fn suppose(admitted: Admitted, world: &World) -> Verdict<Screened> {
    screen_as(admitted, world, Counts::No).await
}

async fn screen_as(admitted: Admitted, world: &World, counts: Counts) -> Verdict<Screened> {
    let mut located = admitted.into_located();
    let Some(attached) = located.stage().web_acl.clone() else {
        return Ok(Passed { value: Screened { located }, reason: Reason::Firewall(Firewall::NoneAttached) });
    };
    let acl = ready(&attached, world).inspect_err(|refused| note_failure(&located, &attached, refused))?;
    let body = reading(&mut located, &acl, world).await?;
    let began = world.handles.clock.elapsed();
    let view = View::of(located.request(), located.received(), &body);
    let seen = view.seen();
    let facts = view.facts(&acl, &world.handles, counts);
    let tally = (counts == Counts::Yes).then(|| world.handles.firewall.tallies.of(&acl));
    let judged = match tally.as_deref() {
        Some(tally) => judge::judge(&view, (&seen, &facts), (&acl, tally), &world.handles),
        None => acl.judge.judge(&seen, &facts),
    };
    let latency = world.handles.clock.elapsed().saturating_sub(began);
    let reason = judge::reason(&acl, &seen, &judged);
    let verdict = match judged.action {
        Action::Allow => ScreenVerdict::Allow,
        Action::Block(_) | Action::Interrupt { .. } => ScreenVerdict::Block,
    };
    note(
        &located,
        ScreenNote { arn: attached.arn, verdict: Some(verdict), error: None, latency_us: latency.as_micros() as u64 },
    );
    let (answer, reason) = match &judged.action {
        Action::Allow | Action::Block(None) => (None, reason),
        Action::Block(Some(answered)) => (Some(FirewallAnswer::Custom(Arc::clone(answered))), reason),
        // For a request that nobody sent, nothing is asked and no answer is used up.
        Action::Interrupt { purpose, .. } if tally.is_none() => {
            (Some(FirewallAnswer::Interruption { purpose: *purpose, page: None }), reason)
        }
        Action::Interrupt { purpose, .. } => {
            let (parties, mint) = ((&*acl, &view.audience(&acl)), &world.handles.firewall.mint);
            let (answer, reason) = answer::interrupt(*purpose, &located, parties, mint, reason);
            (Some(answer), reason)
        }
    };
    if let Some(tally) = tally {
        let status = answer.as_ref().map(|answer| answer.status().as_u16());
        keep(&located, (&acl, &tally), (&seen, &facts, &judged), status, &world.handles);
    }
    let reason = Reason::Firewall(reason);
    match (answer, judged.action) {
        (Some(answer), _) => Err(Refused::firewall(answer, reason)),
        (None, Action::Allow) => {
            insert(&mut located, &judged.inserted);
            Ok(Passed { value: Screened { located }, reason })
        }
        (None, Action::Block(_) | Action::Interrupt { .. }) => Err(Refused::gateway(ResponseType::WafFiltered, reason)),
    }
}

/// Leaves what is to be known of a request that was sent.
fn keep(
    located: &Located,
    (acl, tally): (&WebAcl, &AclTally),
    (seen, facts, judgement): (&waf::Request<'_>, &dyn Facts, &Judgement),
    status: Option<u16>,
    handles: &Handles,
) {
    let request = located.request();
    let stage = located.stage();
    let case = Case {
        acl,
        seen,
        judgement,
        source: [stage.scope.account.as_str(), stage.api_id.as_str(), stage.name.as_str()],
        at: request.received,
        request: request.id,
        scheme: if request.connection.tls.is_some() { "https" } else { "http" },
        facts,
        body_bytes: located.body().known_length(),
        status,
    };
    handles.firewall.keep(tally, &case, &handles.sink);
}

/// Sets what the rules insert: from here on it is as if the client had sent it, and nothing else of its name.
// SECURITY: where a rule sets a header, the client's own of that name is gone, or anybody could pretend that it matched.
fn insert(located: &mut Located, inserted: &[Inserted]) {
    for Inserted { name, value } in inserted {
        // The engine takes only names and values that a header may have; a value need not be ASCII.
        let typed = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()));
        if let (Ok(name), Ok(value)) = typed {
            located.received_mut().set(&name, &value);
        }
    }
}

fn note(located: &Located, note: ScreenNote) {
    // Only this step writes it, once a request.
    let _ = located.request().notes.firewall.set(Box::new(note));
}

fn note_failure(located: &Located, attached: &AttachedAcl, refused: &Refused) {
    let Reason::Firewall(Firewall::Broken { why, .. }) = &refused.reason else { return };
    let error = Some(Arc::clone(why));
    note(located, ScreenNote { arn: Arc::clone(&attached.arn), verdict: None, error, latency_us: 0 });
}

/// SECURITY: a web ACL that is gone, is another one, or did not compile lets nobody pass.
fn ready(attached: &AttachedAcl, world: &World) -> Result<Arc<WebAcl>, Refused> {
    let why = match world.snapshot.web_acls.get(&attached.name) {
        Some(unit) if **unit.arn() != *attached.arn => "another web ACL has its name now",
        Some(WebAclUnit::Ready(acl)) => return Ok(Arc::clone(acl)),
        Some(WebAclUnit::Broken { why, .. }) => why,
        None => "it does not exist",
    };
    let reason = Firewall::Broken { acl: cut(&attached.arn), why: cut(why) };
    Err(Refused::front_end(FrontEnd::INTERNAL, Reason::Firewall(reason)))
}

/// As much of the body as the web ACL inspects, where its rules look at bodies at all.
async fn reading(located: &mut Located, acl: &WebAcl, world: &World) -> Result<Reading, Refused> {
    if !acl.judge.needs_body() {
        return Ok(Reading::default());
    }
    let inspected = acl.judge.body_bytes_max();
    let body = std::mem::replace(located.body_mut(), edge::Body::empty());
    // One byte more tells whether there is more.
    let (bytes, body, held) =
        body.prefix(inspected as u64 + 1, &world.handles.room).await.map_err(|fault| unread(&fault))?;
    *located.body_mut() = body;
    located.held_mut().merge(held);
    Ok(Reading::of(located.received(), &bytes, inspected))
}

fn unread(fault: &BodyError) -> Refused {
    let broke = || Firewall::BodyBroke { why: cut(&fault.to_string()) };
    let (answer, why) = match fault {
        BodyError::NoRoom => (FrontEnd::UNAVAILABLE, Firewall::NoRoom),
        BodyError::TooLarge { .. } => (FrontEnd::TOO_LARGE, broke()),
        BodyError::TooSlow => (FrontEnd::BODY_TIMEOUT, broke()),
        BodyError::Broken(_) | BodyError::Source(_) => (FrontEnd::of_edge(StatusCode::BAD_REQUEST), broke()),
    };
    Refused::front_end(answer, Reason::Firewall(why))
}
