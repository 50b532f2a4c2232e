//! What a tag's ARN names: `arn:aws:apigateway:{region}::/restapis/{id}` or `…/stages/{name}`.

use std::collections::BTreeMap;

use base::{Arn, Scope};
use model::apigateway::{RestApi, Stage};
use operation::{Call, Failure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::Error;
use crate::{arn, find};

/// A tagged thing.
#[derive(Debug)]
pub(super) enum Target {
    /// An API.
    Api(RestApi),
    /// A stage.
    Stage(Stage),
}

impl Target {
    /// Finds what an ARN names, in this account and region.
    pub(super) async fn find(call: &mut Call<'_>, text: &str) -> Result<Self, Failure> {
        let place = place(text, &call.scope)?;
        let api = find::api(call, &place.api).await?;
        Ok(match &place.stage {
            Some(stage) => Target::Stage(find::stage(call, &api.id, stage).await?),
            None => Target::Api(api),
        })
    }

    /// Its tags.
    pub(super) fn tags(&self) -> &BTreeMap<String, String> {
        match self {
            Target::Api(api) => &api.tags,
            Target::Stage(stage) => &stage.tags,
        }
    }

    /// Stores it with other tags.
    pub(super) fn put(self, call: &mut Call<'_>, tags: BTreeMap<String, String>) -> Result<(), Failure> {
        match self {
            Target::Api(api) => call.tx.put(&call.scope, &RestApi { tags, ..api }),
            Target::Stage(stage) => call.tx.put(&call.scope, &Stage { tags, ..stage }),
        }
    }
}

/// The ARN that IAM policies name for tags: it holds the tagged thing's own ARN, encoded.
pub(super) fn policy_arn(tagged: &str, scope: &Scope) -> String {
    arn::of(scope, format_args!("/tags/{}", utf8_percent_encode(tagged, NON_ALPHANUMERIC)))
}

#[derive(Debug, PartialEq, Eq)]
struct Place {
    api: String,
    stage: Option<String>,
}

fn place(text: &str, scope: &Scope) -> Result<Place, Error> {
    let malformed = || Error::bad_request(format!("Invalid ARN. ARN is not well formed {text}"));
    let arn = Arn::parse(text).map_err(|_| malformed())?;
    // API Gateway's management ARNs name no account; a region or service of another kind is never ours.
    if arn.partition != "aws"
        || arn.service != "apigateway"
        || arn.region != scope.region.as_str()
        || !arn.account.is_empty()
    {
        return Err(Error::bad_request("Invalid ARN specified in the request"));
    }
    match arn.resource.split('/').collect::<Vec<_>>()[..] {
        ["", "restapis", api] => Ok(Place { api: api.to_owned(), stage: None }),
        ["", "restapis", api, "stages", stage] => Ok(Place { api: api.to_owned(), stage: Some(stage.to_owned()) }),
        _ => Err(Error::bad_request("Invalid ARN specified in the request")),
    }
}

#[cfg(test)]
mod tests {
    use base::{AccountId, Region};
    use proptest::prelude::*;

    use super::*;

    fn scope() -> Scope {
        Scope {
            account: AccountId::parse("123456789012").expect("twelve digits"),
            region: Region::parse("eu-west-1").expect("a good region"),
        }
    }

    #[test]
    fn an_arn_names_an_api_or_a_stage() {
        for (text, expected) in [
            ("arn:aws:apigateway:eu-west-1::/restapis/abc", Ok(("abc", None))),
            ("arn:aws:apigateway:eu-west-1::/restapis/abc/stages/dev", Ok(("abc", Some("dev")))),
            ("arn:aws:apigateway:us-east-1::/restapis/abc", Err("Invalid ARN specified in the request")),
            ("arn:aws:apigateway:eu-west-1:1:/restapis/abc", Err("Invalid ARN specified in the request")),
            ("arn:aws:apigateway:eu-west-1::/usageplans/abc", Err("Invalid ARN specified in the request")),
            ("arn:aws:apigateway:eu-west-1::/restapis/abc/resources/x", Err("Invalid ARN specified in the request")),
            ("invalid-arn", Err("Invalid ARN. ARN is not well formed invalid-arn")),
        ] {
            let expected = expected
                .map(|(api, stage)| Place { api: api.to_owned(), stage: stage.map(str::to_owned) })
                .map_err(str::to_owned);
            assert_eq!(place(text, &scope()).map_err(|error| error.to_string()), expected, "{text}");
        }
    }

    #[test]
    fn a_policy_names_the_encoded_arn() {
        let arn = policy_arn("arn:aws:apigateway:eu-west-1::/restapis/abc", &scope());
        assert_eq!(
            arn,
            "arn:aws:apigateway:eu-west-1::/tags/arn%3Aaws%3Aapigateway%3Aeu%2Dwest%2D1%3A%3A%2Frestapis%2Fabc"
        );
    }

    proptest! {
        #[test]
        fn any_arn_names_a_place_of_ours_or_none(text in "(arn:aws:apigateway:eu-west-1::)?(/?[a-z]{0,10}){0,6}|\\PC{0,40}") {
            if let Ok(place) = place(&text, &scope()) {
                prop_assert!(!place.api.contains('/') && !place.stage.is_some_and(|stage| stage.contains('/')));
            }
        }
    }
}
