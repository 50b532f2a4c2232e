//! UpdateUsagePlan. <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateUsagePlan.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::changes::{Patched, StageChange};
use super::{UsagePlanView, audited, stages};
use crate::error::{Error, declared};
use crate::patch::PatchOperation;
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateUsagePlan;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateUsagePlanRequest")]
pub(crate) struct Input {
    #[shape(uri = "usageplanId")]
    usage_plan_id: String,
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

impl Operation for UpdateUsagePlan {
    const SPEC: Spec = Spec::write("UpdateUsagePlan", "apigateway:PATCH")
        .http(Verb::PATCH, "/usageplans/{usageplanId}", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = UsagePlanView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/usageplans/{}", input.usage_plan_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.usage_plan_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<UsagePlanView, Failure> {
        let mut patched = Patched::of(find::usage_plan(call, &input.usage_plan_id).await?);
        for operation in &input.patch_operations {
            match patched.take(operation)? {
                None => {}
                Some(StageChange::Add { api, stage }) => {
                    let made = stages::stage(call, (&api, &stage), std::collections::BTreeMap::new()).await?;
                    if patched.plan.stage(&made.api, &made.stage).is_some() {
                        return Err(Error::conflict(format!(
                            "API Stage {api}:{stage} already exists in the Usage Plan"
                        ))
                        .into());
                    }
                    stages::keys_are_free(&patched.plan.id, &made, call).await?;
                    patched.plan.api_stages.push(made);
                }
                Some(StageChange::Methods { at }) => {
                    let stage = patched.plan.api_stages[at].clone();
                    stages::check_methods(&stage, call).await?;
                }
            }
        }
        let plan = patched.finished(call.now)?;
        call.tx.put(&call.scope, &plan)?;
        Ok(UsagePlanView::of(&plan))
    }
}

#[cfg(test)]
impl crate::patch::Patches for UpdateUsagePlan {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        super::changes::rows()
    }
}
