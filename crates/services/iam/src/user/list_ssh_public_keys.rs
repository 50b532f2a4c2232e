//! ListSSHPublicKeys: a user's keys for CodeCommit. Nothing registers one, so the list is empty.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html>

use base::{Scope, Timestamp};
use model::iam::Owner;
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use crate::access_key::KeyStatus;
use crate::error::declared;
use crate::page::Page;
use crate::{caller, find};

/// The operation.
pub(crate) struct ListSSHPublicKeys;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListSSHPublicKeysRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// No keys.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListSSHPublicKeysResponse", upper)]
pub(crate) struct Output {
    #[shape(rename = "SSHPublicKeys")]
    ssh_public_keys: Vec<Key>,
    is_truncated: bool,
    marker: Option<String>,
}

/// What a key would be.
#[derive(Debug, wire::Shape)]
#[shape(name = "SSHPublicKeyMetadata", upper)]
struct Key {
    user_name: String,
    #[shape(rename = "SSHPublicKeyId")]
    ssh_public_key_id: String,
    status: KeyStatus,
    upload_date: Timestamp,
}

impl Operation for ListSSHPublicKeys {
    const SPEC: Spec = Spec::read("ListSSHPublicKeys", "iam:ListSSHPublicKeys").errors(&[declared::NO_ENTITY]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        caller::arn(scope, input.user_name.as_deref())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(input.user_name.as_deref())
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        Page::read(call, "iam:ListSSHPublicKeys", "", input.marker.as_deref(), input.max_items)?;
        if let Owner::User(name) = caller::meant(call, input.user_name.as_deref())? {
            find::user(call, &name).await?;
        }
        Ok(Output { ssh_public_keys: Vec::new(), is_truncated: false, marker: None })
    }
}
