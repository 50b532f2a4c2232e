//! AssociateWebACL: from now on the stage's requests are judged by this web ACL, and by no other.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html>

use base::Scope as Place;
use model::wafv2::{Association, Owned, WebAcl};
use operation::{Call, Failure, Operation, Spec};

use crate::arn::{self, StageRef};
use crate::error::declared;
use crate::find;
use crate::shapes::Nothing;

/// The operation.
pub(crate) struct AssociateWebACL;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "AssociateWebACLRequest", upper)]
pub(crate) struct Input {
    #[shape(rename = "WebACLArn")]
    web_acl_arn: String,
    resource_arn: String,
}

const ACTION: &str = "wafv2:AssociateWebACL";

impl Operation for AssociateWebACL {
    const SPEC: Spec = Spec::write("AssociateWebACL", ACTION).errors(declared::ASSOCIATE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        arn::given::<WebAcl>(place, &input.web_acl_arn)
    }

    fn further(input: &Input, place: &Place) -> Vec<(&'static str, String)> {
        let stage = StageRef::given(place, &input.resource_arn);
        vec![(ACTION, stage), super::set_web_acl(place, &input.resource_arn)]
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        vec![("AWS::ApiGateway::Stage".to_owned(), input.resource_arn.clone())]
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let acl = find::by_arn::<WebAcl>(call, &input.web_acl_arn).await?;
        let mut stage = find::stage(call, &input.resource_arn).await?;
        super::let_go(call, &mut stage);
        let arn = acl.arn(&call.scope);
        call.tx.put(&call.scope, &Association::of(&arn, &stage.rest_api_id, &stage.name))?;
        stage.web_acl_arn = Some(arn);
        call.tx.put(&call.scope, &stage)?;
        Ok(Nothing)
    }
}
