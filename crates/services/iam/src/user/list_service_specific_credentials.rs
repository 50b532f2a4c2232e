//! ListServiceSpecificCredentials: passwords of a user for single services. Nothing makes one, so the list is empty.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html>

use base::{Scope, Timestamp};
use model::iam::Owner;
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use crate::access_key::KeyStatus;
use crate::error::declared;
use crate::page::Page;
use crate::{caller, find};

/// The operation.
pub(crate) struct ListServiceSpecificCredentials;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListServiceSpecificCredentialsRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
    service_name: Option<String>,
    all_users: Option<bool>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// No credentials.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListServiceSpecificCredentialsResponse", upper)]
pub(crate) struct Output {
    service_specific_credentials: Vec<Credential>,
    marker: Option<String>,
    is_truncated: bool,
}

/// What a credential would be.
#[derive(Debug, wire::Shape)]
#[shape(name = "ServiceSpecificCredentialMetadata", upper)]
struct Credential {
    user_name: String,
    status: KeyStatus,
    service_user_name: Option<String>,
    service_credential_alias: Option<String>,
    create_date: Timestamp,
    expiration_date: Option<Timestamp>,
    service_specific_credential_id: String,
    service_name: String,
}

impl Operation for ListServiceSpecificCredentials {
    const SPEC: Spec = Spec::read("ListServiceSpecificCredentials", "iam:ListServiceSpecificCredentials")
        .errors(&[declared::NO_ENTITY]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        caller::arn(scope, input.user_name.as_deref())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(input.user_name.as_deref())
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        Page::read(call, "iam:ListServiceSpecificCredentials", "", input.marker.as_deref(), input.max_items)?;
        // The answer is the same for every service and all users; what is named must still exist.
        if let Owner::User(name) = caller::meant(call, input.user_name.as_deref())? {
            find::user(call, &name).await?;
        }
        Ok(Output { service_specific_credentials: Vec::new(), is_truncated: false, marker: None })
    }
}
