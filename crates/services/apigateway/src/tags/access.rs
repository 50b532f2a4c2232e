//! The tags that `aws:ResourceTag/…` reads: an API's own, and over them a stage's; those of API keys and usage plans.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-iam-policy.html>

use std::collections::BTreeMap;

use base::id::{RestApiId, StageName};
use base::{Arn, Scope};
use futures_util::future::BoxFuture;
use model::apigateway::{ApiKey, RestApi, Stage, UsagePlan};
use operation::{Failure, Transaction};
use percent_encoding::percent_decode_str;

/// Reads the tags of what a management ARN names. What stands below an API has the API's tags.
pub(crate) fn of<'a>(
    arn: &'a str,
    scope: &'a Scope,
    tx: &'a mut Transaction,
) -> BoxFuture<'a, Result<BTreeMap<String, String>, Failure>> {
    Box::pin(async move {
        let Some((api, stage)) = place(arn) else { return metered(arn, scope, tx).await };
        let mut tags = tx.get::<RestApi>(scope, api.as_str()).await?.map(|api| api.tags).unwrap_or_default();
        if let Some(stage) = stage
            && let Some(stage) = tx.get::<Stage>(scope, &Stage::id_of(&api, &stage)).await?
        {
            tags.extend(stage.tags);
        }
        Ok(tags)
    })
}

/// The tags of an API key or a usage plan, or of what stands below one.
async fn metered(arn: &str, scope: &Scope, tx: &mut Transaction) -> Result<BTreeMap<String, String>, Failure> {
    let Some((kind, id)) = metered_place(arn) else { return Ok(BTreeMap::new()) };
    let tags = match kind {
        Metered::ApiKey => tx.get::<ApiKey>(scope, &id).await?.map(|key| key.tags),
        Metered::UsagePlan => tx.get::<UsagePlan>(scope, &id).await?.map(|plan| plan.tags),
    };
    Ok(tags.unwrap_or_default())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Metered {
    ApiKey,
    UsagePlan,
}

fn metered_place(arn: &str) -> Option<(Metered, String)> {
    let resource = Arn::parse(arn).ok()?.resource;
    if let Some(tagged) = resource.strip_prefix("/tags/") {
        let tagged = percent_decode_str(tagged).decode_utf8().ok()?;
        return if tagged.contains("/tags/") { None } else { metered_place(&tagged) };
    }
    let (kind, rest) = match resource.strip_prefix("/apikeys/") {
        Some(rest) => (Metered::ApiKey, rest),
        None => (Metered::UsagePlan, resource.strip_prefix("/usageplans/")?),
    };
    let id = rest.split('/').next().filter(|id| !id.is_empty() && !id.contains('\0'))?;
    Some((kind, id.to_owned()))
}

/// The API, and the stage if it is one, that an ARN stands for; the ARN of tags holds the tagged thing's own.
fn place(arn: &str) -> Option<(RestApiId, Option<StageName>)> {
    let resource = Arn::parse(arn).ok()?.resource;
    if let Some(tagged) = resource.strip_prefix("/tags/") {
        let tagged = percent_decode_str(tagged).decode_utf8().ok()?;
        return if tagged.contains("/tags/") { None } else { place(&tagged) };
    }
    let mut parts = resource.strip_prefix("/restapis/")?.split('/');
    let api = RestApiId::parse(parts.next()?).ok()?;
    let stage = match (parts.next(), parts.next()) {
        (Some("stages"), Some(stage)) => StageName::parse(stage).ok(),
        _ => None,
    };
    Some((api, stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_a_plan_has_its_tags() {
        for (resource, expected) in [
            ("/apikeys/k1", Some((Metered::ApiKey, "k1"))),
            ("/usageplans/p1", Some((Metered::UsagePlan, "p1"))),
            ("/usageplans/p1/keys/k1/usage", Some((Metered::UsagePlan, "p1"))),
            ("/tags/arn%3Aaws%3Aapigateway%3Aeu%2Dwest%2D1%3A%3A%2Fapikeys%2Fk1", Some((Metered::ApiKey, "k1"))),
            ("/usageplans", None),
            ("/apikeys/", None),
            ("/restapis/a1", None),
        ] {
            let found = metered_place(&format!("arn:aws:apigateway:eu-west-1::{resource}"));
            assert_eq!(found, expected.map(|(kind, id)| (kind, id.to_owned())), "{resource}");
        }
    }

    #[test]
    fn what_stands_below_an_api_has_its_tags() {
        for (resource, api, stage) in [
            ("/restapis/a1", Some("a1"), None),
            ("/restapis/a1/resources/r/methods/GET", Some("a1"), None),
            ("/restapis/a1/stages/prod", Some("a1"), Some("prod")),
            ("/restapis/a1/stages/prod/cache/data", Some("a1"), Some("prod")),
            ("/tags/arn%3Aaws%3Aapigateway%3Aeu%2Dwest%2D1%3A%3A%2Frestapis%2Fa1", Some("a1"), None),
            ("/restapis", None, None),
            ("/account", None, None),
        ] {
            let found = place(&format!("arn:aws:apigateway:eu-west-1::{resource}"));
            let (found_api, found_stage) = found.unzip();
            assert_eq!(found_api.as_ref().map(RestApiId::as_str), api, "{resource}");
            assert_eq!(found_stage.flatten().as_ref().map(StageName::as_str), stage, "{resource}");
        }
    }
}
