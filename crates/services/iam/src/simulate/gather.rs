//! What a simulation judges by: the policies that the caller gave, and those of one principal, read from the store.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use operation::{Call, Failure};
use policy::{Kind, MalformedPolicy, Place, Policy, places};
use wire::Choice as _;

use super::view::Source;
use crate::error::Error;
use crate::find::{self, Managed};
use crate::rules::{arn, document};

/// A policy with the name and place that answers tell. AWS names inline policies `user_bob_calls`.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) name: String,
    pub(super) origin: Origin,
    pub(super) policy: Policy,
    /// Where its statements stand in its text.
    pub(super) places: Vec<Range<Place>>,
}

/// Where a policy is from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// The caller gave it.
    Input,
    /// The caller gave it, as that of the resources.
    Resource,
    /// It is an inline policy.
    Inline {
        /// What holds it.
        of: Holder,
        /// The holder's name.
        holder: String,
        /// Its own.
        name: String,
    },
    /// It is a managed policy.
    Managed {
        /// Its ARN.
        arn: String,
        /// Whether it is AWS's own.
        by_aws: bool,
    },
}

/// What holds an inline policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum Holder {
    #[shape("user")]
    User,
    #[shape("group")]
    Group,
    #[shape("role")]
    Role,
}

impl Given {
    fn read(name: String, origin: Origin, document: &str) -> Result<Self, MalformedPolicy> {
        let kind = match origin {
            Origin::Resource => Kind::Resource,
            Origin::Input | Origin::Inline { .. } | Origin::Managed { .. } => Kind::Identity,
        };
        Ok(Self { name, origin, policy: Policy::parse(document, kind)?, places: places(document) })
    }

    /// Where it is, as answers tell it.
    pub(super) fn source(&self) -> Source {
        match self.origin {
            Origin::Input => Source::None,
            Origin::Resource => Source::Resource,
            Origin::Inline { of: Holder::User, .. } => Source::User,
            Origin::Inline { of: Holder::Group, .. } => Source::Group,
            Origin::Inline { of: Holder::Role, .. } => Source::Role,
            Origin::Managed { by_aws: true, .. } => Source::AwsManaged,
            Origin::Managed { by_aws: false, .. } => Source::UserManaged,
        }
    }
}

/// What a simulation judges by.
#[derive(Debug, Default)]
pub(super) struct Policies {
    pub(super) identity: Vec<Given>,
    pub(super) boundary: Option<Given>,
}

/// Reads a document that the caller gave; `list` and its place name it in answers, as in AWS.
pub(super) fn given(list: &str, at: usize, document: &str) -> Result<Given, Error> {
    bounded(list, document)?;
    let read = Given::read(format!("{list}.{}", at + 1), Origin::Input, document);
    read.map_err(|fault| Error::InvalidInput(fault.to_string()))
}

/// Reads the resources' policy, which AWS names so.
pub(super) fn resource_given(document: &str) -> Result<Given, Error> {
    let name = "ResourcePolicy";
    bounded(name, document)?;
    let read = Given::read(name.to_owned(), Origin::Resource, document);
    read.map_err(|fault| Error::InvalidInput(fault.to_string()))
}

/// Refuses what is too long to be a policy before anything looks into it. AWS's refusals begin a member's name small.
fn bounded(member: &str, document: &str) -> Result<(), Error> {
    let (first, rest) = member.split_at(1);
    document::text(&format!("{}{rest}", first.to_ascii_lowercase()), document)
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
            take(call, Holder::User, &user.name, &user.inline, &user.attached, &mut policies.identity).await?;
            for name in &user.groups {
                let group = find::group(call, name).await?;
                take(call, Holder::Group, &group.name, &group.inline, &group.attached, &mut policies.identity).await?;
            }
            policies.boundary = boundary(call, user.boundary.as_deref()).await?;
        }
        "group" => {
            let group = find::group(call, name).await?;
            the_same(&group.arn(), arn)?;
            take(call, Holder::Group, &group.name, &group.inline, &group.attached, &mut policies.identity).await?;
        }
        "role" => {
            let role = find::role(call, name).await?;
            the_same(&role.arn(), arn)?;
            take(call, Holder::Role, &role.name, &role.inline, &role.attached, &mut policies.identity).await?;
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
    of: Holder,
    holder: &str,
    inline: &BTreeMap<String, String>,
    attached: &BTreeSet<String>,
    into: &mut Vec<Given>,
) -> Result<(), Failure> {
    for (name, document) in inline {
        let told = format!("{}_{holder}_{name}", of.as_text());
        let origin = Origin::Inline { of, holder: holder.to_owned(), name: name.clone() };
        into.push(stored(told, origin, document)?);
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
    let name = arn::policy_name(arn).to_owned();
    let origin = |by_aws| Origin::Managed { arn: arn.to_owned(), by_aws };
    match find::managed(call, arn).await?.ok_or_else(lost)? {
        Managed::Own(own) => {
            let version = own.versions.get(&own.default_version).ok_or_else(lost)?;
            stored(name, origin(false), &version.document)
        }
        Managed::Aws(known) => stored(name, origin(true), known.document),
    }
}

fn stored(name: String, origin: Origin, document: &str) -> Result<Given, Failure> {
    let what = format!("the stored policy `{name}` cannot be read");
    Given::read(name, origin, document).map_err(|fault| Failure::Broken { what: format!("{what}: {fault}") })
}
