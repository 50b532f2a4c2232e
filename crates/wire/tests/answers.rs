//! What stands on the wire, byte for byte, for shapes like those of real operations.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use proptest::prelude::*;
use wire::{ErrorAnswer, Labels, Protocol, Request, Router, Shape, Success};

const ALL: [Protocol; 5] = [Protocol::RestJson, Protocol::Json10, Protocol::Json11, Protocol::Query, Protocol::RestXml];

#[derive(Debug, Clone, PartialEq, Shape)]
struct Stage {
    #[shape(wire = "stage_name")]
    stage_name: String,
    #[shape(default)]
    tags: BTreeMap<String, String>,
    created_date: Option<base::Timestamp>,
    codes: Option<Vec<i32>>,
}

#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(name = "ImportRestApiRequest")]
struct Import {
    #[shape(query = "failonwarnings")]
    fail_on_warnings: Option<bool>,
    #[shape(query)]
    parameters: Option<BTreeMap<String, String>>,
    #[shape(payload)]
    body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Shape)]
struct ExportResponse {
    #[shape(header = "Content-Type")]
    content_type: Option<String>,
    #[shape(header = "Content-Disposition")]
    content_disposition: Option<String>,
    #[shape(payload)]
    body: Option<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Shape)]
struct Nothing;

#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(error = "TooManyRequestsException", status = 429)]
struct TooMany {
    #[shape(header = "Retry-After")]
    retry_after_seconds: Option<String>,
    message: Option<String>,
    limit: Option<i32>,
}

fn stage() -> Stage {
    Stage {
        stage_name: "pr<o>d".to_owned(),
        tags: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
        created_date: Some("2024-01-02T03:04:05Z".parse().expect("a time")),
        codes: Some(vec![1, 2]),
    }
}

fn written<T: Shape>(protocol: Protocol, status: u16, output: &T) -> (u16, Option<String>, String) {
    let namespace = Some("https://sts.amazonaws.com/doc/2011-06-15/");
    let success = Success { operation: "GetStage", status, request_id: "r-1", xml_namespace: namespace };
    read_back(&protocol.encode_response(&success, T::SCHEMA, &output.to_value().expect("a value")))
}

fn read_back(response: &http::Response<bytes::Bytes>) -> (u16, Option<String>, String) {
    assert_eq!(response.headers()["x-amzn-requestid"], "r-1");
    let content_type = response.headers().get("content-type").map(|value| value.to_str().expect("text").to_owned());
    let body = String::from_utf8(response.body().to_vec()).expect("text");
    (response.status().as_u16(), content_type, body.replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", ""))
}

#[test]
fn an_output_stands_in_each_protocols_own_form() {
    let json = r#"{"stage_name":"pr<o>d","tags":{"a":"b"},"createdDate":1704164645,"codes":[1,2]}"#;
    let xml = "<stage_name>pr&lt;o&gt;d</stage_name><tags><entry><key>a</key><value>b</value></entry></tags>\
        <createdDate>2024-01-02T03:04:05Z</createdDate><codes><member>1</member><member>2</member></codes>";
    let namespace = "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"";
    let query = format!(
        "<GetStageResponse {namespace}><GetStageResult>{xml}</GetStageResult>\
        <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetStageResponse>"
    );
    let rest_xml = format!("<Stage {namespace}>{xml}</Stage>");
    for (protocol, content_type, body) in [
        (Protocol::RestJson, "application/json", json),
        (Protocol::Json10, "application/x-amz-json-1.0", json),
        (Protocol::Json11, "application/x-amz-json-1.1", json),
        (Protocol::Query, "text/xml", &query),
        (Protocol::RestXml, "application/xml", &rest_xml),
    ] {
        let expected = (201, Some(content_type.to_owned()), body.to_owned());
        let status = if matches!(protocol, Protocol::Json10 | Protocol::Json11) { 200 } else { 201 };
        assert_eq!(written(protocol, 201, &stage()), (status, expected.1, expected.2), "{protocol:?}");
    }
}

#[test]
fn an_empty_output_is_an_empty_body_over_rest() {
    assert_eq!(written(Protocol::RestJson, 202, &Nothing), (202, None, String::new()));
    assert_eq!(written(Protocol::RestXml, 204, &Nothing), (204, None, String::new()));
    let json = ("application/x-amz-json-1.1".to_owned(), "{}".to_owned());
    assert_eq!(written(Protocol::Json11, 200, &Nothing), (200, Some(json.0), json.1));
}

#[test]
fn an_error_stands_in_each_protocols_own_form() {
    let members = TooMany { retry_after_seconds: Some("7".to_owned()), message: None, limit: Some(5) };
    let error = ErrorAnswer {
        code: "TooManyRequestsException",
        message: "Slow \"down\" & wait",
        status: 429,
        request_id: "r-1",
        xml_namespace: Some("urn:x"),
        members: Some((TooMany::SCHEMA, members.to_value().expect("a value"))),
    };
    let json = r#"{"__type":"TooManyRequestsException","message":"Slow \"down\" & wait","limit":5}"#;
    let xml = "<ErrorResponse xmlns=\"urn:x\"><Error><Type>Sender</Type><Code>TooManyRequestsException</Code>\
        <Message>Slow &quot;down&quot; &amp; wait</Message><limit>5</limit></Error><RequestId>r-1</RequestId></ErrorResponse>";
    for (protocol, content_type, body) in [
        (Protocol::RestJson, "application/json", r#"{"message":"Slow \"down\" & wait","limit":5}"#),
        (Protocol::Json10, "application/x-amz-json-1.0", json),
        (Protocol::Json11, "application/x-amz-json-1.1", json),
        (Protocol::Query, "text/xml", xml),
        (Protocol::RestXml, "application/xml", xml),
    ] {
        let response = protocol.encode_error(&error);
        let is_json = !matches!(protocol, Protocol::Query | Protocol::RestXml);
        let is_rest = matches!(protocol, Protocol::RestJson | Protocol::RestXml);
        assert_eq!(read_back(&response), (429, Some(content_type.to_owned()), body.to_owned()), "{protocol:?}");
        assert_eq!(response.headers().contains_key("x-amzn-errortype"), is_json, "{protocol:?}");
        assert_eq!(response.headers().contains_key("retry-after"), is_rest, "{protocol:?}");
    }
    let fault = Protocol::Query.encode_error(&ErrorAnswer { status: 500, members: None, ..error });
    assert!(read_back(&fault).2.contains("<Type>Receiver</Type>"));
}

#[test]
fn a_document_is_imported_and_exported_as_it_is() {
    let mut router = Router::new();
    router.add(Method::POST, "/restapis?mode=import", ()).expect("a pattern");
    let query = "mode=import&failonwarnings=true&endpointConfigurationTypes=REGIONAL&X-Amz-Signature=00";
    let found = router.find(&Method::POST, "/restapis", query).expect("found");
    let document = b"openapi: 3.0.1\r\n\x00\xff";
    let headers = HeaderMap::new();
    let request = Request { headers: &headers, labels: &found.labels, query, body: document };
    let value = Protocol::RestJson.decode_request(&request, Import::SCHEMA).expect("an input");
    let expected = Import {
        fail_on_warnings: Some(true),
        parameters: Some(BTreeMap::from([("endpointConfigurationTypes".to_owned(), "REGIONAL".to_owned())])),
        body: document.to_vec(),
    };
    assert_eq!(Import::from_value(Some(value)), Ok(expected));

    let export = ExportResponse {
        content_type: Some("application/yaml".to_owned()),
        content_disposition: Some("attachment; filename=\"x.yaml\"".to_owned()),
        body: Some(b"openapi: 3.0.1".to_vec()),
    };
    let answer = written(Protocol::RestJson, 200, &export);
    assert_eq!(answer, (200, Some("application/yaml".to_owned()), "openapi: 3.0.1".to_owned()));
}

#[test]
fn a_call_that_cannot_be_read_is_told_why() {
    let labels = Labels::none();
    let headers = HeaderMap::from_iter([(HeaderName::from_static("x-a"), HeaderValue::from_static("1"))]);
    let refusal = |protocol: Protocol, query, body: &str| {
        let request = Request { headers: &headers, labels: &labels, query, body: body.as_bytes() };
        let fault = protocol.decode_request(&request, Stage::SCHEMA).expect_err(body);
        format!("{}: {fault}", fault.code)
    };
    for (protocol, body, expected) in [
        (Protocol::RestJson, "[]", "SerializationException: the body is not a JSON object"),
        (Protocol::RestJson, r#"{"codes":[1,"2"]}"#, "SerializationException: `codes.1` is not a valid integer"),
        (Protocol::Json11, r#"{"tags":{"a":1}}"#, "SerializationException: `tags.a` is not a valid string"),
        (Protocol::Query, "codes.member.1=x", "MalformedInput: `codes.0` is not a valid integer"),
        (Protocol::Query, "a=%", "MalformedQueryString: a parameter is not percent-encoded UTF-8"),
        (
            Protocol::RestXml,
            "<!DOCTYPE a><a/>",
            "MalformedXML: the body is not well-formed XML: it has a document type",
        ),
        (Protocol::RestXml, "<a><codes/><codes/></a>", "InvalidInput: `codes` is not a valid single element"),
    ] {
        assert_eq!(refusal(protocol, "", body), expected);
    }
    let request =
        Request { headers: &headers, labels: &labels, query: "failonwarnings=true&failonwarnings=false", body: b"" };
    let fault = Protocol::RestJson.decode_request(&request, Import::SCHEMA).expect_err("twice");
    assert_eq!(fault.to_string(), "`failOnWarnings` is not a valid single query parameter");
}

proptest! {
    #[test]
    fn what_rest_xml_writes_it_reads(
        name in any::<String>(),
        tags in proptest::collection::btree_map("[ -~]{0,5}", "[ -~é]{0,5}", 0..4),
        codes in proptest::option::of(proptest::collection::vec(any::<i32>(), 0..4)),
    ) {
        // XML 1.0 has no place for most control characters.
        let name: String = name.chars().filter(|letter| !letter.is_control() && *letter < '\u{fffe}').collect();
        let stage = Stage { stage_name: name, tags, created_date: None, codes };
        let (_, _, body) = written(Protocol::RestXml, 200, &stage);
        let (headers, labels) = (HeaderMap::new(), Labels::none());
        let request = Request { headers: &headers, labels: &labels, query: "", body: body.as_bytes() };
        let value = Protocol::RestXml.decode_request(&request, Stage::SCHEMA).expect("a value");
        prop_assert_eq!(Stage::from_value(Some(value)), Ok(stage));
    }

    #[test]
    fn no_output_and_no_error_makes_an_encoder_panic(text in any::<String>(), status in any::<u16>()) {
        for protocol in ALL {
            let export = ExportResponse {
                content_type: Some(text.clone()),
                content_disposition: Some(text.clone()),
                body: Some(text.clone().into_bytes()),
            };
            let value = export.to_value().expect("a value");
            let success = Success { operation: "Get", status, request_id: &text, xml_namespace: Some(&text) };
            let _ = protocol.encode_response(&success, ExportResponse::SCHEMA, &value);
            let error = ErrorAnswer {
                code: &text,
                message: &text,
                status,
                request_id: &text,
                xml_namespace: Some(&text),
                members: Some((ExportResponse::SCHEMA, value)),
            };
            let _ = protocol.encode_error(&error);
        }
    }
}
