//! What the control plane may ask about web ACLs: samples, whom rates limit, what rules did, and what one would do with
//! requests that nobody sent.

use std::net::IpAddr;
use std::sync::Arc;

use base::Scope;
use bytes::Bytes;
use edge::{Connection, Head, Limits};
use operation::{FirewallTest, FirewallTested, RateQuestion, RuleName, RuleTop, SampleQuestion, Samples, WebAclTop};
use serde_json::json;
use snapshot::{Snapshot, WebAcl, WebAclUnit};
use waf::RulePath;

use super::case;
use super::facts::Counts;
use super::reading::Reading;
use crate::explain::{printable, sentence};
use crate::reason::Reason;
use crate::request::Request;
use crate::steps::firewall::{View, reason};
use crate::world::Handles;

/// Some of the requests that a web ACL judged.
pub(crate) fn samples(question: &SampleQuestion, handles: &Handles) -> Samples {
    let firewall = &handles.firewall;
    firewall.samples.find(firewall.tallies.find(&question.web_acl).as_deref(), question)
}

/// The addresses that a rate-based rule limits.
pub(crate) fn rate_limited(
    question: &RateQuestion,
    snapshot: &Snapshot,
    handles: &Handles,
) -> Result<Vec<IpAddr>, String> {
    let acl = find(snapshot, &question.scope, &question.web_acl)?;
    let path = RulePath { group_rule: question.group_rule.as_deref(), rule: &question.rule };
    let rule = acl.judge.rate_rule(path).ok_or_else(|| format!("rule `{}` limits nobody", question.rule))?;
    let (nodes, now) = (handles.metering.nodes(), handles.clock.elapsed());
    let instances = handles.firewall.rates.instances_over(rule.id, nodes, now);
    let mut addresses: Vec<IpAddr> = instances.iter().filter_map(|instance| waf::address_of(instance)).collect();
    addresses.sort_unstable();
    Ok(addresses)
}

/// What the web ACLs of an account did, the busiest first.
pub(crate) fn tops(scope: &Scope, snapshot: &Snapshot, handles: &Handles) -> Vec<WebAclTop> {
    let ready = snapshot.web_acls.values().filter_map(|unit| match unit {
        WebAclUnit::Ready(acl) if acl.scope == *scope => Some(acl),
        WebAclUnit::Ready(_) | WebAclUnit::Broken { .. } => None,
    });
    let mut tops: Vec<WebAclTop> = ready.map(|acl| top(acl, handles)).collect();
    tops.sort_by(|one, two| two.requests.cmp(&one.requests).then_with(|| one.name.cmp(&two.name)));
    tops
}

fn top(acl: &WebAcl, handles: &Handles) -> WebAclTop {
    let tally = handles.firewall.tallies.of(acl);
    let top = tally.top(acl);
    let average = |ns: u64| if top.timed == 0 { 0.0 } else { ns as f64 / top.timed as f64 / 1000.0 };
    let rules = top.rules.iter().map(|rule| {
        let [allowed, blocked, counted, captcha, challenge, solved] = rule.counts;
        let group_rule = rule.group_rule.as_deref().map(str::to_owned);
        let microseconds = average(rule.timed_ns);
        let rule = rule.rule.to_string();
        RuleTop { group_rule, rule, allowed, blocked, counted, captcha, challenge, solved, microseconds }
    });
    WebAclTop {
        name: acl.name.to_string(),
        arn: acl.arn.to_string(),
        requests: top.requests,
        timed: top.timed,
        microseconds: average(top.timed_ns),
        rules: rules.collect(),
    }
}

/// The labels that a rule adds.
pub(crate) fn labels(scope: &Scope, acl: &str, rule: &RuleName, snapshot: &Snapshot) -> Result<Vec<String>, String> {
    let acl = find(snapshot, scope, acl)?;
    let path = RulePath { group_rule: rule.group_rule.as_deref(), rule: &rule.rule };
    let labels = acl.judge.labels_of(path).ok_or_else(|| format!("there is no rule `{}`", rule.rule))?;
    Ok(labels.iter().map(ToString::to_string).collect())
}

/// What a web ACL makes of requests that nobody sent.
pub(crate) fn test(
    question: &FirewallTest,
    connection: Connection,
    snapshot: &Snapshot,
    handles: &Handles,
) -> Result<Vec<FirewallTested>, String> {
    let acl = find(snapshot, &question.scope, &question.web_acl)?;
    let connection = Arc::new(connection);
    let counted: Vec<RulePath<'_>> = question
        .counted
        .iter()
        .map(|name| RulePath { group_rule: name.group_rule.as_deref(), rule: &name.rule })
        .collect();
    Ok(question.requests.iter().map(|raw| judged(raw, &acl, &counted, &connection, handles)).collect())
}

fn judged(
    raw: &Bytes,
    acl: &WebAcl,
    counted: &[RulePath<'_>],
    connection: &Arc<Connection>,
    handles: &Handles,
) -> FirewallTested {
    let end = raw.windows(4).position(|window| window == b"\r\n\r\n").map_or(raw.len(), |at| at + 4);
    let head = match Head::read(&raw.slice(..end), &Limits::default()) {
        Ok(head) => head,
        Err(refusal) => return refused(&refusal.to_string()),
    };
    let request = Request::new(Some(&head), Arc::clone(connection), &*handles.clock);
    let body = Reading::of(&head.received, &raw.slice(end..), acl.judge.body_bytes_max());
    let view = View::of(&request, &head.received, &body);
    let (seen, facts) = (view.seen(), view.facts(acl, handles, Counts::No));
    let judgement = acl.judge.judge_counting(&seen, &facts, counted);
    let reason = reason(acl, &seen, &judgement);
    let decided = judgement.terminating.as_ref().map(|it| &it.matched.rule);
    let group = judgement.groups.iter().find(|group| Some(&group.rule) == decided);
    let inner = group.and_then(|group| group.terminating.as_ref());
    let rule = decided.map(|decided| RuleName {
        group_rule: inner.map(|_| decided.to_string()),
        rule: inner.map_or(decided, |inner| &inner.rule).to_string(),
    });
    let path = request.target.as_ref().map_or("", |target| target.raw().path());
    let said = sentence(&Reason::Firewall(reason.clone()));
    let action = case::action(&judgement.action);
    FirewallTested {
        action,
        request: printable(&format!("{} {path}", head.method)),
        data: json!({
            "action": action,
            "rule": rule.as_ref().map(|rule| &rule.rule),
            "groupRule": rule.as_ref().and_then(|rule| rule.group_rule.as_ref()),
            "sentence": said,
            "reason": reason,
            "requestHeadersInserted": judgement.inserted.iter().map(|it| json!([&*it.name, &*it.value])).collect::<Vec<_>>(),
        }),
        sentence: printable(&said),
        rule,
    }
}

/// What the socket refuses never meets a web ACL.
fn refused(why: &str) -> FirewallTested {
    FirewallTested {
        action: "REFUSED",
        rule: None,
        request: String::new(),
        sentence: format!("no web ACL sees it, because the socket refuses it: {}", printable(why)),
        data: json!({ "action": "REFUSED", "sentence": printable(why) }),
    }
}

/// The web ACL of an account that has this name or ARN.
fn find(snapshot: &Snapshot, scope: &Scope, wanted: &str) -> Result<Arc<WebAcl>, String> {
    let named = |name: &str, arn: &str| name == wanted || arn == wanted;
    // SECURITY: the account's own; knowing another one's ARN helps nobody.
    let own = snapshot.web_acls.iter().filter(|(name, _)| name.account == scope.account);
    let found = own.filter(|(name, unit)| named(&name.name, unit.arn())).map(|(_, unit)| unit).next();
    match found {
        Some(WebAclUnit::Ready(acl)) if acl.scope == *scope => Ok(Arc::clone(acl)),
        Some(WebAclUnit::Broken { why, .. }) => Err(format!("web ACL `{}` cannot judge: {why}", printable(wanted))),
        Some(WebAclUnit::Ready(_)) | None => Err(format!("there is no web ACL `{}`", printable(wanted))),
    }
}
