//! GetAccountAuthorizationDetails: everything that decides who may do what, in pages over all kinds.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use std::collections::BTreeMap;

use base::Scope;
use model::Record;
use model::iam::{Group, InstanceProfile, ManagedPolicy, Role, User, aws_managed};
use operation::{Call, Failure, Operation, Spec};

use super::details::{GroupDetail, ManagedPolicyDetail, RoleDetail, UserDetail};
use crate::error::declared;
use crate::find::Managed;
use crate::page::Page;
use crate::policy::usage::{self, Usage};

/// The operation.
pub(crate) struct GetAccountAuthorizationDetails;

const NAME: &str = "iam:GetAccountAuthorizationDetails";

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetAccountAuthorizationDetailsRequest", upper)]
pub(crate) struct Input {
    filter: Option<Vec<Kind>>,
    max_items: Option<i32>,
    marker: Option<String>,
}

/// A kind of entity. INVARIANT: pages follow this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, wire::Shape)]
enum Kind {
    #[shape("User")]
    User,
    #[shape("Role")]
    Role,
    #[shape("Group")]
    Group,
    #[shape("LocalManagedPolicy")]
    LocalManagedPolicy,
    #[shape("AWSManagedPolicy")]
    AwsManagedPolicy,
}

/// A page of entities.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetAccountAuthorizationDetailsResponse", upper)]
pub(crate) struct Output {
    user_detail_list: Vec<UserDetail>,
    group_detail_list: Vec<GroupDetail>,
    role_detail_list: Vec<RoleDetail>,
    policies: Vec<ManagedPolicyDetail>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for GetAccountAuthorizationDetails {
    const SPEC: Spec = Spec::read("GetAccountAuthorizationDetails", NAME).errors(&[declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let mut kinds = input.filter.clone().unwrap_or_default();
        if kinds.is_empty() {
            kinds = vec![Kind::User, Kind::Role, Kind::Group, Kind::LocalManagedPolicy, Kind::AwsManagedPolicy];
        }
        kinds.sort_unstable();
        kinds.dedup();
        let query = format!("{kinds:?}");
        let page = Page::read(call, NAME, &query, input.marker.as_deref(), input.max_items)?;
        let usage = usage::of_all(call).await?;
        let mut found = entities(call, &kinds, &page, &usage).await?;
        let more = found.len() > page.limit as usize;
        found.truncate(page.limit as usize);
        let next = found.last().filter(|_| more).map(|(place, _)| place.clone());
        let marker = Page::marker(call, NAME, &query, next);
        let mut output = Output {
            user_detail_list: Vec::new(),
            group_detail_list: Vec::new(),
            role_detail_list: Vec::new(),
            policies: Vec::new(),
            is_truncated: marker.is_some(),
            marker,
        };
        let profiles = call.tx.all::<InstanceProfile>(&call.scope, "").await?;
        for (_, entity) in found {
            match entity {
                Entity::User(user) => output.user_detail_list.push(UserDetail::of(&user)),
                Entity::Group(group) => output.group_detail_list.push(GroupDetail::of(&group)),
                Entity::Role(role) => output.role_detail_list.push(RoleDetail::of(call, &role, &profiles).await?),
                Entity::Policy(policy) => {
                    let used = usage.get(&policy.arn()).copied().unwrap_or_default();
                    output.policies.push(ManagedPolicyDetail::of(&policy, used));
                }
            }
        }
        Ok(output)
    }
}

enum Entity {
    User(Box<User>),
    Role(Box<Role>),
    Group(Box<Group>),
    Policy(Managed),
}

/// One entity more than the page holds, where there are so many, each with the place that a marker names.
async fn entities(
    call: &mut Call<'_>,
    kinds: &[Kind],
    page: &Page,
    usage: &BTreeMap<String, Usage>,
) -> Result<Vec<(String, Entity)>, Failure> {
    let mut found: Vec<(String, Entity)> = Vec::new();
    for kind in kinds {
        let prefix = format!("{}/", *kind as u8);
        // Behind the marker of an earlier kind everything is left; behind that of a later one nothing is.
        let after = match &page.after {
            Some(after) if after.as_str() >= prefix.as_str() => match after.strip_prefix(&prefix) {
                Some(id) => Some(id.to_owned()),
                None => continue,
            },
            Some(_) | None => None,
        };
        let room = page.limit + 1 - u32::try_from(found.len()).unwrap_or(u32::MAX).min(page.limit + 1);
        let rest = Page { after, limit: room };
        let place = |id: String| format!("{prefix}{id}");
        match kind {
            Kind::User => found.extend(stored(call, &rest, |user| Entity::User(Box::new(user)), place).await?),
            Kind::Role => found.extend(stored(call, &rest, |role| Entity::Role(Box::new(role)), place).await?),
            Kind::Group => found.extend(stored(call, &rest, |group| Entity::Group(Box::new(group)), place).await?),
            Kind::LocalManagedPolicy => {
                let own = |policy: ManagedPolicy| Entity::Policy(Managed::Own(Box::new(policy)));
                found.extend(stored(call, &rest, own, place).await?);
            }
            Kind::AwsManagedPolicy => found.extend(of_aws(&rest, usage).map(|(arn, policy)| (place(arn), policy))),
        }
    }
    Ok(found)
}

async fn stored<R: Record>(
    call: &mut Call<'_>,
    rest: &Page,
    entity: impl Fn(R) -> Entity,
    place: impl Fn(String) -> String,
) -> Result<Vec<(String, Entity)>, Failure> {
    let paged = rest.stored::<R>(call, NAME, "", "", |_| true).await?;
    Ok(paged.items.into_iter().map(|item| (place(item.id()), entity(item))).collect())
}

/// Those of AWS's own policies that the account uses.
fn of_aws(rest: &Page, usage: &BTreeMap<String, Usage>) -> impl Iterator<Item = (String, Entity)> {
    let used = usage.keys().filter(|arn| rest.after.as_ref().is_none_or(|after| *arn > after));
    let known = used.filter_map(|arn| Some((arn.clone(), Entity::Policy(Managed::Aws(aws_managed::find(arn)?)))));
    known.take(rest.limit as usize)
}
