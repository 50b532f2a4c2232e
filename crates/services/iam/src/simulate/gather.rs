//! The policies of one principal, read from the store: its own, its groups', and its boundary.

use std::collections::{BTreeMap, BTreeSet};

use operation::{Call, Failure};
use policy::{Kind, Policy};
use wire::Choice as _;

use super::view::Source;
use crate::error::Error;
use crate::find::{self, Managed};
use crate::rules::arn;

/// A policy with the name and place that answers tell. AWS names inline policies `user_bob_calls`.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) policy: Policy,
}

/// What a simulation judges by.
#[derive(Debug, Default)]
pub(super) struct Policies {
    pub(super) identity: Vec<Given>,
    pub(super) boundary: Option<Given>,
}

/// Reads a document that the caller gave; `list` and its place name it in answers, as in AWS.
pub(super) fn given(list: &str, at: usize, document: &str) -> Result<Given, Error> {
    let policy = Policy::parse(document, Kind::Identity).map_err(|fault| Error::InvalidInput(fault.to_string()))?;
    Ok(Given { name: format!("{list}.{}", at + 1), source: Source::None, policy })
}

/// The documents of a list.
pub(super) fn all_given(list: &str, documents: &[String]) -> Result<Vec<Given>, Error> {
    documents.iter().enumerate().map(|(at, document)| given(list, at, document)).collect()
}

/// The boundary that the caller gave: one at most, for the others would have to count as well.
pub(super) fn boundary_given(documents: &[String]) -> Result<Option<Given>, Error> {
    let list = "PermissionsBoundaryPolicyInputList";
    if documents.len() > 1 {
        return Err(Error::InvalidInput(format!("{list} holds more than one policy")));
    }
    Ok(all_given(list, documents)?.pop())
}

/// Scenarios of EC2 would add resources that nobody simulates here.
pub(super) fn refuse_handling(option: Option<&str>) -> Result<(), Error> {
    match option {
        Some(_) => Err(Error::NotEnforced("ResourceHandlingOption".to_owned())),
        None => Ok(()),
    }
}

/// The policies of the user, group or role with this ARN. SECURITY: names are unique without the path, but the ARN is what
/// the caller was authorized for, so its path must be the true one.
pub(super) async fn of(call: &mut Call<'_>, arn: &str) -> Result<Policies, Failure> {
    arn::check("policySourceArn", arn)?;
    let own = format!("arn:aws:iam::{}:", call.scope.account);
    let (kind, path) = arn.strip_prefix(&own).and_then(|rest| rest.split_once('/')).ok_or_else(|| missing(arn))?;
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut policies = Policies::default();
    match kind {
        "user" => {
            let user = find::user(call, name).await?;
            the_same(&user.arn(), arn)?;
            take(call, Source::User, &user.name, &user.inline, &user.attached, &mut policies.identity).await?;
            for name in &user.groups {
                let group = find::group(call, name).await?;
                take(call, Source::Group, &group.name, &group.inline, &group.attached, &mut policies.identity).await?;
            }
            policies.boundary = boundary(call, user.boundary.as_deref()).await?;
        }
        "group" => {
            let group = find::group(call, name).await?;
            the_same(&group.arn(), arn)?;
            take(call, Source::Group, &group.name, &group.inline, &group.attached, &mut policies.identity).await?;
        }
        "role" => {
            let role = find::role(call, name).await?;
            the_same(&role.arn(), arn)?;
            take(call, Source::Role, &role.name, &role.inline, &role.attached, &mut policies.identity).await?;
            policies.boundary = boundary(call, role.boundary.as_deref()).await?;
        }
        _ => return Err(missing(arn).into()),
    }
    Ok(policies)
}

fn missing(arn: &str) -> Error {
    Error::NoSuchEntity(format!("The principal {arn} cannot be found."))
}

fn the_same(found: &str, asked: &str) -> Result<(), Error> {
    if found == asked { Ok(()) } else { Err(missing(asked)) }
}

async fn take(
    call: &mut Call<'_>,
    source: Source,
    holder: &str,
    inline: &BTreeMap<String, String>,
    attached: &BTreeSet<String>,
    into: &mut Vec<Given>,
) -> Result<(), Failure> {
    for (name, document) in inline {
        into.push(Given {
            name: format!("{}_{holder}_{name}", source.as_text()),
            source,
            policy: stored(name, document)?,
        });
    }
    for arn in attached {
        into.push(managed(call, arn).await?);
    }
    Ok(())
}

async fn boundary(call: &mut Call<'_>, arn: Option<&str>) -> Result<Option<Given>, Failure> {
    match arn {
        Some(arn) => Ok(Some(managed(call, arn).await?)),
        None => Ok(None),
    }
}

async fn managed(call: &mut Call<'_>, arn: &str) -> Result<Given, Failure> {
    let lost = || Failure::Broken { what: format!("the attached policy `{arn}` has no document") };
    let (source, policy) = match find::managed(call, arn).await?.ok_or_else(lost)? {
        Managed::Own(own) => {
            let version = own.versions.get(&own.default_version).ok_or_else(lost)?;
            (Source::UserManaged, stored(arn, &version.document)?)
        }
        Managed::Aws(known) => (Source::AwsManaged, stored(arn, known.document)?),
    };
    let name = arn::policy_name(arn).to_owned();
    Ok(Given { name, source, policy })
}

fn stored(name: &str, document: &str) -> Result<Policy, Failure> {
    let broken = |fault| Failure::Broken { what: format!("the stored policy `{name}` cannot be read: {fault}") };
    Policy::parse(document, Kind::Identity).map_err(broken)
}
