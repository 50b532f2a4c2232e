//! UpdateWebACL: its settings are replaced as a whole. <https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateWebACL.html>

use base::Scope as Place;
use model::wafv2::WebAcl;
use operation::{Call, Failure, Operation, Spec};
use wire::shape::Json;

use super::settings::{Settings, settings};
use crate::error::declared;
use crate::shapes::{Changed, Scope, VisibilityConfig};
use crate::{arn, engine, find, rules};

/// The operation.
pub(crate) struct UpdateWebACL;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateWebACLRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    id: String,
    default_action: Json,
    description: Option<String>,
    rules: Option<Json>,
    visibility_config: VisibilityConfig,
    data_protection_config: Option<Json>,
    lock_token: String,
    custom_response_bodies: Option<Json>,
    captcha_config: Option<Json>,
    challenge_config: Option<Json>,
    token_domains: Option<Vec<String>>,
    association_config: Option<Json>,
    #[shape(rename = "OnSourceDDoSProtectionConfig")]
    on_source_ddos_protection_config: Option<Json>,
    application_config: Option<Json>,
    monetization_config: Option<Json>,
    analytics_config: Option<Json>,
}

const ACTION: &str = "wafv2:UpdateWebACL";

impl Operation for UpdateWebACL {
    const SPEC: Spec = Spec::write("UpdateWebACL", ACTION).errors(declared::UPDATE_RULES);
    type Input = Input;
    type Output = Changed;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<WebAcl>(place, &input.name, &input.id)
    }

    fn further(input: &Input, place: &Place) -> Vec<(&'static str, String)> {
        engine::named_by(input.rules.as_ref(), place, ACTION)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<WebAcl>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Changed, Failure> {
        rules::regional(input.scope)?;
        let mut acl = find::locked::<WebAcl>(call, &input.name, &input.id, &input.lock_token).await?;
        acl.entity.description = rules::description(input.description.as_deref())?;
        let judged = settings!(input).judge(&input.name, call).await?;
        acl.capacity = judged.rules.capacity;
        acl.document = judged.document;
        acl.visibility = judged.visibility;
        acl.references = judged.rules.references;
        call.tx.put(&call.scope, &acl)?;
        Ok(Changed { next_lock_token: Some(acl.entity.lock_token) })
    }
}
