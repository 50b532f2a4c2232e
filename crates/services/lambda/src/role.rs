//! The role that a function is given: it exists, is the account's own, and trusts Lambda.
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>

use base::{AccountId, Arn};
use model::iam::Role;
use operation::{Call, Failure, Keys};
use policy::{Action, Attached, Kind, Layers, Policy, Principal, RequestContext};

use crate::error::Error;

/// Whom the role must trust, and whom it is passed to.
pub(crate) const SERVICE: &str = "lambda.amazonaws.com";

/// What AWS asks of whoever gives a function a role.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
pub(crate) fn passed(role_arn: Option<&str>) -> Vec<(&'static str, String)> {
    role_arn.map(|role| ("iam:PassRole", role.to_owned())).into_iter().collect()
}

/// The condition key of a passed role.
pub(crate) fn keys(keys: Keys) -> Keys {
    keys.text("iam:PassedToService", SERVICE)
}

/// Refuses a role that Lambda could not assume.
pub(crate) async fn check(role_arn: &str, function_arn: &str, call: &mut Call<'_>) -> Result<(), Failure> {
    let name = own_name(role_arn, call.scope.account)?;
    let unassumable = || Error::invalid("The role defined for the function cannot be assumed by Lambda.");
    let role = call.tx.get::<Role>(&call.scope.global(), &name).await?;
    let role = role.filter(|role| role.arn() == role_arn).ok_or_else(unassumable)?;
    if trusts(&role, function_arn, call)? { Ok(()) } else { Err(unassumable().into()) }
}

fn own_name(role_arn: &str, account: AccountId) -> Result<String, Error> {
    let malformed = || {
        let constraint = "Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+";
        Error::form("role", role_arn, constraint)
    };
    let arn = Arn::parse(role_arn).map_err(|_| malformed())?;
    let owner = AccountId::parse(&arn.account).map_err(|_| malformed())?;
    let name = arn.resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next());
    let name = name.filter(|name| !name.is_empty() && arn.service == "iam" && arn.region.is_empty());
    let name = name.ok_or_else(malformed)?;
    if owner == account { Ok(name.to_owned()) } else { Err(Error::ForeignRole) }
}

fn trusts(role: &Role, function_arn: &str, call: &Call<'_>) -> Result<bool, Failure> {
    let broken = |fault| Failure::Broken { what: format!("the trust policy of `{}`: {fault}", role.name) };
    let trust = Policy::parse(&role.trust_by_id(), Kind::Trust).map_err(broken)?;
    let lambda = Principal::Service { name: SERVICE.to_owned() };
    let keys = lambda
        .add_keys(Keys::new())
        .now(call.now)
        .text("aws:SourceAccount", role.account.as_str())
        .text("aws:SourceArn", function_arn)
        .text("aws:RequestedRegion", call.scope.region.as_str());
    let (action, arn) = (Action::new("sts:AssumeRole"), role.arn());
    let request = RequestContext::new(&lambda, &action, &arn, role.account, &keys);
    let resource = Some(Attached { name: "trust policy", policy: &trust });
    let layers = Layers { resource, resource_must_allow: true, ..Layers::default() };
    Ok(policy::evaluate(&request, &layers).is_allowed())
}
