//! SuggestExclusion: the narrowest change of a web ACL that would have let a past request through, and whether it would.

mod decided;
mod exclusion;
mod replay;
#[cfg(test)]
mod tests;

use base::Scope;
use model::wafv2::{Owned as _, RuleGroup, WebAcl};
use operation::{Call, Failure, Operation, RuleName, Spec};
use wire::Json;

use crate::explain_request;
use crate::refusal::{NOT_FOUND, VALIDATION, invalid, not_found};
use decided::Decided;
use exclusion::Inside;

/// The operation.
pub(crate) struct SuggestExclusion;

/// Which request.
#[derive(Debug, wire::Shape)]
#[shape(name = "SuggestExclusionRequest", upper)]
pub(crate) struct Input {
    /// Our id of it: `x-amzn-RequestId` of its answer.
    request_id: String,
}

/// What to change, and what that opens.
#[derive(Debug, wire::Shape)]
#[shape(name = "SuggestExclusionResponse", upper)]
pub(crate) struct Output {
    request_id: String,
    /// The web ACL's name.
    web_acl: String,
    /// The rule that stopped it; `Default_Action` where none did.
    rule: String,
    /// The web ACL's rule that refers to its rule group, where it stands in one.
    group_rule: Option<String>,
    /// `ChangeRule`, `AddRule` and `MoveRules`: members of rules in AWS's JSON, to put into the web ACL.
    exclusion: Json,
    /// Which requests would pass that do not pass now.
    opens: String,
    /// Whether the request was judged anew as if the rule only counted, and what came of it.
    verified: bool,
    /// The same in words.
    verification: String,
}

impl Operation for SuggestExclusion {
    const SPEC: Spec =
        Spec::read("SuggestExclusion", "portcullis:SuggestExclusion").errors(&[(VALIDATION, 400), (NOT_FOUND, 404)]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        explain_request::resource(&input.request_id, scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let request = explain_request::parse(&input.request_id)?;
        let explained = explain_request::explained(call, request).await?;
        let decided = Decided::read(&explained.data)
            .ok_or_else(|| invalid(format!("no web ACL stopped request {request}: there is nothing to exclude")))?;
        let acl: Option<WebAcl> = call.tx.get(&call.scope, &decided.acl).await?;
        let gone = || not_found(format!("web ACL `{}`, which stopped the request, is gone", decided.acl));
        let acl = acl.ok_or_else(gone)?;
        let labels = match &decided.rule {
            Some(rule) => labels(call, &decided.acl, rule)?,
            None => Vec::new(),
        };
        let own = own_group(call, &acl, &decided).await?;
        let inside = Inside { labels: &labels, rules: own.as_ref().map(|group| &group.document) };
        let exclusion = exclusion::of(&acl.document, &decided, inside).map_err(invalid)?;
        let replayed = replay::replay(call, request, &decided, &explained.data).await?;
        let (group_rule, rule) = match decided.rule {
            None => (None, "Default_Action".to_owned()),
            Some(RuleName { group_rule, rule }) => (group_rule, rule),
        };
        Ok(Output {
            request_id: request.to_string(),
            web_acl: decided.acl,
            rule,
            group_rule,
            exclusion: Json(exclusion.json),
            opens: exclusion.opens,
            verified: replayed.verified,
            verification: replayed.words,
        })
    }
}

/// The rule group in which the rule stands, where it is the account's own.
async fn own_group(call: &mut Call<'_>, acl: &WebAcl, decided: &Decided) -> Result<Option<RuleGroup>, Failure> {
    let Some(RuleName { group_rule: Some(group_rule), .. }) = &decided.rule else { return Ok(None) };
    let mut rules = acl.document["Rules"].as_array().into_iter().flatten();
    let rule = rules.find(|rule| rule["Name"] == **group_rule);
    let arn = rule.and_then(|rule| rule["Statement"]["RuleGroupReferenceStatement"]["ARN"].as_str());
    let Some((arn, name)) = arn.and_then(|arn| Some((arn, arn.split('/').nth(2)?))) else { return Ok(None) };
    let found: Option<RuleGroup> = call.tx.get(&call.scope, name).await?;
    Ok(found.filter(|group| group.arn(&call.scope) == arn))
}

fn labels(call: &Call<'_>, acl: &str, rule: &RuleName) -> Result<Vec<String>, Failure> {
    Ok(call.ports.data_plane.labels_of_rule(&call.scope, acl, rule).map_err(invalid)?)
}
