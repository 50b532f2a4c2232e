//! DisassociateWebACL: the stage's requests are no longer judged by a web ACL. <https://docs.aws.amazon.com/waf/latest/APIReference/API_DisassociateWebACL.html>

use base::Scope as Place;
use operation::{Call, Failure, Operation, Spec};

use crate::arn::StageRef;
use crate::error::declared;
use crate::find;
use crate::shapes::Nothing;

/// The operation.
pub(crate) struct DisassociateWebACL;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DisassociateWebACLRequest", upper)]
pub(crate) struct Input {
    resource_arn: String,
}

impl Operation for DisassociateWebACL {
    const SPEC: Spec = Spec::write("DisassociateWebACL", "wafv2:DisassociateWebACL").errors(declared::READ);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        StageRef::given(place, &input.resource_arn)
    }

    fn further(input: &Input, place: &Place) -> Vec<(&'static str, String)> {
        vec![super::set_web_acl(place, &input.resource_arn)]
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        vec![("AWS::ApiGateway::Stage".to_owned(), input.resource_arn.clone())]
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut stage = find::stage(call, &input.resource_arn).await?;
        if stage.web_acl_arn.is_some() {
            super::let_go(call, &mut stage);
            call.tx.put(&call.scope, &stage)?;
        }
        Ok(Nothing)
    }
}
