//! CreateWebACL. <https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html>

use base::Scope as Place;
use base::limits::WEB_ACLS_MAX;
use model::wafv2::WebAcl;
use operation::{Call, Failure, Keys, Operation, Spec};
use wire::shape::Json;

use super::settings::{Settings, settings};
use crate::error::declared;
use crate::shapes::{Created, Scope, Summary, Tag, VisibilityConfig};
use crate::{arn, engine, find, rules, tags};

/// The operation.
pub(crate) struct CreateWebACL;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateWebACLRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    default_action: Json,
    description: Option<String>,
    rules: Option<Json>,
    visibility_config: VisibilityConfig,
    data_protection_config: Option<Json>,
    #[shape(default)]
    tags: Vec<Tag>,
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

const ACTION: &str = "wafv2:CreateWebACL";

impl Operation for CreateWebACL {
    const SPEC: Spec = Spec::write("CreateWebACL", ACTION).errors(declared::CREATE_RULES);
    type Input = Input;
    type Output = Created;

    fn resource(input: &Input, place: &Place) -> String {
        arn::new::<WebAcl>(place, &input.name)
    }

    fn further(input: &Input, place: &Place) -> Vec<(&'static str, String)> {
        let mut further = engine::named_by(input.rules.as_ref(), place, ACTION);
        further.extend(tags::further(&input.tags, Self::resource(input, place)));
        further
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        rules::tag_keys(keys, &input.tags)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<WebAcl>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Created, Failure> {
        rules::regional(input.scope)?;
        let common = (input.name.as_str(), input.description.as_deref(), &input.tags[..]);
        let entity = find::room_for::<WebAcl>(call, common, WEB_ACLS_MAX).await?;
        let judged = settings!(input).judge(&input.name, call).await?;
        let made = WebAcl {
            scope: call.scope.clone(),
            entity,
            capacity: judged.rules.capacity,
            document: judged.document,
            visibility: judged.visibility,
            references: judged.rules.references,
        };
        call.tx.put(&call.scope, &made)?;
        Ok(Created { summary: Some(Summary::of(&made, &call.scope)) })
    }
}
