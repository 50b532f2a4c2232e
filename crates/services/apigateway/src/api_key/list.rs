//! GetApiKeys. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::apigateway::ApiKey;
use operation::{Call, Failure, Operation, Spec};

use super::{ApiKeyView, Shown};
use crate::arn;
use crate::error::declared;
use crate::page::{Page, position};

/// The operation.
pub(crate) struct GetApiKeys;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetApiKeysRequest")]
pub(crate) struct Input {
    #[shape(query = "position")]
    position: Option<String>,
    #[shape(query = "limit")]
    limit: Option<i32>,
    #[shape(query = "name")]
    name_query: Option<String>,
    #[shape(query = "customerId")]
    customer_id: Option<String>,
    #[shape(query = "includeValues")]
    include_values: Option<bool>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ApiKeys")]
pub(crate) struct Output {
    #[shape(default)]
    warnings: Vec<String>,
    position: Option<String>,
    #[shape(wire = "item")]
    items: Vec<ApiKeyView>,
}

/// Keys that one call looks at: a search among more goes on behind the position.
const LOOKED_AT_MAX: usize = 20_000;
/// Keys that are read at a time.
const STEP: u32 = 500;

impl Operation for GetApiKeys {
    const SPEC: Spec =
        Spec::read("GetApiKeys", "apigateway:GET").http(Verb::GET, "/apikeys", 200).errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn::of(scope, "/apikeys")
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let page = Page::read(input.position.as_deref(), input.limit)?;
        let (mut after, mut items, mut looked_at) = (page.after.clone(), Vec::new(), 0);
        let next = loop {
            let step = call.tx.page::<ApiKey>(&call.scope, "", after.as_deref(), STEP).await?;
            let full = step.items.iter().position(|key| {
                if items.len() == page.limit as usize {
                    return true;
                }
                after = Some(key.id());
                if input.fits(key) {
                    items.push(key.clone());
                }
                false
            });
            looked_at += step.items.len();
            match (full, &step.next) {
                (None, None) => break None,
                (Some(_), _) => break after,
                (None, Some(_)) if looked_at >= LOOKED_AT_MAX => break after,
                (None, Some(_)) => {}
            }
        };
        let shown = Shown::asked(input.include_values);
        let items = items.iter().map(|key| ApiKeyView::of(key, shown, call)).collect::<Result<_, _>>()?;
        Ok(Output { warnings: Vec::new(), position: next.as_deref().map(position), items })
    }
}

impl Input {
    /// A name is looked for by its beginning, as in AWS.
    fn fits(&self, key: &ApiKey) -> bool {
        let asked = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let named =
            asked(&self.name_query).is_none_or(|name| key.name.as_deref().is_some_and(|own| own.starts_with(&name)));
        named && asked(&self.customer_id).is_none_or(|customer| key.customer_id == Some(customer))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use crate::testing::{World, text, with};

    #[tokio::test]
    async fn keys_are_found_by_name_and_customer_page_by_page() {
        let world = World::new().await;
        for number in 0..7 {
            let customer = if number % 2 == 0 { "even" } else { "odd" };
            world.ok("CreateApiKey", json!({"name": format!("key{number}"), "customerId": customer})).await;
        }
        for (query, names) in [
            (json!({}), &["key0", "key1", "key2", "key3", "key4", "key5", "key6"][..]),
            (json!({"nameQuery": "key3"}), &["key3"]),
            (json!({"nameQuery": "ey3"}), &[]),
            (json!({"customerId": "odd"}), &["key1", "key3", "key5"]),
            (json!({"customerId": "od"}), &[]),
            (json!({"customerId": "even", "nameQuery": "key1"}), &[]),
        ] {
            let (mut seen, mut position, mut pages) = (Vec::new(), json!(null), 0);
            loop {
                let asked = with(&query, json!({"limit": 2, "position": position}));
                let page = world.ok("GetApiKeys", asked).await;
                let items = page["items"].as_array().expect("a list").clone();
                assert!(items.len() <= 2 && items.iter().all(|key| key["value"].is_null()));
                seen.extend(items.iter().map(|key| text(key, "name")));
                (position, pages) = (page["position"].clone(), pages + 1);
                if position.is_null() {
                    break;
                }
                assert!(pages < 10);
            }
            let distinct: BTreeSet<&str> = seen.iter().map(String::as_str).collect();
            assert_eq!(distinct.into_iter().collect::<Vec<_>>(), names, "{query}");
            assert_eq!(seen.len(), names.len(), "each once: {query}");
        }
        let shown = world.ok("GetApiKeys", json!({"includeValues": true})).await;
        assert!(shown["items"].as_array().expect("a list").iter().all(|key| text(key, "value").len() == 40));
    }
}
