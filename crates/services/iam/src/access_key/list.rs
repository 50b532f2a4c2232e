//! ListAccessKeys: the keys of a user, or of the caller, without their secrets.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html>

use base::{Scope, Timestamp};
use model::iam::{AccessKey, Owner};
use operation::{Call, Failure, Operation, Spec};

use super::{KeyStatus, all_of, name_of};
use crate::error::declared;
use crate::page::Page;
use crate::{caller, find, user};

/// The operation.
pub(crate) struct ListAccessKeys;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAccessKeysRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of keys.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAccessKeysResponse", upper)]
pub(crate) struct Output {
    access_key_metadata: Vec<Metadata>,
    is_truncated: bool,
    marker: Option<String>,
}

/// A key without its secret.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "AccessKeyMetadata", upper)]
struct Metadata {
    user_name: Option<String>,
    access_key_id: Option<String>,
    status: Option<KeyStatus>,
    create_date: Option<Timestamp>,
}

impl Operation for ListAccessKeys {
    const SPEC: Spec =
        Spec::read("ListAccessKeys", "iam:ListAccessKeys").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        caller::arn(scope, input.user_name.as_deref())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        user::audited(input.user_name.as_deref())
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let owner = caller::meant(call, input.user_name.as_deref())?;
        let query = name_of(&owner).unwrap_or_default();
        let page = Page::read(call, "iam:ListAccessKeys", &query, input.marker.as_deref(), input.max_items)?;
        if let Owner::User(name) = &owner {
            find::user(call, name).await?;
        }
        let keys = all_of(call, &owner).await?;
        let paged = page.of(call, "iam:ListAccessKeys", &query, keys, |key| key.id.to_string());
        let access_key_metadata = paged.items.iter().map(Metadata::of).collect();
        Ok(Output { access_key_metadata, is_truncated: paged.marker.is_some(), marker: paged.marker })
    }
}

impl Metadata {
    fn of(key: &AccessKey) -> Self {
        Self {
            user_name: name_of(&key.owner),
            access_key_id: Some(key.id.to_string()),
            status: Some(KeyStatus::of(key)),
            create_date: Some(crate::time::whole_second(key.created)),
        }
    }
}
