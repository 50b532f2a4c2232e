//! Permission policies: which other accounts may use a rule group. <https://docs.aws.amazon.com/waf/latest/APIReference/API_PutPermissionPolicy.html>

mod put;
mod get;
mod delete;
mod document;
#[cfg(test)]
mod tests;

use base::Scope as Place;
use model::wafv2::RuleGroup;
use operation::Registered;

use crate::arn;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<put::PutPermissionPolicy>(),
        Registered::of::<get::GetPermissionPolicy>(),
        Registered::of::<delete::DeletePermissionPolicy>(),
    ]
}

/// The ARN that policies name.
fn resource(group: &str, place: &Place) -> String {
    arn::given::<RuleGroup>(place, group)
}
