//! Whatever text stands in a member: it is taken or refused, in bounded time, and never a panic.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::openapi::apply::{BasePath, Mode, apply};
use crate::openapi::document::Document;
use crate::openapi::read;
use crate::openapi::report::Report;
use crate::page::Page;
use crate::rules::{
    access_log, integration_response, mapping, media_type, method, parameters, stage_variables, template,
};

/// Expressions, names and paths as people write them, cut and joined wrongly.
fn words() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "(method|integration)\\.(request|response)\\.(header|querystring|path|body|multivalueheader)\\.?",
        "context\\.[a-zA-Z.]{0,20}",
        "stageVariables\\.[a-z]{0,8}",
        "\\$\\{stageVariables\\.[a-z]{0,4}\\}?",
        "\\{[a-z]{0,4}\\+?\\}?",
        "[ -~]{0,12}",
        "\\PC{0,6}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

fn map(key: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

proptest! {
    #[test]
    fn any_mapping_is_taken_or_refused(target in words(), source in words()) {
        let declared = BTreeMap::from([("method.request.header.x".to_owned(), true)]);
        let _ = mapping::check_request(&map(&target, &source), &declared);
        if mapping::check_response(&map("method.response.header.x", &format!("'{source}'")),
            &BTreeMap::from([("method.response.header.x".to_owned(), true)])).is_ok() {
            // What becomes a header's value verbatim cannot end its line.
            prop_assert!(!source.chars().any(char::is_control));
        }
        let _ = parameters::check_request(&BTreeMap::from([(target.clone(), true)]));
        let _ = parameters::check_response(&BTreeMap::from([(source, true)]));
    }

    #[test]
    fn any_template_is_static_or_refused(media in words(), text in "([ -~]|\\$|#|\\{|\\}|\\PC){0,60}") {
        if template::check(&map("application/json", &text)).is_ok() {
            prop_assert!(!text.contains("$input") && !text.contains("$context") && !text.contains("#set"), "{}", text);
        }
        let _ = template::check(&map(&media, ""));
        let _ = media_type::check(&media);
    }

    #[test]
    fn any_selection_pattern_compiles_in_bounds_or_is_refused(pattern in "([a-z0-9.*+?|()\\[\\]{},^$\\\\-]|\\{[0-9]{1,5}\\}){0,30}") {
        let fields = integration_response::Fields { selection_pattern: Some(pattern), ..Default::default() };
        let _ = integration_response::build(fields, None);
    }

    #[test]
    fn any_variable_that_is_taken_stays_inside_a_uri(name in words(), value in words()) {
        if stage_variables::check(&map(&name, &value)).is_ok() {
            prop_assert!(value.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}%".contains(&byte)), "{}", value);
        }
    }

    #[test]
    fn any_log_setting_is_taken_or_refused(destination in words(), format in words()) {
        let settings = model::apigateway::AccessLogSettings { destination_arn: destination, format };
        let _ = access_log::check(&settings);
    }

    #[test]
    fn any_position_is_ours_or_refused(position in "[A-Za-z0-9_=-]{0,60}|\\PC{0,30}", limit in any::<i32>()) {
        if let Ok(page) = Page::read(Some(&position), Some(limit)) {
            prop_assert!((1..=500).contains(&page.limit));
        }
    }

    #[test]
    fn any_verb_is_one_of_eight_or_refused(text in words()) {
        let _ = method::verb(&text);
    }

    #[test]
    fn any_near_document_is_imported_or_refused(
        path in "(/[a-z{}+~%]{0,6}){0,3}|\\PC{0,8}", member in "(get|post|parameters|\\$ref|x-amazon-apigateway-[a-z-]{0,24})",
        value in value(), root in "(security|servers|components|info|basePath|x-amazon-apigateway-[a-z-]{0,24})", held in value(),
        basepath in prop::sample::select(vec!["ignore", "prepend", "split"]),
    ) {
        let document = serde_json::json!({"openapi": "3.0.1", root: held, "paths": {path: {member: value}}});
        let document = Document::parse(document.to_string().as_bytes()).expect("it is JSON of a known version");
        let mut report = Report::default();
        let description = read::description(&document, &mut report);
        let base_path = BasePath::parse(Some(basepath)).expect("a known word");
        let resources = apply(description, &mut api(), Vec::new(), (Mode::Overwrite, base_path, &operation::testing::World::scope()), &mut report);
        prop_assert!(resources.len() < 20);
    }
}

/// Trees that look a little like operations.
fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        words().prop_map(Into::into),
        Just("#/paths".into()),
        Just("http_proxy".into()),
        Just("http://upstream.example/{a}".into()),
    ];
    let key = prop_oneof![
        "(type|uri|httpMethod|responses|statusCode|default|name|in|required|schema|\\$ref|url|variables|title)",
        "x-amazon-apigateway-(integration|auth|endpoint-configuration)",
        words(),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(key.clone(), inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

fn api() -> model::apigateway::RestApi {
    model::apigateway::RestApi {
        id: base::id::RestApiId::parse("a1").expect("an id"),
        name: "before".into(),
        description: None,
        created: base::Timestamp::UNIX_EPOCH,
        version: None,
        warnings: Vec::new(),
        binary_media_types: Vec::new(),
        endpoint_type: model::apigateway::EndpointType::Edge,
        security_policy: None,
        policy: None,
        api_key_source: model::apigateway::ApiKeySource::Header,
        policy_ids: BTreeMap::new(),
        disable_execute_api_endpoint: false,
        schemas: BTreeMap::new(),
        root_resource_id: base::id::ResourceId::parse("root").expect("an id"),
        tags: BTreeMap::new(),
    }
}
