//! GetWebACL, by name and id or by its ARN. <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACL.html>

use base::Scope as Place;
use model::wafv2::WebAcl;
use operation::{Call, Failure, Operation, Spec};

use super::WebACL;
use crate::error::{Error, declared};
use crate::shapes::Scope;
use crate::{arn, find, rules};

/// The operation.
pub(crate) struct GetWebACL;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetWebACLRequest", upper)]
pub(crate) struct Input {
    name: Option<String>,
    scope: Option<Scope>,
    id: Option<String>,
    #[shape(rename = "ARN")]
    arn: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetWebACLResponse", upper)]
pub(crate) struct Output {
    #[shape(rename = "WebACL")]
    web_acl: Option<WebACL>,
    lock_token: Option<String>,
    #[shape(rename = "ApplicationIntegrationURL")]
    application_integration_url: Option<String>,
}

impl Operation for GetWebACL {
    const SPEC: Spec = Spec::read("GetWebACL", "wafv2:GetWebACL").errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        match input {
            Input { arn: Some(arn), .. } => arn::given::<WebAcl>(place, arn),
            Input { name, id, arn: None, .. } => {
                arn::of::<WebAcl>(place, name.as_deref().unwrap_or_default(), id.as_deref().unwrap_or_default())
            }
        }
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        input.scope.map_or(Ok(()), rules::regional)?;
        let acl = match input {
            Input { arn: Some(arn), name: None, id: None, .. } => find::by_arn::<WebAcl>(call, arn).await?,
            Input { arn: None, name: Some(name), id: Some(id), scope: Some(_) } => {
                find::named::<WebAcl>(call, name, id).await?
            }
            Input { .. } => return Err(Error::one_way_to_name("WEB_ACL").into()),
        };
        Ok(Output {
            web_acl: Some(WebACL::of(&acl, &call.scope)),
            lock_token: Some(acl.entity.lock_token),
            application_integration_url: None,
        })
    }
}
