//! A call before it is sent: unsigned, signed in its header or in its query, and changed afterwards; and its answer.

use std::net::IpAddr;

use base::Timestamp;
use base::id::RequestId;
use bytes::Bytes;
use control::Received;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response};
use serde_json::Value;
use sigv4::{PathRule, Signer};

use super::{Key, REGION, caller};

/// CloudTrail's prefix in `X-Amz-Target`, as the AWS CLI writes it.
const TRAIL: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";

/// The content type of the json protocols.
pub(crate) const JSON: &str = "application/x-amz-json-1.1";

/// A call.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// What its signature is for.
    pub(crate) service: String,
    pub(crate) region: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) source: IpAddr,
}

impl Ask {
    /// A call to API Gateway; `target` may hold a query.
    pub(crate) fn rest(method: &str, target: &str, body: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("127.0.0.1:4566"));
        headers.insert("user-agent", HeaderValue::from_static("aws-cli/2.0"));
        Self {
            service: "apigateway".to_owned(),
            region: REGION.to_owned(),
            method: Method::from_bytes(method.as_bytes()).unwrap(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
            source: caller(),
        }
    }

    /// The list of APIs.
    pub(crate) fn list() -> Self {
        Self::rest("GET", "/restapis", "")
    }

    /// A call to CloudTrail.
    pub(crate) fn trail(operation: &str, body: &Value) -> Self {
        let ask = Self::rest("POST", "/", &body.to_string()).for_service("cloudtrail");
        ask.with("content-type", JSON).with("x-amz-target", &format!("{TRAIL}.{operation}"))
    }

    /// The newest records.
    pub(crate) fn lookup() -> Self {
        Self::trail("LookupEvents", &Value::Object(serde_json::Map::new()))
    }

    /// A call to STS, in its body.
    pub(crate) fn sts(action: &str) -> Self {
        let ask = Self::rest("POST", "/", &format!("Action={action}&Version=2011-06-15")).for_service("sts");
        ask.with("content-type", "application/x-www-form-urlencoded; charset=utf-8")
    }

    /// Who am I?
    pub(crate) fn identity() -> Self {
        Self::sts("GetCallerIdentity")
    }

    /// Will be signed for this service.
    pub(crate) fn for_service(mut self, service: &str) -> Self {
        service.clone_into(&mut self.service);
        self
    }

    /// Will be signed for this region.
    pub(crate) fn in_region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// Comes from this address.
    pub(crate) fn from(mut self, source: [u8; 4]) -> Self {
        self.source = IpAddr::from(source);
        self
    }

    /// Sets a header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// Adds a header beside those of its name.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// Takes a header away.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Signs in the header, over all headers that are there.
    pub(crate) fn signed(self, key: &Key, at: Timestamp) -> Self {
        let added = self.sign(key, |signer, request, body| signer.sign(request, body, at));
        added.into_iter().fold(self, |ask, (name, value)| ask.with(name, &value))
    }

    /// Signs in the query.
    pub(crate) fn presigned(mut self, key: &Key, at: Timestamp, expires_s: i64) -> Self {
        self.query = self.sign(key, |signer, request, body| signer.presign(request, body, at, expires_s));
        self
    }

    fn sign<T>(&self, key: &Key, sign: impl Fn(&Signer<'_>, &sigv4::Received<'_>, &[u8]) -> T) -> T {
        let signer = Signer {
            access_key_id: &key.id,
            secret: &key.secret,
            session_token: None,
            region: &self.region,
            service: &self.service,
            path: PathRule::Normalized,
        };
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let (method, path, query) = (self.method.as_str(), self.path.as_str(), self.query.as_str());
        sign(&signer, &sigv4::Received { method, path, query, headers: &headers }, &self.body)
    }

    /// The call as the listener hands it over.
    pub(crate) fn received(&self, now: Timestamp) -> Received {
        Received {
            request_id: RequestId::random(),
            now,
            source: self.source,
            secure: false,
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(crate) fn of(response: Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        Self { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The error's code and message, read where clients of its protocol read them.
    pub(crate) fn error(&self) -> (String, String) {
        let is_xml = self.header("content-type") == Some("text/xml");
        if is_xml {
            return (self.element("Code"), self.element("Message"));
        }
        let code = self.header("x-amzn-errortype").unwrap_or_else(|| panic!("no code: {}", self.text()));
        let body = self.json();
        if self.header("content-type") == Some(JSON) {
            assert_eq!(body["__type"], code, "both places name the same code");
        }
        (code.to_owned(), body["message"].as_str().unwrap().to_owned())
    }

    /// The code alone.
    pub(crate) fn code(&self) -> String {
        self.error().0
    }

    /// The text of the first element of this name.
    pub(crate) fn element(&self, name: &str) -> String {
        let text = self.text();
        let start = text.find(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name}: {text}")) + name.len() + 2;
        let end = start + text[start..].find(&format!("</{name}>")).unwrap();
        let escapes = [("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
        escapes.iter().fold(text[start..end].to_owned(), |text, (escape, plain)| text.replace(escape, plain))
    }

    /// The revision it names.
    pub(crate) fn revision(&self) -> u64 {
        self.header("x-portcullis-revision").unwrap().parse().unwrap()
    }

    /// The body's bytes.
    pub(crate) fn len(&self) -> usize {
        self.body.len()
    }
}
