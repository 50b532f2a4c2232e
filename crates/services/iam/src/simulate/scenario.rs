//! ResourceHandlingOption: a scenario of EC2, and the resources without which asking about it makes no sense.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html>

use base::Arn;

use crate::error::Error;

/// What every scenario needs, as their ARNs call it.
const ALWAYS: [&str; 4] = ["instance", "image", "security-group", "network-interface"];

/// The scenarios that AWS documents, with what each needs besides.
const SCENARIOS: [(&str, &[&str]); 4] = [
    ("EC2-VPC-InstanceStore", &[]),
    ("EC2-VPC-InstanceStore-Subnet", &["subnet"]),
    ("EC2-VPC-EBS", &["volume"]),
    ("EC2-VPC-EBS-Subnet", &["subnet", "volume"]),
];

/// Checks that the resources are those that the scenario, if one is named, asks for. How they are judged is the same.
pub(super) fn check(option: Option<&str>, resources: &[String]) -> Result<(), Error> {
    let Some(option) = option else { return Ok(()) };
    let Some((_, more)) = SCENARIOS.iter().find(|(name, _)| *name == option) else {
        let names = SCENARIOS.map(|(name, _)| name).join(", ");
        let shown = &option[..option.floor_char_boundary(64)];
        return Err(Error::InvalidInput(format!("Invalid ResourceHandlingOption: {shown}. It must be one of {names}")));
    };
    let has = |kind: &str| resources.iter().any(|resource| is_of(resource, kind));
    match ALWAYS.iter().chain(*more).find(|kind| !has(kind)) {
        None => Ok(()),
        Some(kind) => Err(Error::InvalidInput(format!(
            "The ResourceHandlingOption {option} requires a resource of the type {kind} in ResourceArns"
        ))),
    }
}

fn is_of(resource: &str, kind: &str) -> bool {
    Arn::parse(resource).is_ok_and(|arn| {
        arn.service == "ec2" && arn.resource.split_once('/').is_some_and(|(of, id)| of == kind && !id.is_empty())
    })
}
