//! ImportApiKeys: makes keys from a file of comma-separated values, and puts them into usage plans.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html>

use std::collections::BTreeMap;

use base::limits::KEYS_PER_CALL;
use base::{Scope, Secret};
use http::Method as Verb;
use model::apigateway::ApiKey;
use operation::{Call, Failure, Operation, Spec};

use super::create::{NewKey, room_for_one};
use super::csv;
use crate::arn;
use crate::choices::ApiKeysFormat;
use crate::error::{Error, declared};
use crate::rules::api_key;
use crate::usage_plan_key;

/// The operation.
pub(crate) struct ImportApiKeys;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ImportApiKeysRequest")]
pub(crate) struct Input {
    #[shape(payload, secret)]
    body: Vec<u8>,
    #[shape(query = "format")]
    format: ApiKeysFormat,
    #[shape(query = "failonwarnings")]
    fail_on_warnings: Option<bool>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ApiKeyIds")]
pub(crate) struct Output {
    ids: Vec<String>,
    warnings: Vec<String>,
}

impl Operation for ImportApiKeys {
    const SPEC: Spec = Spec::write("ImportApiKeys", "apigateway:POST")
        .http(Verb::POST, "/apikeys?mode=import", 201)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn::of(scope, "/apikeys")
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let ApiKeysFormat::Csv = input.format;
        let rows = read(&input.body)?;
        room_for_one(call, rows.len() as u64).await?;
        let (mut ids, mut warnings) = (Vec::new(), Vec::new());
        // Keys of this file are not stored yet, so that the store's index does not know them.
        let mut fingerprints = std::collections::BTreeSet::new();
        for (line, row) in rows {
            let warn = |why: String| format!("Line {line}: {why}");
            let key = match row.key() {
                Ok(key) => key.made(call).await,
                Err(error) => Err(error.into()),
            };
            let mut key = match key {
                Ok(key) => key,
                Err(Failure::Api(error)) => {
                    warnings.push(warn(error.message));
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            if !fingerprints.insert(key.fingerprint.clone()) {
                warnings.push(warn("API Key already exists".to_owned()));
                continue;
            }
            for plan in row.usage_plans() {
                match usage_plan_key::join(&mut key, plan, call).await {
                    Ok(()) => {}
                    Err(Failure::Api(error)) => warnings.push(warn(error.message)),
                    Err(failure) => return Err(failure),
                }
            }
            call.tx.put::<ApiKey>(&call.scope, &key)?;
            ids.push(key.id.to_string());
        }
        if input.fail_on_warnings.unwrap_or_default() && !warnings.is_empty() {
            return Err(Error::bad_request(format!("Warnings found during import: {}", warnings.join("; "))).into());
        }
        Ok(Output { ids, warnings })
    }
}

/// A row by the lower-case names of its columns.
#[derive(Debug)]
struct Named(BTreeMap<String, String>);

const COLUMNS: [&str; 5] = ["name", "key", "description", "enabled", "usageplanids"];

/// The file's rows, each with its line.
fn read(body: &[u8]) -> Result<Vec<(usize, Named)>, Error> {
    let text = std::str::from_utf8(body).map_err(|_| Error::bad_request("Invalid CSV file: it is not UTF-8"))?;
    let rows = csv::rows(text).map_err(|fault| Error::bad_request(format!("Invalid CSV file: {fault}")))?;
    let mut rows = rows.into_iter();
    let header = rows.next().ok_or_else(|| Error::bad_request("Invalid CSV file: it is empty"))?;
    let columns: Vec<String> = header.fields.iter().map(|name| name.to_ascii_lowercase()).collect();
    if let Some(unknown) = columns.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        let shown: String = unknown.chars().take(64).collect();
        return Err(Error::bad_request(format!("Invalid CSV file: there is no column `{shown}`")));
    }
    let twice = columns.iter().enumerate().any(|(at, name)| columns[..at].contains(name));
    if twice || !["name", "key"].iter().all(|needed| columns.iter().any(|name| name == needed)) {
        return Err(Error::bad_request("Invalid CSV file: it needs the columns Name and key, each column once"));
    }
    let named = |row: csv::Row| {
        let Some(missing) = columns.len().checked_sub(row.fields.len()) else {
            return (row.line, Named(BTreeMap::from([(TOO_LONG.to_owned(), String::new())])));
        };
        let fields = row.fields.into_iter().chain(std::iter::repeat_n(String::new(), missing));
        (row.line, Named(columns.iter().cloned().zip(fields).collect()))
    };
    let rows: Vec<_> = rows.map(named).collect();
    if rows.len() as u64 > KEYS_PER_CALL {
        return Err(Error::LimitExceeded(format!("A file can have at most {KEYS_PER_CALL} API Keys")));
    }
    Ok(rows)
}

/// What a row with more fields than columns holds instead of them.
const TOO_LONG: &str = "(too long)";

impl Named {
    fn field(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned().filter(|text| !text.is_empty())
    }

    fn key(&self) -> Result<NewKey, Error> {
        if self.0.contains_key(TOO_LONG) {
            return Err(Error::bad_request("The row has more fields than there are columns"));
        }
        let enabled = match self.field("enabled").map(|text| text.to_ascii_lowercase()).as_deref() {
            None | Some("true") => true,
            Some("false") => false,
            Some(_) => return Err(Error::bad_request("Enabled must be TRUE or FALSE")),
        };
        let name = self.field("name").ok_or_else(|| Error::bad_request("Name must not be empty"))?;
        Ok(NewKey {
            name: api_key::text("name", Some(name))?,
            description: api_key::text("description", self.field("description"))?,
            customer_id: None,
            enabled,
            // A row without a value would be made one that nobody knows.
            value: Some(Secret::new(self.field("key").unwrap_or_default())),
            tags: BTreeMap::new(),
        })
    }

    fn usage_plans(&self) -> Vec<&str> {
        let ids = self.0.get("usageplanids").map(String::as_str).unwrap_or_default();
        ids.split([',', ' ', ';']).filter(|id| !id.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::testing::{Refusal, World, text};

    async fn import(world: &World, csv: &str, fail_on_warnings: bool) -> Result<Json, Refusal> {
        world.import_keys(csv.as_bytes(), fail_on_warnings).await
    }

    #[tokio::test]
    async fn a_file_makes_keys_and_puts_them_into_plans() {
        let world = World::new().await;
        let plan = text(&world.ok("CreateUsagePlan", json!({"name": "gold"})).await, "id");
        let csv = format!(
            "Name,key,description,Enabled,usageplanIds\n\"First, one\",aaaaaaaaaaaaaaaaaaaa,mine,TRUE,\"{plan}\"\n\
             Second,bbbbbbbbbbbbbbbbbbbb,,false,\n"
        );
        let made = import(&world, &csv, true).await.expect("a good file");
        assert_eq!(made["warnings"], json!([]));
        let keys = world.ok("GetApiKeys", json!({"includeValues": true, "nameQuery": "First"})).await;
        let first = &keys["items"][0];
        assert_eq!((&first["name"], &first["enabled"]), (&json!("First, one"), &json!(true)));
        assert_eq!(first["value"], "a".repeat(20));
        let of_plan = world.ok("GetUsagePlanKeys", json!({"usagePlanId": plan})).await;
        assert_eq!(of_plan["items"][0]["id"], first["id"]);
        assert_eq!(of_plan["items"].as_array().expect("a list").len(), 1);
    }

    #[tokio::test]
    async fn bad_rows_are_warnings_and_good_ones_are_made_unless_warnings_fail() {
        let world = World::new().await;
        let csv = format!(
            "name,KEY,enabled,usageplanids\ngood,{a},,\nshort,abc,,\ngood again,{a},,\nodd,{b},maybe,\n\
             ,{b},,\nnone,,,\nlong,{b},true,,,\nnoplan,{c},true,nosuch\nodd key,\"{c}\u{e4}\",,\n",
            a = "a".repeat(20),
            b = "b".repeat(20),
            c = "c".repeat(20),
        );
        let refusal = import(&world, &csv, true).await.expect_err("it has warnings");
        assert_eq!(refusal.0, "BadRequestException");
        assert!(!refusal.1.contains(&"a".repeat(20)), "no value is told: {}", refusal.1);
        assert_eq!(world.ok("GetApiKeys", json!({})).await, json!({"items": []}), "it changes nothing");
        let made = import(&world, &csv, false).await.expect("its good rows are made");
        assert_eq!(made["ids"].as_array().expect("a list").len(), 2);
        assert_eq!(
            made["warnings"],
            json!([
                "Line 3: API Key value should be at least 20 characters",
                "Line 4: API Key already exists",
                "Line 5: Enabled must be TRUE or FALSE",
                "Line 6: Name must not be empty",
                "Line 7: API Key value should be at least 20 characters",
                "Line 8: The row has more fields than there are columns",
                "Line 9: Invalid Usage Plan ID specified",
                "Line 10: API Key value can only contain letters, digits and -._~+/=",
            ])
        );
    }

    #[tokio::test]
    async fn what_is_no_file_of_keys_is_refused_whole() {
        let world = World::new().await;
        for (csv, message) in [
            ("", "Invalid CSV file: it is empty"),
            ("Name,key,colour\n", "Invalid CSV file: there is no column `colour`"),
            ("Name,description\n", "Invalid CSV file: it needs the columns Name and key, each column once"),
            ("Name,key,key\n", "Invalid CSV file: it needs the columns Name and key, each column once"),
            ("Name,key\n\"a", "Invalid CSV file: a quoted field that begins on line 2 does not end"),
        ] {
            let refusal = import(&world, csv, false).await.expect_err(csv);
            assert_eq!(refusal, ("BadRequestException".to_owned(), message.to_owned()));
        }
        let bytes = world.import_keys(b"Name,key\n\xff,x", false).await.expect_err("no text");
        assert_eq!(bytes.1, "Invalid CSV file: it is not UTF-8");
    }
}
