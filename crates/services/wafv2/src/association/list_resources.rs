//! ListResourcesForWebACL: the stages that a web ACL protects. <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListResourcesForWebACL.html>

use base::Scope as Place;
use model::wafv2::{Association, WebAcl};
use operation::{Call, Failure, Operation, Spec};

use crate::arn::{self, StageRef};
use crate::error::declared;
use crate::find;

/// The operation.
pub(crate) struct ListResourcesForWebACL;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListResourcesForWebACLRequest", upper)]
pub(crate) struct Input {
    #[shape(rename = "WebACLArn")]
    web_acl_arn: String,
    resource_type: Option<ResourceType>,
}

/// What a web ACL can protect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum ResourceType {
    /// The default, of which there are none here.
    #[shape("APPLICATION_LOAD_BALANCER")]
    ApplicationLoadBalancer,
    /// Stages of REST APIs.
    #[shape("API_GATEWAY")]
    ApiGateway,
    /// None here.
    #[shape("APPSYNC")]
    Appsync,
    /// None here.
    #[shape("COGNITO_USER_POOL")]
    CognitoUserPool,
    /// None here.
    #[shape("APP_RUNNER_SERVICE")]
    AppRunnerService,
    /// None here.
    #[shape("VERIFIED_ACCESS_INSTANCE")]
    VerifiedAccessInstance,
    /// None here.
    #[shape("AMPLIFY")]
    Amplify,
    /// None here.
    #[shape("AGENTCORE_GATEWAY")]
    AgentcoreGateway,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListResourcesForWebACLResponse", upper)]
pub(crate) struct Output {
    resource_arns: Vec<String>,
}

impl Operation for ListResourcesForWebACL {
    const SPEC: Spec = Spec::read("ListResourcesForWebACL", "wafv2:ListResourcesForWebACL").errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::given::<WebAcl>(place, &input.web_acl_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let acl = find::by_arn::<WebAcl>(call, &input.web_acl_arn).await?;
        let stages = match input.resource_type {
            Some(ResourceType::ApiGateway) => {
                call.tx.all::<Association>(&call.scope, &Association::prefix(&acl.entity.id)).await?
            }
            // AWS asks for load balancers where the call does not say.
            None
            | Some(
                ResourceType::ApplicationLoadBalancer
                | ResourceType::Appsync
                | ResourceType::CognitoUserPool
                | ResourceType::AppRunnerService
                | ResourceType::VerifiedAccessInstance
                | ResourceType::Amplify
                | ResourceType::AgentcoreGateway,
            ) => Vec::new(),
        };
        let arn = |stage: &Association| StageRef::arn(&call.scope, &stage.rest_api_id, &stage.stage);
        Ok(Output { resource_arns: stages.iter().map(arn).collect() })
    }
}
