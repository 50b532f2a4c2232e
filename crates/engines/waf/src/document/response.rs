//! Custom responses: what a refused caller gets instead of API Gateway's own words.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::{invalid, is_name, list, number, text};
use crate::invalid::Invalid;
use crate::strict::{Members, choice, written};

const FIELD: &str = "CUSTOM_RESPONSE";
/// The status codes that AWS answers with.
/// <https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-status-codes.html>
const CODES: [u16; 33] = [
    200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414,
    415, 416, 421, 429, 500, 501, 502, 503, 504, 505,
];
const HEADERS_MAX: usize = 10;
const BODIES_MAX: usize = 50;
const BODY_BYTES_MAX: usize = 4 * 1024;
const BODIES_BYTES_MAX: usize = 50 * 1024;

/// Names and values of headers.
pub type Headers = Vec<(Box<str>, Box<str>)>;

/// A custom response. <https://docs.aws.amazon.com/waf/latest/APIReference/API_CustomResponse.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomResponse {
    /// One of AWS's supported codes.
    pub status: u16,
    /// Names and values.
    pub headers: Headers,
    /// The key of a body that exists.
    pub body: Option<Arc<str>>,
}

impl CustomResponse {
    pub(super) fn parse(value: &Value, bodies: &ResponseBodies) -> Result<CustomResponse, Invalid> {
        const KNOWN: [&str; 3] = ["ResponseCode", "CustomResponseBodyKey", "ResponseHeaders"];
        let members = Members::read(value, FIELD, "CustomResponse", &KNOWN)?;
        let code = members.required("ResponseCode")?;
        let status = number(code, FIELD, "ResponseCode", 200..=599)?;
        let status = u16::try_from(status).ok().filter(|status| CODES.contains(status));
        let headers = match members.get("ResponseHeaders") {
            Some(headers) => self::headers(headers, FIELD, "ResponseHeaders")?,
            None => Vec::new(),
        };
        // The body says what it is; a second word on it would let one answer be read in two ways.
        if let Some((name, _)) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            return Err(invalid(FIELD, &**name, "a custom response can't set this header"));
        }
        let body = members.get("CustomResponseBodyKey").map(|key| bodies.key(key)).transpose()?;
        Ok(CustomResponse {
            status: status.ok_or_else(|| invalid(FIELD, written(code), "the response code isn't supported"))?,
            headers,
            body,
        })
    }
}

/// Bodies of custom responses by their keys.
#[derive(Debug, Clone, Default)]
pub struct ResponseBodies {
    bodies: BTreeMap<Arc<str>, ResponseBody>,
    /// Rules are weighed without the bodies they name.
    unchecked: bool,
}

/// A body. <https://docs.aws.amazon.com/waf/latest/APIReference/API_CustomResponseBody.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseBody {
    /// `text/plain`, `text/html` or `application/json`.
    pub media_type: &'static str,
    /// Its text.
    pub content: Box<str>,
}

impl ResponseBodies {
    pub(super) fn parse(value: Option<&Value>) -> Result<ResponseBodies, Invalid> {
        const FIELD: &str = "CUSTOM_RESPONSE_BODY";
        let Some(value) = value else { return Ok(ResponseBodies::default()) };
        let Value::Object(entries) = value else {
            return Err(invalid(FIELD, "CustomResponseBodies", "must be an object"));
        };
        let mut bodies = BTreeMap::new();
        let mut bytes = 0;
        for (key, value) in entries {
            let key = text(&Value::String(key.clone()), FIELD, "CustomResponseBodyKey", 128, is_name)?;
            let body = ResponseBody::parse(value)?;
            bytes += body.content.len();
            bodies.insert(Arc::from(key), body);
        }
        if bodies.len() > BODIES_MAX || bytes > BODIES_BYTES_MAX {
            return Err(invalid(FIELD, "CustomResponseBodies", "at most 50 bodies of together 50 KB"));
        }
        Ok(ResponseBodies { bodies, unchecked: false })
    }

    pub(super) fn unchecked() -> ResponseBodies {
        ResponseBodies { bodies: BTreeMap::new(), unchecked: true }
    }

    /// A body by its key.
    pub fn get(&self, key: &str) -> Option<&ResponseBody> {
        self.bodies.get(key)
    }

    fn key(&self, value: &Value) -> Result<Arc<str>, Invalid> {
        let key = text(value, FIELD, "CustomResponseBodyKey", 128, is_name)?;
        if !self.unchecked && !self.bodies.contains_key(&*key) {
            return Err(invalid(FIELD, key, "no custom response body has this key"));
        }
        Ok(key.into())
    }
}

impl ResponseBody {
    fn parse(value: &Value) -> Result<ResponseBody, Invalid> {
        const TYPES: [(&str, &str); 3] =
            [("TEXT_PLAIN", "text/plain"), ("TEXT_HTML", "text/html"), ("APPLICATION_JSON", "application/json")];
        const FIELD: &str = "CUSTOM_RESPONSE_BODY";
        let members = Members::read(value, FIELD, "CustomResponseBody", &["ContentType", "Content"])?;
        let media_type = choice(members.required("ContentType")?, "RESPONSE_CONTENT_TYPE", &TYPES)?;
        let content = members.required("Content")?;
        let content = content.as_str().filter(|content| (1..=BODY_BYTES_MAX).contains(&content.len()));
        let content = content.ok_or_else(|| invalid(FIELD, "Content", "a body is a text of 1 to 4,096 bytes"))?;
        if media_type == "application/json" && serde_json::from_str::<serde::de::IgnoredAny>(content).is_err() {
            return Err(invalid(FIELD, "Content", "a body of APPLICATION_JSON is JSON"));
        }
        Ok(ResponseBody { media_type, content: content.into() })
    }
}

/// A list of `{Name, Value}`: at most ten, each name once, nothing that could end a header early.
pub(super) fn headers(value: &Value, field: &'static str, parameter: &'static str) -> Result<Headers, Invalid> {
    let entries = list(value, field, parameter)?;
    if entries.is_empty() || entries.len() > HEADERS_MAX {
        return Err(invalid(field, entries.len().to_string(), format!("{parameter} holds 1 to 10 headers")));
    }
    let named = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '$' | '-');
    let mut headers: Headers = Vec::with_capacity(entries.len());
    for entry in entries {
        let members = Members::read(entry, field, "CustomHTTPHeader", &["Name", "Value"])?;
        let name = text(members.required("Name")?, field, "Name", 64, named)?;
        // SECURITY: a line break in a value would begin a header of its own.
        let value = text(members.required("Value")?, field, "Value", 255, |character| !character.is_control())?;
        if headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(&name)) {
            return Err(invalid(field, name, "duplicate header names are not allowed"));
        }
        headers.push((name.into(), value.into()));
    }
    Ok(headers)
}
