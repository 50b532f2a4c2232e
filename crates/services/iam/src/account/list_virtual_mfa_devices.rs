//! ListVirtualMFADevices: the account's second factors. Nothing registers one, so the list is empty.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html>

use base::{Scope, Timestamp};
use operation::{Call, Failure, Operation, Spec};

use crate::page::Page;
use crate::rules::tags::Tag;
use crate::user::view::UserView;

/// The operation.
pub(crate) struct ListVirtualMFADevices;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListVirtualMFADevicesRequest", upper)]
pub(crate) struct Input {
    assignment_status: Option<AssignmentStatus>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// Which devices.
#[derive(Debug, Clone, Copy, wire::Shape)]
enum AssignmentStatus {
    #[shape("Assigned")]
    Assigned,
    #[shape("Unassigned")]
    Unassigned,
    #[shape("Any")]
    Any,
}

/// No devices.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListVirtualMFADevicesResponse", upper)]
pub(crate) struct Output {
    #[shape(rename = "VirtualMFADevices")]
    virtual_mfa_devices: Vec<Device>,
    is_truncated: bool,
    marker: Option<String>,
}

/// What a device would be.
#[derive(Debug, wire::Shape)]
#[shape(name = "VirtualMFADevice", upper)]
struct Device {
    serial_number: String,
    #[shape(rename = "Base32StringSeed", secret)]
    base32_string_seed: Option<Vec<u8>>,
    #[shape(rename = "QRCodePNG", secret)]
    qr_code_png: Option<Vec<u8>>,
    user: Option<UserView>,
    enable_date: Option<Timestamp>,
    tags: Option<Vec<Tag>>,
}

impl Operation for ListVirtualMFADevices {
    const SPEC: Spec = Spec::read("ListVirtualMFADevices", "iam:ListVirtualMFADevices");
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        Page::read(call, "iam:ListVirtualMFADevices", "", input.marker.as_deref(), input.max_items)?;
        Ok(Output { virtual_mfa_devices: Vec::new(), is_truncated: false, marker: None })
    }
}
