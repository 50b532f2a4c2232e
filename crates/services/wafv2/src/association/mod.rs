//! Associations: which web ACL judges a stage's requests.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html>

mod associate;
mod disassociate;
mod get_for_resource;
mod list_resources;
#[cfg(test)]
mod tests;

use base::Scope as Place;
use model::Record;
use model::apigateway::Stage;
use model::wafv2::Association;
use operation::{Call, Registered};

use crate::arn::StageRef;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<associate::AssociateWebACL>(),
        Registered::of::<disassociate::DisassociateWebACL>(),
        Registered::of::<get_for_resource::GetWebACLForResource>(),
        Registered::of::<list_resources::ListResourcesForWebACL>(),
    ]
}

/// What API Gateway must allow as well: who may not touch a stage may not take its protection away.
fn set_web_acl(place: &Place, stage: &str) -> (&'static str, String) {
    ("apigateway:SetWebACL", StageRef::given(place, stage))
}

/// Removes what says that a stage has a web ACL.
fn let_go(call: &mut Call<'_>, stage: &mut Stage) {
    if let Some(web_acl) = stage.web_acl_arn.take() {
        let association = Association::of(&web_acl, &stage.rest_api_id, &stage.name);
        call.tx.delete::<Association>(&call.scope, &association.id());
    }
}
