//! ListMFADevices: a user's second factors. Nothing registers one, so the list is empty.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html>

use base::{Scope, Timestamp};
use model::iam::Owner;
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use crate::error::declared;
use crate::page::Page;
use crate::{caller, find};

/// The operation.
pub(crate) struct ListMFADevices;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListMFADevicesRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// No devices.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListMFADevicesResponse", upper)]
pub(crate) struct Output {
    #[shape(rename = "MFADevices")]
    mfa_devices: Vec<Device>,
    is_truncated: bool,
    marker: Option<String>,
}

/// What a device would be.
#[derive(Debug, wire::Shape)]
#[shape(name = "MFADevice", upper)]
struct Device {
    user_name: String,
    serial_number: String,
    enable_date: Timestamp,
}

impl Operation for ListMFADevices {
    const SPEC: Spec =
        Spec::read("ListMFADevices", "iam:ListMFADevices").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        caller::arn(scope, input.user_name.as_deref())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(input.user_name.as_deref())
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        Page::read(call, "iam:ListMFADevices", "", input.marker.as_deref(), input.max_items)?;
        if let Owner::User(name) = caller::meant(call, input.user_name.as_deref())? {
            find::user(call, &name).await?;
        }
        Ok(Output { mfa_devices: Vec::new(), is_truncated: false, marker: None })
    }
}
