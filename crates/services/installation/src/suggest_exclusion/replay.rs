//! Whether a past request would pass if what stopped it only counted: judged anew, as far as records tell what it was.

use std::fmt::Write as _;

use base::id::RequestId;
use operation::{Call, Failure, FirewallTest, FirewallTested, RuleName};
use serde_json::Value;
use store_records::FindQuery;
use telemetry::stream;

use super::decided::Decided;

/// What came of judging it anew.
pub(super) struct Replayed {
    /// It would pass.
    pub(super) verified: bool,
    /// The same in words.
    pub(super) words: String,
}

/// Judges a request anew: out of the web ACL's own log where that has it, else out of its decision record.
pub(super) async fn replay(
    call: &mut Call<'_>,
    request: RequestId,
    decided: &Decided,
    explained: &Value,
) -> Result<Replayed, Failure> {
    let Some(stopped_by) = &decided.rule else {
        let words = "the new rule has the request's own method and path, so it lets it pass".to_owned();
        return Ok(Replayed { verified: true, words });
    };
    let query = FindQuery { request, scope: Some(call.scope.clone()), stream_prefix: stream::WEB_ACL.to_owned() };
    let found = call.ports.events.find(&query).await?;
    let logged = found.iter().find_map(|hit| serde_json::from_slice::<Value>(&hit.entry.bytes).ok());
    let (raw, source) = match logged.as_ref().and_then(of_log) {
        Some(raw) => (raw, "log record"),
        None => (of_trail(decided), "decision record, which keeps neither query nor headers"),
    };
    let source_ip = explained["sourceIp"].as_str().and_then(|text| text.parse().ok());
    let Some(source_ip) = source_ip else { return Ok(unsure("its address cannot be read")) };
    let ask = |counted: Vec<RuleName>| {
        let (scope, web_acl) = (call.scope.clone(), decided.acl.clone());
        let question = FirewallTest { scope, web_acl, source_ip, requests: vec![raw.clone().into()], counted };
        let answers = call.ports.data_plane.test_web_acl(question).ok();
        answers.and_then(|answers| answers.into_iter().next())
    };
    let Some(before) = ask(Vec::new()) else { return Ok(unsure("the web ACL cannot judge")) };
    if before.rule.as_ref() != Some(stopped_by) {
        return Ok(unsure(&format!(
            "judged anew by its {source}, the same rule does not stop it (a body is never kept)"
        )));
    }
    let after = ask(vec![stopped_by.clone()]);
    Ok(after.map_or_else(|| unsure("the web ACL cannot judge"), |after| told(&after, source)))
}

fn told(after: &FirewallTested, source: &str) -> Replayed {
    if after.action == "ALLOW" {
        return Replayed { verified: true, words: format!("judged anew by its {source}, it passes") };
    }
    let rule = after.rule.as_ref().map_or("the default action", |rule| &rule.rule);
    let words = format!("judged anew by its {source}, it is stopped all the same: by `{rule}` ({})", after.action);
    Replayed { verified: false, words }
}

fn unsure(why: &str) -> Replayed {
    Replayed { verified: false, words: format!("not verified: {why}") }
}

/// The request of a log record; `None` where something of it is hidden or cut.
fn of_log(record: &Value) -> Option<Vec<u8>> {
    let request = &record["httpRequest"];
    let text = |name: &str| request[name].as_str().filter(|text| *text != "REDACTED");
    if record["truncated"] == true {
        return None;
    }
    let (method, path, query) = (text("httpMethod")?, text("uri")?, text("args")?);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    let mut raw = format!("{method} {path}{query} HTTP/1.1\r\n");
    for header in request["headers"].as_array()? {
        let (name, value) = (header["name"].as_str()?, header["value"].as_str()?);
        // A framing of a body that is not there would make it another request.
        if ["content-length", "transfer-encoding"].iter().any(|framing| name.eq_ignore_ascii_case(framing)) {
            continue;
        }
        // Writing to a string cannot fail.
        let _ = write!(raw, "{name}: {value}\r\n");
    }
    raw.push_str("\r\n");
    // SECURITY: a recorded line end must not become one of the head.
    let lines = 2 + request["headers"].as_array()?.len();
    (raw.matches('\n').count() <= lines).then(|| raw.into_bytes())
}

fn of_trail(decided: &Decided) -> Vec<u8> {
    let Decided { method, path, host, .. } = decided;
    format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes()
}
