//! CreateApiKey: makes a key with the value given, or one made here.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html>

use std::collections::BTreeMap;

use base::id::{ApiKeyId, random_from};
use base::limits::API_KEYS_PER_ACCOUNT;
use base::{Scope, Secret};
use http::Method as Verb;
use model::apigateway::ApiKey;
use operation::{Call, Failure, Operation, Spec};
use wire::Value;

use super::{ApiKeyView, Shown, audited};
use crate::arn;
use crate::error::{Error, declared};
use crate::rules::{api_key, tags};
use crate::time::whole_second;

/// The operation.
pub(crate) struct CreateApiKey;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateApiKeyRequest")]
pub(crate) struct Input {
    name: Option<String>,
    description: Option<String>,
    enabled: Option<bool>,
    generate_distinct_id: Option<bool>,
    value: Option<Secret<String>>,
    #[shape(default)]
    stage_keys: Vec<StageKey>,
    customer_id: Option<String>,
    #[shape(default)]
    tags: BTreeMap<String, String>,
}

/// A stage that a key opens without a usage plan: AWS's old way, which is refused.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
pub(crate) struct StageKey {
    rest_api_id: Option<String>,
    stage_name: Option<String>,
}

impl Operation for CreateApiKey {
    const SPEC: Spec =
        Spec::write("CreateApiKey", "apigateway:POST").http(Verb::POST, "/apikeys", 201).errors(declared::WRITE);
    type Input = Input;
    type Output = ApiKeyView;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn::of(scope, "/apikeys")
    }

    fn made(output: &Value) -> Vec<(String, String)> {
        output.get("id").and_then(Value::as_text).map(audited).unwrap_or_default()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<ApiKeyView, Failure> {
        // SECURITY: a key opens a stage through a usage plan alone; one that it would open otherwise stays closed, and said so.
        if !input.stage_keys.is_empty() {
            return Err(Error::not_enforced("stageKeys").into());
        }
        tags::check(&input.tags)?;
        room_for_one(call, 1).await?;
        let key = NewKey {
            name: api_key::text("name", input.name.clone())?,
            description: api_key::text("description", input.description.clone())?,
            customer_id: api_key::text("customerId", input.customer_id.clone())?,
            // AWS makes a key that cannot be used unless it is told otherwise.
            enabled: input.enabled.unwrap_or_default(),
            value: input.value.clone().filter(|value| !value.expose().is_empty()),
            tags: input.tags.clone(),
        };
        let key = key.made(call).await?;
        call.tx.put(&call.scope, &key)?;
        ApiKeyView::of(&key, Shown::WithValue, call)
    }
}

/// A key that does not exist yet.
#[derive(Debug)]
pub(super) struct NewKey {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) customer_id: Option<String>,
    pub(super) enabled: bool,
    /// One is made where there is none.
    pub(super) value: Option<Secret<String>>,
    pub(super) tags: BTreeMap<String, String>,
}

const VALUE_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl NewKey {
    /// The record: its value sealed, and found by a fingerprint that no other key of the account has.
    pub(super) async fn made(self, call: &mut Call<'_>) -> Result<ApiKey, Failure> {
        let value = self.value.unwrap_or_else(|| Secret::new(random_from(VALUE_ALPHABET, api_key::MADE_CHARS)));
        api_key::value(value.expose())?;
        let fingerprints = call.ports.master_key.fingerprints();
        let fingerprint = ApiKey::fingerprint_of(&fingerprints, &call.scope, value.expose().as_bytes()).to_text();
        if call.tx.find::<ApiKey>(ApiKey::BY_FINGERPRINT, &fingerprint).await?.is_some() {
            return Err(Error::conflict("API Key already exists").into());
        }
        let id = loop {
            let id = ApiKeyId::random();
            if call.tx.find::<ApiKey>(ApiKey::BY_ID, id.as_str()).await?.is_none() {
                break id;
            }
        };
        let place = ApiKey::place_id(&call.scope, &id);
        Ok(ApiKey {
            value: call.ports.master_key.seal(ApiKey::place(&place, 1), &value),
            version: 1,
            id,
            name: self.name,
            description: self.description,
            enabled: self.enabled,
            customer_id: self.customer_id,
            fingerprint,
            usage_plans: Vec::new(),
            created: whole_second(call.now),
            updated: whole_second(call.now),
            tags: self.tags,
        })
    }
}

/// Refuses more keys than an account may have.
pub(super) async fn room_for_one(call: &mut Call<'_>, more: u64) -> Result<(), Failure> {
    if call.tx.has_room::<ApiKey>(&call.scope, "", more, API_KEYS_PER_ACCOUNT).await? {
        return Ok(());
    }
    let limit = format!("Maximum number of API Keys for this account has been reached: {API_KEYS_PER_ACCOUNT}");
    Err(Error::LimitExceeded(limit).into())
}

#[cfg(test)]
mod tests {
    use model::apigateway::ApiKey;
    use serde_json::json;

    use crate::testing::{FOREIGN, World, patch, quotas, text, with};

    const VALUE: &str = "0123456789abcdefghij";

    #[tokio::test]
    async fn a_key_has_the_defaults_of_aws_and_shows_its_value_to_whom_asks() {
        let world = World::new().await;
        let made = world.ok("CreateApiKey", json!({"name": "pets", "value": VALUE, "enabled": true})).await;
        let id = text(&made, "id");
        let date = "2026-01-02T03:04:05Z";
        let shown = json!({
            "id": id, "name": "pets", "enabled": true, "createdDate": date, "lastUpdatedDate": date, "stageKeys": [],
        });
        assert_eq!(made, with(&shown, json!({"value": VALUE})));
        assert_eq!(world.ok("GetApiKey", json!({"apiKey": id})).await, shown);
        assert_eq!(world.ok("GetApiKey", json!({"apiKey": id, "includeValue": true})).await, made);
        let generated = world.ok("CreateApiKey", json!({})).await;
        assert_eq!((text(&generated, "value").len(), &generated["enabled"]), (40, &json!(false)));
        let missing = ("NotFoundException".to_owned(), "Invalid API Key identifier specified".to_owned());
        assert_eq!(world.call_as(FOREIGN, "GetApiKey", json!({"apiKey": id})).await, Err(missing.clone()));
        world.ok("DeleteApiKey", json!({"apiKey": id})).await;
        for name in ["GetApiKey", "DeleteApiKey", "UpdateApiKey"] {
            assert_eq!(world.refused(name, json!({"apiKey": id})).await, missing, "{name}");
        }
    }

    #[tokio::test]
    async fn a_value_is_one_keys_in_its_account_and_may_be_anothers_elsewhere() {
        let world = World::new().await;
        let key = world.ok("CreateApiKey", json!({"value": VALUE})).await;
        let again = ("ConflictException".to_owned(), "API Key already exists".to_owned());
        assert_eq!(world.refused("CreateApiKey", json!({"value": VALUE})).await, again);
        world.call_as(FOREIGN, "CreateApiKey", json!({"value": VALUE})).await.expect("it is somebody else's");
        world.ok("DeleteApiKey", json!({"apiKey": key["id"]})).await;
        world.ok("CreateApiKey", json!({"value": VALUE})).await;
    }

    #[tokio::test]
    async fn keys_are_counted_again_when_they_are_stored_but_where_half_of_many_are_left() {
        let world = World::new().await;
        for _ in 0..2 {
            world.ok("CreateApiKey", json!({})).await;
        }
        for (more, max, fits, is_counted_again) in [
            (1, 2, false, true),
            (1, 3, true, true),
            (1, 100_000, true, true),
            (1, 2_000_000, true, false),
            (999_998, 2_000_000, true, false),
            (999_999, 2_000_000, true, true),
            (2_000_000, 2_000_000, false, true),
            (u64::MAX, u64::MAX, false, true),
        ] {
            let (mut tx, scope) = world.transaction().await;
            assert_eq!(tx.has_room::<ApiKey>(&scope, "", more, max).await.unwrap(), fits, "{more} of {max}");
            let expected = if is_counted_again { vec![(more, max)] } else { Vec::new() };
            assert_eq!(quotas(&tx.into_batch()), expected, "{more} of {max}");
        }
    }

    #[tokio::test]
    async fn what_is_no_key_is_refused() {
        let world = World::new().await;
        for (input, message) in [
            (json!({"value": "short"}), "API Key value should be at least 20 characters"),
            (json!({"value": "x".repeat(129)}), "API Key value exceeds maximum size of 128 characters"),
            (json!({"value": "0123456789 0123456789"}), "API Key value can only contain letters, digits and -._~+/="),
            (json!({"name": "x".repeat(1025)}), "API Key name can be at most 1024 characters long"),
            (json!({"tags": {"aws:x": "1"}}), "Invalid tag key specified: aws:x. The prefix aws: is reserved for AWS"),
        ] {
            let refusal = world.refused("CreateApiKey", input).await;
            assert_eq!(refusal, ("BadRequestException".to_owned(), message.to_owned()));
        }
    }

    #[tokio::test]
    async fn a_value_rests_sealed_and_is_found_by_a_fingerprint() {
        let world = World::new().await;
        world.ok("CreateApiKey", json!({"name": "pets", "value": VALUE})).await;
        let stored = world.stored("apigateway.apikey").await;
        assert!(!stored.is_empty() && !stored.contains(VALUE), "{stored}");
    }

    #[tokio::test]
    async fn a_key_is_renamed_and_disabled_but_never_gets_another_value() {
        let world = World::new().await;
        let id = text(&world.ok("CreateApiKey", json!({"value": VALUE, "enabled": true})).await, "id");
        let update = |op, path, value| with(&json!({"apiKey": id}), patch(op, path, value));
        let key = world.ok("UpdateApiKey", update("replace", "/enabled", "false")).await;
        assert_eq!((&key["enabled"], &key["value"]), (&json!(false), &json!(null)));
        for (path, member) in [("/name", "name"), ("/description", "description"), ("/customerId", "customerId")] {
            assert_eq!(world.ok("UpdateApiKey", update("replace", path, "new")).await[member], "new");
        }
        for (path, message) in [
            ("/value", "Invalid patch path /value"),
            ("/stages", "stages is not enforced by this version of Portcullis yet, so it is refused"),
        ] {
            assert_eq!(
                world.refused("UpdateApiKey", update("replace", path, "01234567890123456789x")).await.1,
                message
            );
        }
    }
}
