//! What a tag's ARN names: `arn:aws:apigateway:{region}::/restapis/{id}`, `…/stages/{name}`, `/apikeys/{id}` or
//! `/usageplans/{id}`.

use std::collections::BTreeMap;

use base::{Arn, Scope};
use model::apigateway::{ApiKey, RestApi, Stage, UsagePlan};
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
    /// An API key.
    ApiKey(Box<ApiKey>),
    /// A usage plan.
    UsagePlan(UsagePlan),
}

impl Target {
    /// Finds what an ARN names, in this account and region.
    pub(super) async fn find(call: &mut Call<'_>, text: &str) -> Result<Self, Failure> {
        Ok(match place(text, &call.scope)? {
            Place::Api(api) => Target::Api(find::api(call, &api).await?),
            Place::Stage(api, stage) => {
                let api = find::api(call, &api).await?;
                Target::Stage(find::stage(call, &api.id, &stage).await?)
            }
            Place::ApiKey(key) => Target::ApiKey(Box::new(find::api_key(call, &key).await?)),
            Place::UsagePlan(plan) => Target::UsagePlan(find::usage_plan(call, &plan).await?),
        })
    }

    /// Its tags.
    pub(super) fn tags(&self) -> &BTreeMap<String, String> {
        match self {
            Target::Api(api) => &api.tags,
            Target::Stage(stage) => &stage.tags,
            Target::ApiKey(key) => &key.tags,
            Target::UsagePlan(plan) => &plan.tags,
        }
    }

    /// Stores it with other tags.
    pub(super) fn put(self, call: &mut Call<'_>, tags: BTreeMap<String, String>) -> Result<(), Failure> {
        match self {
            Target::Api(api) => call.tx.put(&call.scope, &RestApi { tags, ..api }),
            Target::Stage(stage) => call.tx.put(&call.scope, &Stage { tags, ..stage }),
            Target::ApiKey(key) => call.tx.put(&call.scope, &ApiKey { tags, ..*key }),
            Target::UsagePlan(plan) => call.tx.put(&call.scope, &UsagePlan { tags, ..plan }),
        }
    }
}

/// The ARN that IAM policies name for tags: it holds the tagged thing's own ARN, encoded.
pub(super) fn policy_arn(tagged: &str, scope: &Scope) -> String {
    arn::of(scope, format_args!("/tags/{}", utf8_percent_encode(tagged, NON_ALPHANUMERIC)))
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Api(String),
    Stage(String, String),
    ApiKey(String),
    UsagePlan(String),
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
        ["", "restapis", api] => Ok(Place::Api(api.to_owned())),
        ["", "restapis", api, "stages", stage] => Ok(Place::Stage(api.to_owned(), stage.to_owned())),
        ["", "apikeys", key] => Ok(Place::ApiKey(key.to_owned())),
        ["", "usageplans", plan] => Ok(Place::UsagePlan(plan.to_owned())),
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
    fn an_arn_names_something_with_tags() {
        let text = str::to_owned;
        for (arn, expected) in [
            ("arn:aws:apigateway:eu-west-1::/restapis/abc", Ok(Place::Api(text("abc")))),
            ("arn:aws:apigateway:eu-west-1::/restapis/abc/stages/dev", Ok(Place::Stage(text("abc"), text("dev")))),
            ("arn:aws:apigateway:eu-west-1::/apikeys/abc", Ok(Place::ApiKey(text("abc")))),
            ("arn:aws:apigateway:eu-west-1::/usageplans/abc", Ok(Place::UsagePlan(text("abc")))),
            ("arn:aws:apigateway:us-east-1::/restapis/abc", Err("Invalid ARN specified in the request")),
            ("arn:aws:apigateway:eu-west-1:1:/restapis/abc", Err("Invalid ARN specified in the request")),
            ("arn:aws:apigateway:eu-west-1::/usageplans/abc/keys/x", Err("Invalid ARN specified in the request")),
            ("arn:aws:apigateway:eu-west-1::/restapis/abc/resources/x", Err("Invalid ARN specified in the request")),
            ("invalid-arn", Err("Invalid ARN. ARN is not well formed invalid-arn")),
        ] {
            let expected = expected.map_err(str::to_owned);
            assert_eq!(place(arn, &scope()).map_err(|error| error.to_string()), expected, "{arn}");
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
                let names = match place {
                    Place::Api(one) | Place::ApiKey(one) | Place::UsagePlan(one) => vec![one],
                    Place::Stage(api, stage) => vec![api, stage],
                };
                prop_assert!(names.iter().all(|name| !name.contains('/')));
            }
        }
    }
}
