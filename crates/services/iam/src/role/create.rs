//! CreateRole: permissions that those whom its trust policy names may take on.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>

use std::collections::{BTreeMap, BTreeSet};

use base::Scope;
use model::iam::{Attachment, Purpose, Role};
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::view::RoleView;
use super::{NAME_CHARS_MAX, audited, settings, trusted};
use crate::error::{Error, declared};
use crate::find;
use crate::ids::{Prefix, unique};
use crate::rules::tags::{self, Tag};
use crate::rules::{document, name};

/// AWS's quota after its highest raise.
const ROLES_MAX: u64 = 5_000;

/// The operation.
pub(crate) struct CreateRole;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateRoleRequest", upper)]
pub(crate) struct Input {
    path: Option<String>,
    role_name: String,
    assume_role_policy_document: String,
    description: Option<String>,
    max_session_duration: Option<i32>,
    max_signin_session_duration: Option<i32>,
    permissions_boundary: Option<String>,
    tags: Option<Vec<Tag>>,
}

/// The role.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateRoleResponse", upper)]
pub(crate) struct Output {
    role: RoleView,
}

impl Operation for CreateRole {
    const SPEC: Spec = Spec::write("CreateRole", "iam:CreateRole").errors(&[
        declared::LIMIT,
        declared::INVALID,
        declared::EXISTS,
        declared::MALFORMED_POLICY,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:role{}{}", scope.account, input.path.as_deref().unwrap_or("/"), input.role_name)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        let keys = match &input.permissions_boundary {
            Some(arn) => keys.text("iam:PermissionsBoundary", arn.as_str()),
            None => keys,
        };
        tags::keys(input.tags.as_deref().unwrap_or_default(), keys)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.role_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        name::check("roleName", &input.role_name, NAME_CHARS_MAX)?;
        settings::no_sign_in(input.max_signin_session_duration)?;
        let path = name::path(input.path.as_deref())?;
        let description = settings::description(input.description.as_deref().unwrap_or_default())?;
        let max_session_s = input.max_session_duration.map(settings::max_session_s).transpose()?;
        let mut all_tags = BTreeMap::new();
        tags::add(&mut all_tags, input.tags.as_deref().unwrap_or_default())?;
        document::trust(&input.assume_role_policy_document)?;
        if !find::is_free::<Role>(call, "iam.role.folded", &input.role_name).await? {
            return Err(Error::taken("Role", &input.role_name).into());
        }
        if !call.tx.has_room::<Role>(&call.scope, "", 1, ROLES_MAX).await? {
            return Err(Error::LimitExceeded { quota: "RolesPerAccount", max: ROLES_MAX as usize }.into());
        }
        if let Some(arn) = &input.permissions_boundary {
            bound(call, arn, &input.role_name).await?;
        }
        let role = Role {
            account: call.scope.account,
            name: input.role_name.clone(),
            path,
            id: unique(Prefix::Role),
            created: call.now,
            description,
            max_session_s: max_session_s.unwrap_or(settings::SESSION_S_DEFAULT),
            trusted_ids: trusted::ids(call, &input.assume_role_policy_document).await?,
            trust: input.assume_role_policy_document.clone(),
            tags: all_tags,
            inline: BTreeMap::new(),
            attached: BTreeSet::new(),
            boundary: input.permissions_boundary.clone(),
        };
        call.tx.put(&call.scope, &role)?;
        Ok(Output { role: RoleView::whole(call, &role).await? })
    }
}

async fn bound(call: &mut Call<'_>, arn: &str, role: &str) -> Result<(), Failure> {
    find::boundary(call, arn).await?;
    let attachment = Attachment {
        policy: arn.to_owned(),
        kind: "role".to_owned(),
        name: role.to_owned(),
        purpose: Purpose::Boundary,
    };
    call.tx.put(&call.scope, &attachment)
}
