//! DeleteWebACL: only what nothing is protected by. <https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html>

use base::Scope as Place;
use model::wafv2::{Association, LoggingConfiguration, WebAcl};
use operation::{Call, Failure, Operation, Spec};

use crate::arn::{self, StageRef};
use crate::error::{Error, declared};
use crate::shapes::{Nothing, Scope};
use crate::{find, rules};

/// The operation.
pub(crate) struct DeleteWebACL;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteWebACLRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    id: String,
    lock_token: String,
}

impl Operation for DeleteWebACL {
    const SPEC: Spec = Spec::write("DeleteWebACL", "wafv2:DeleteWebACL").errors(declared::DELETE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<WebAcl>(place, &input.name, &input.id)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<WebAcl>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        rules::regional(input.scope)?;
        let found = find::locked::<WebAcl>(call, &input.name, &input.id, &input.lock_token).await?;
        let stages = call.tx.all::<Association>(&call.scope, &Association::prefix(&found.entity.id)).await?;
        if let Some(stage) = stages.first() {
            let user = StageRef::arn(&call.scope, &stage.rest_api_id, &stage.stage);
            return Err(Error::Associated { user }.into());
        }
        call.tx.delete::<LoggingConfiguration>(&call.scope, &found.entity.name);
        find::remove(call, &found);
        Ok(Nothing)
    }
}
