//! GetWebACLForResource: a stage's web ACL, if it has one. <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACLForResource.html>

use base::Scope as Place;
use model::wafv2::{Owned, WebAcl};
use operation::{Call, Failure, Operation, Spec};

use crate::arn::StageRef;
use crate::error::declared;
use crate::find;
use crate::web_acl::WebACL;

/// The operation.
pub(crate) struct GetWebACLForResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetWebACLForResourceRequest", upper)]
pub(crate) struct Input {
    resource_arn: String,
}

/// What it answers; nothing for a stage without a web ACL.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetWebACLForResourceResponse", upper)]
pub(crate) struct Output {
    #[shape(rename = "WebACL")]
    web_acl: Option<WebACL>,
}

const ACTION: &str = "wafv2:GetWebACLForResource";

impl Operation for GetWebACLForResource {
    const SPEC: Spec = Spec::read("GetWebACLForResource", ACTION).errors(declared::ASSOCIATE);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        StageRef::given(place, &input.resource_arn)
    }

    fn further(_: &Input, place: &Place) -> Vec<(&'static str, String)> {
        // AWS asks for the web ACL as well, which only the stage tells: here whoever asks must be allowed on every one.
        vec![(ACTION, WebAcl::arn_of(place, "*", "*"))]
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let stage = find::stage(call, &input.resource_arn).await?;
        let Some(arn) = stage.web_acl_arn else { return Ok(Output { web_acl: None }) };
        let acl = find::by_arn::<WebAcl>(call, &arn).await?;
        Ok(Output { web_acl: Some(WebACL::of(&acl, &call.scope)) })
    }
}
