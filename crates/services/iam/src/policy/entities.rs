//! ListEntitiesForPolicy: the users, groups and roles that a policy is attached to or that it bounds.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html>

use base::Scope;
use model::iam::{Attachment, Group, Purpose, Role, User};
use operation::{Call, Failure, Operation, Spec};

use super::list::Use;
use super::{audited, existing, usage};
use crate::error::declared;
use crate::page::Page;
use crate::rules::name;

/// The operation.
pub(crate) struct ListEntitiesForPolicy;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListEntitiesForPolicyRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
    entity_filter: Option<Entity>,
    path_prefix: Option<String>,
    policy_usage_filter: Option<Use>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// What is listed. Policies are attached to no policy, so two of AWS's five choices list nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum Entity {
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

/// A page of all three. One with few or none may be followed by more.
#[derive(Debug, Default, wire::Shape)]
#[shape(name = "ListEntitiesForPolicyResponse", upper)]
pub(crate) struct Output {
    policy_groups: Option<Vec<PolicyGroup>>,
    policy_users: Option<Vec<PolicyUser>>,
    policy_roles: Option<Vec<PolicyRole>>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

/// A group.
#[derive(Debug, wire::Shape)]
#[shape(name = "PolicyGroup", upper)]
pub(crate) struct PolicyGroup {
    group_name: Option<String>,
    group_id: Option<String>,
}

/// A user.
#[derive(Debug, wire::Shape)]
#[shape(name = "PolicyUser", upper)]
pub(crate) struct PolicyUser {
    user_name: Option<String>,
    user_id: Option<String>,
}

/// A role.
#[derive(Debug, wire::Shape)]
#[shape(name = "PolicyRole", upper)]
pub(crate) struct PolicyRole {
    role_name: Option<String>,
    role_id: Option<String>,
}

impl Operation for ListEntitiesForPolicy {
    const SPEC: Spec = Spec::read("ListEntitiesForPolicy", "iam:ListEntitiesForPolicy").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.policy_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.policy_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let arn = &input.policy_arn;
        let path = name::path_prefix(input.path_prefix.as_deref())?;
        let query = format!("{arn} {:?} {:?} {path}", input.entity_filter, input.policy_usage_filter);
        let page = Page::read(call, "iam:ListEntitiesForPolicy", &query, input.marker.as_deref(), input.max_items)?;
        existing(call, arn).await?;
        let prefix = match input.policy_usage_filter {
            None => Attachment::prefix(arn),
            Some(Use::Permissions) => usage::prefix(arn, Purpose::Permissions),
            Some(Use::Boundary) => usage::prefix(arn, Purpose::Boundary),
        };
        let listed = call.tx.page::<Attachment>(&call.scope, &prefix, page.after.as_deref(), page.limit).await?;
        let mut output = Output {
            policy_groups: Some(Vec::new()),
            policy_users: Some(Vec::new()),
            policy_roles: Some(Vec::new()),
            ..Output::default()
        };
        for attachment in listed.items.iter().filter(|attachment| is_asked(input.entity_filter, &attachment.kind)) {
            // Whoever a policy both bounds and is attached to is listed once, as bounded.
            let twice = input.policy_usage_filter.is_none() && attachment.purpose == Purpose::Permissions;
            output.add(call, attachment, &path, twice).await?;
        }
        output.marker = Page::marker(call, "iam:ListEntitiesForPolicy", &query, listed.next);
        output.is_truncated = Some(output.marker.is_some());
        Ok(output)
    }
}

fn is_asked(filter: Option<Entity>, kind: &str) -> bool {
    match filter {
        None => true,
        Some(Entity::User) => kind == "user",
        Some(Entity::Role) => kind == "role",
        Some(Entity::Group) => kind == "group",
        Some(Entity::LocalManagedPolicy | Entity::AwsManagedPolicy) => false,
    }
}

impl Output {
    async fn add(
        &mut self,
        call: &mut Call<'_>,
        attachment: &Attachment,
        path: &str,
        unless_bounded: bool,
    ) -> Result<(), Failure> {
        let Attachment { name, kind, policy, .. } = attachment;
        let is_bounded = |boundary: &Option<String>| unless_bounded && boundary.as_ref() == Some(policy);
        match kind.as_str() {
            "user" => {
                let found = call.tx.get::<User>(&call.scope, name).await?;
                if let Some(user) = found.filter(|user| user.path.starts_with(path) && !is_bounded(&user.boundary)) {
                    let view = PolicyUser { user_name: Some(user.name), user_id: Some(user.id) };
                    self.policy_users.get_or_insert_default().push(view);
                }
            }
            "role" => {
                let found = call.tx.get::<Role>(&call.scope, name).await?;
                if let Some(role) = found.filter(|role| role.path.starts_with(path) && !is_bounded(&role.boundary)) {
                    let view = PolicyRole { role_name: Some(role.name), role_id: Some(role.id) };
                    self.policy_roles.get_or_insert_default().push(view);
                }
            }
            _ => {
                let found = call.tx.get::<Group>(&call.scope, name).await?;
                if let Some(group) = found.filter(|group| group.path.starts_with(path)) {
                    let view = PolicyGroup { group_name: Some(group.name), group_id: Some(group.id) };
                    self.policy_groups.get_or_insert_default().push(view);
                }
            }
        }
        Ok(())
    }
}
