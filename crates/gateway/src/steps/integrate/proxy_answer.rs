//! What the function of a proxy integration answers, read as strictly as AWS reads it.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use egress::Fields;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::templates::DEFAULT_MEDIA_TYPE;
use crate::forward::response;
use crate::steps::answer::{Answer, Body};

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// It has another form than AWS documents.
    #[error("{0}")]
    Form(String),
    /// Its body is to be bytes, and is no base64.
    #[error("its body is no base64")]
    Base64,
}

/// No member must be there, and no other may.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Output {
    status_code: Option<Value>,
    headers: Option<Map<String, Value>>,
    multi_value_headers: Option<Map<String, Value>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
}

/// Makes an answer of what a function said.
pub(super) fn read(payload: &[u8], binary: &[Arc<str>], accept: Option<&str>) -> Result<Answer, Fault> {
    let form = |why: String| Fault::Form(why);
    // The library would take a list for an object.
    if payload.trim_ascii_start().first() != Some(&b'{') {
        return Err(form("it is no JSON object".to_owned()));
    }
    let output: Output = serde_json::from_slice(payload).map_err(|fault| form(fault.to_string()))?;
    let status = status(output.status_code.as_ref()).ok_or_else(|| form("its `statusCode` is no status".to_owned()))?;
    let fields = fields(&output.headers.unwrap_or_default(), &output.multi_value_headers.unwrap_or_default());
    let mut fields = response::pass_back(fields.map_err(form)?);
    // AWS names a media type on every answer of an integration.
    fields.set_if_absent(&CONTENT_TYPE, || HeaderValue::from_static(DEFAULT_MEDIA_TYPE));
    let body = output.body.unwrap_or_default();
    // Only the first media type that a client accepts counts.
    let first = accept.and_then(|accept| accept.split(',').next());
    let body = if output.is_base64_encoded == Some(true) && is_binary(binary, first) {
        Bytes::from(STANDARD.decode(body).map_err(|_| Fault::Base64)?)
    } else {
        Bytes::from(body)
    };
    Ok(Answer { status, fields, body: Body::Ready(body) })
}

/// Whether bodies of a media type are bytes.
pub(super) fn is_binary(binary: &[Arc<str>], media_type: Option<&str>) -> bool {
    let essence = media_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    binary.iter().any(|known| &**known == "*/*" || (!essence.is_empty() && known.eq_ignore_ascii_case(essence)))
}

/// A number, or a text that is one; 200 where nothing is said. An answer is final.
fn status(said: Option<&Value>) -> Option<StatusCode> {
    let number = match said {
        None => 200,
        Some(Value::Number(number)) => u16::try_from(number.as_u64()?).ok()?,
        Some(Value::String(text)) => text.parse().ok()?,
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => return None,
    };
    StatusCode::from_u16(number).ok().filter(|status| (200..600).contains(&status.as_u16()))
}

/// Both kinds of headers become one list; a value that stands in both comes once.
fn fields(single: &Map<String, Value>, multiple: &Map<String, Value>) -> Result<Fields, String> {
    let mut fields = Fields::new();
    for (name, values) in multiple {
        let Value::Array(values) = values else {
            return Err(format!("`multiValueHeaders` holds something else than a list of texts in `{}`", short(name)));
        };
        for value in values {
            fields.push(field(name, value)?);
        }
    }
    for (name, value) in single {
        let field = field(name, value)?;
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    Ok(fields)
}

/// SECURITY: a value with a line end would begin a header of its own.
fn field(name: &str, value: &Value) -> Result<(HeaderName, HeaderValue), String> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            return Err(format!("its header `{}` is no text", short(name)));
        }
    };
    let parsed = (name.parse::<HeaderName>().ok(), HeaderValue::from_str(text).ok());
    match parsed {
        (Some(name), Some(value)) => Ok((name, value)),
        (None, _) => Err(format!("`{}` is no header's name", short(name))),
        (Some(_), None) => Err(format!("its header `{}` holds what no header can", short(name))),
    }
}

fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn body(answer: &Answer) -> &[u8] {
        let Body::Ready(bytes) = &answer.body else { panic!("it is at hand") };
        bytes
    }

    fn said(output: &Value) -> Result<Answer, Fault> {
        read(output.to_string().as_bytes(), &["image/png".into()], Some("image/png, text/html"))
    }

    #[test]
    fn an_answer_has_a_status_headers_and_a_body() {
        let answer = said(&json!({
            "statusCode": 201, "body": "made", "headers": {"X-One": "1", "x-two": "a", "X-Flag": true, "Date": "never"},
            "multiValueHeaders": {"X-Two": ["a", "b"], "Set-Cookie": ["c=1", "d=2"]},
        }));
        let answer = answer.expect("a good answer");
        assert_eq!((answer.status.as_u16(), body(&answer)), (201, &b"made"[..]));
        let all = |name: &str| {
            let values = answer.fields.iter().filter(|(known, _)| *known == name);
            values.map(|(_, value)| value.to_str().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(all("x-two"), ["a", "b"]);
        assert_eq!(all("set-cookie"), ["c=1", "d=2"]);
        assert_eq!((all("x-one"), all("x-flag")), (vec!["1"], vec!["true"]));
        assert_eq!((all("date"), all("x-amzn-remapped-date")), (vec![], vec!["never"]));
        assert_eq!(all("content-type"), ["application/json"]);
        let empty = said(&json!({})).expect("nothing must be said");
        assert_eq!((empty.status.as_u16(), body(&empty)), (200, &b""[..]));
        assert_eq!(said(&json!({"statusCode": "404"})).expect("a text").status.as_u16(), 404);
    }

    #[test]
    fn bytes_come_for_who_accepts_them_first() {
        let output = json!({"body": "iVBORw==", "isBase64Encoded": true});
        assert_eq!(body(&said(&output).unwrap()), b"\x89PNG");
        let text = output.to_string();
        for (binary, accept, decoded) in [
            (&["*/*"][..], None, true),
            (&["image/png"], Some("IMAGE/PNG;q=1"), true),
            (&["image/png"], Some("text/html, image/png"), false),
            (&["image/png"], None, false),
            (&[], Some("image/png"), false),
        ] {
            let binary: Vec<Arc<str>> = binary.iter().map(|one| Arc::from(*one)).collect();
            let answer = read(text.as_bytes(), &binary, accept).expect("good");
            assert_eq!(body(&answer) == b"\x89PNG", decoded, "{binary:?} {accept:?}");
        }
        assert_eq!(said(&json!({"body": "no base64!", "isBase64Encoded": true})).err(), Some(Fault::Base64));
    }

    #[test]
    fn whatever_else_is_said_is_malformed() {
        for output in [
            json!(null),
            json!("text"),
            json!([200, null, null, "body", null]),
            json!({"statusCode": 200, "body": {"a": 1}}),
            json!({"statusCode": 200, "body": 7}),
            json!({"statusCode": 99}),
            json!({"statusCode": 101}),
            json!({"statusCode": 1000}),
            json!({"statusCode": 200.5}),
            json!({"statusCode": "ok"}),
            json!({"statusCode": null, "headers": {"a": 1}}),
            json!({"headers": {"a": ["b"]}}),
            json!({"headers": {"a": {}}}),
            json!({"headers": {"a b": "c"}}),
            json!({"headers": {"a": "b\r\nc: d"}}),
            json!({"multiValueHeaders": {"a": "b"}}),
            json!({"multiValueHeaders": {"a": [1]}}),
            json!({"statusCode": 200, "surprise": true}),
            json!({"errorMessage": "it broke"}),
            json!({"isBase64Encoded": "true"}),
        ] {
            assert!(matches!(said(&output), Err(Fault::Form(_))), "{output}");
        }
        assert!(read(b"", &[], None).is_err() && read(b"{", &[], None).is_err() && read(b"\xff{}", &[], None).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_none(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,40}") {
            let _ = read(&bytes, &["*/*".into()], None);
            let _ = said(&json!({"headers": {text.clone(): text.clone()}, "body": text, "isBase64Encoded": true}));
        }
    }
}
