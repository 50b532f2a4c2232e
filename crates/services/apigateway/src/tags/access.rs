//! The tags that `aws:ResourceTag/…` reads: an API's own, and over them a stage's.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-iam-policy.html>

use std::collections::BTreeMap;

use base::id::{RestApiId, StageName};
use base::{Arn, Scope};
use futures_util::future::BoxFuture;
use model::apigateway::{RestApi, Stage};
use operation::{Failure, Transaction};
use percent_encoding::percent_decode_str;

/// Reads the tags of what a management ARN names. What stands below an API has the API's tags.
pub(crate) fn of<'a>(
    arn: &'a str,
    scope: &'a Scope,
    tx: &'a mut Transaction,
) -> BoxFuture<'a, Result<BTreeMap<String, String>, Failure>> {
    Box::pin(async move {
        let Some((api, stage)) = place(arn) else { return Ok(BTreeMap::new()) };
        let mut tags = tx.get::<RestApi>(scope, api.as_str()).await?.map(|api| api.tags).unwrap_or_default();
        if let Some(stage) = stage
            && let Some(stage) = tx.get::<Stage>(scope, &Stage::id_of(&api, &stage)).await?
        {
            tags.extend(stage.tags);
        }
        Ok(tags)
    })
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
