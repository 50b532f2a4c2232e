//! The ARNs that policies, rules and calls name.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html>

use base::id::{RestApiId, StageName};
use base::{AccountId, Arn, Scope};
use model::wafv2::Owned;

use crate::error::Error;

/// Stands in the ARN of what is malformed: no resource is called so.
const MALFORMED: &str = "(malformed)";

/// What IAM policies name where nothing in particular is.
pub(crate) fn anything<I>(_: &I, _: &Scope) -> String {
    "*".to_owned()
}

/// The ARN that policies name for a name and an id.
pub(crate) fn of<R: Owned>(scope: &Scope, name: &str, id: &str) -> String {
    R::arn_of(scope, sound(name), sound(id))
}

/// The ARN that policies name for what a call will make.
pub(crate) fn new<R: Owned>(scope: &Scope, name: &str) -> String {
    R::arn_of(scope, sound(name), "*")
}

/// The ARN that policies name for an ARN in a call.
pub(crate) fn given<R: Owned>(scope: &Scope, text: &str) -> String {
    match parse::<R>(scope, text) {
        Ok((name, id)) => R::arn_of(scope, &name, &id),
        Err(_) => R::arn_of(scope, MALFORMED, MALFORMED),
    }
}

/// CloudTrail's name of what a call is about.
pub(crate) fn audited<R: Owned>(name: &str) -> Vec<(String, String)> {
    vec![(R::TYPE.to_owned(), name.to_owned())]
}

fn sound(text: &str) -> &str {
    let fits = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    if !text.is_empty() && text.chars().all(fits) { text } else { MALFORMED }
}

/// Name and id of an ARN of this kind, account and region.
pub(crate) fn parse<R: Owned>(scope: &Scope, text: &str) -> Result<(String, String), Error> {
    let (place, name, id) = anywhere::<R>(scope, text)?;
    if place == *scope { Ok((name, id)) } else { Err(Error::Nonexistent) }
}

/// The ARN that policies name for an ARN in a call that may be another account's.
pub(crate) fn given_anywhere<R: Owned>(scope: &Scope, text: &str) -> String {
    match anywhere::<R>(scope, text) {
        Ok((place, name, id)) => R::arn_of(&place, &name, &id),
        Err(_) => R::arn_of(scope, MALFORMED, MALFORMED),
    }
}

/// Owner, name and id of an ARN of this kind and region.
pub(crate) fn anywhere<R: Owned>(scope: &Scope, text: &str) -> Result<(Scope, String, String), Error> {
    let malformed = || {
        Error::parameter(
            "RESOURCE_ARN",
            text,
            format!("The ARN isn't valid. A valid ARN begins with arn: and names a {}", R::KIND),
        )
    };
    let arn = Arn::parse(text).map_err(|_| malformed())?;
    if arn.partition != "aws" || arn.service != "wafv2" {
        return Err(malformed());
    }
    let parts: Vec<&str> = arn.resource.split('/').collect();
    let (name, id) = match parts[..] {
        ["regional", kind, name, id] if kind == R::KIND && sound(name) == name && sound(id) == id => (name, id),
        ["global", ..] => return Err(crate::rules::cloudfront()),
        _ => return Err(malformed()),
    };
    let owner = AccountId::parse(&arn.account).ok().filter(|_| arn.region == scope.region.as_str());
    let owner = owner.ok_or(Error::Nonexistent)?;
    Ok((Scope { account: owner, region: scope.region.clone() }, name.to_owned(), id.to_owned()))
}

/// A stage that a web ACL can protect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StageRef {
    pub(crate) api: RestApiId,
    pub(crate) name: StageName,
}

impl StageRef {
    /// Reads the ARN of a stage of this region. AWS leaves the account out.
    pub(crate) fn parse(scope: &Scope, text: &str) -> Result<Self, Error> {
        let malformed = |reason: &str| Error::parameter("RESOURCE_ARN", text, reason);
        let arn = Arn::parse(text).map_err(|_| malformed("The ARN isn't valid. A valid ARN begins with arn:"))?;
        if arn.partition != "aws" || arn.service != "apigateway" {
            return Err(malformed("Web ACLs protect stages of REST APIs here, and nothing else"));
        }
        let parts: Vec<&str> = arn.resource.split('/').collect();
        let ["", "restapis", api, "stages", stage] = parts[..] else {
            return Err(malformed(
                "The ARN isn't valid. A stage's is arn:aws:apigateway:region::/restapis/api/stages/stage",
            ));
        };
        let (Ok(api), Ok(name)) = (RestApiId::parse(api), StageName::parse(stage)) else {
            return Err(Error::Nonexistent);
        };
        if !arn.account.is_empty() || arn.region != scope.region.as_str() {
            return Err(Error::Nonexistent);
        }
        Ok(Self { api, name })
    }

    /// Its ARN.
    pub(crate) fn arn(scope: &Scope, api: &RestApiId, name: &StageName) -> String {
        Arn::new("apigateway", scope.region.as_str(), "", format!("/restapis/{api}/stages/{name}")).to_string()
    }

    /// The ARN that policies name.
    pub(crate) fn given(scope: &Scope, text: &str) -> String {
        match Self::parse(scope, text) {
            Ok(stage) => Self::arn(scope, &stage.api, &stage.name),
            Err(_) => {
                Arn::new("apigateway", scope.region.as_str(), "", format!("/restapis/{MALFORMED}/stages/{MALFORMED}"))
                    .to_string()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use base::Region;
    use model::wafv2::{IpSet, WebAcl};

    use super::*;

    fn scope() -> Scope {
        Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::parse("eu-west-1").unwrap() }
    }

    #[test]
    fn an_arn_names_one_kind_in_one_place() {
        let good = "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/a-b_c/0f";
        assert_eq!(parse::<WebAcl>(&scope(), good), Ok(("a-b_c".to_owned(), "0f".to_owned())));
        assert_eq!(given::<WebAcl>(&scope(), good), good);
        for (bad, nonexistent) in [
            (good.replace("webacl", "ipset"), false),
            (good.replace("regional", "global"), false),
            (good.replace("eu-west-1", "us-east-1"), true),
            (good.replace("111111111111", "222222222222"), true),
            (good.replace("wafv2", "waf"), false),
            (good.replace("a-b_c", "*"), false),
            (good.replace("a-b_c", ""), false),
            (format!("{good}/more"), false),
            (String::new(), false),
        ] {
            assert_eq!(parse::<WebAcl>(&scope(), &bad).unwrap_err() == Error::Nonexistent, nonexistent, "{bad}");
            assert!(given::<WebAcl>(&scope(), &bad).ends_with("/webacl/(malformed)/(malformed)"), "{bad}");
        }
        assert!(new::<IpSet>(&scope(), "a*").ends_with("regional/ipset/(malformed)/*"));
    }

    #[test]
    fn a_stage_is_named_without_its_account() {
        let good = "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/prod";
        let stage = StageRef::parse(&scope(), good).unwrap();
        assert_eq!(StageRef::arn(&scope(), &stage.api, &stage.name), good);
        for bad in [
            good.replace("::", ":111111111111:"),
            good.replace("eu-west-1", "us-east-1"),
            good.replace("/restapis", "restapis"),
            good.replace("restapis", "apis"),
            good.replace("prod", "pr*od"),
            format!("{good}/methods"),
            "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/a/0".to_owned(),
        ] {
            assert!(StageRef::parse(&scope(), &bad).is_err(), "{bad}");
            assert!(StageRef::given(&scope(), &bad).ends_with("/stages/(malformed)"), "{bad}");
        }
    }
}
