//! Calls to AWS's APIs, signed by an independent implementation of SigV4.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::{Value, json};

use crate::{Answer, Api, Installation, Line};

/// A call before it is signed.
#[derive(Debug, Clone, Copy)]
struct Call<'a> {
    service: &'a str,
    method: &'a str,
    path: &'a str,
    content_type: &'a str,
    /// The operation, for services that are asked by header.
    target: Option<&'a str>,
    body: &'a [u8],
}

impl Installation {
    /// Calls API Gateway's API as root and expects a success.
    pub async fn manage(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.call(method, path, "application/json", body.as_bytes()).await;
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.text());
        answer.json()
    }

    /// Calls API Gateway's API as root, whatever comes of it.
    pub async fn call(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Answer {
        self.try_call(method, path, content_type, body).await.expect("the node answers")
    }

    /// Calls API Gateway's API as root; `None` when the node goes away meanwhile.
    pub async fn try_call(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Option<Answer> {
        self.send(Call { service: "apigateway", method, path, content_type, target: None, body }).await
    }

    /// Calls the firewall's API as root and expects a success.
    pub async fn wafv2(&self, operation: &str, body: &Value) -> Value {
        let (target, body) = (format!("AWSWAF_20190729.{operation}"), body.to_string());
        let (content_type, target) = ("application/x-amz-json-1.1", Some(target.as_str()));
        let call = Call { service: "wafv2", method: "POST", path: "/", content_type, target, body: body.as_bytes() };
        let answer = self.send(call).await.expect("the node answers");
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        answer.json()
    }

    /// The audit records of every call of an operation, newest first.
    pub async fn audited(&self, operation: &str) -> Vec<Value> {
        let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";
        let mut records = Vec::new();
        let mut token = Value::Null;
        loop {
            let attribute = json!([{"AttributeKey": "EventName", "AttributeValue": operation}]);
            let mut body = json!({"LookupAttributes": attribute});
            if !token.is_null() {
                body["NextToken"] = token;
            }
            let (body, content_type) = (body.to_string(), "application/x-amz-json-1.1");
            let body = body.as_bytes();
            let call =
                Call { service: "cloudtrail", method: "POST", path: "/", content_type, target: Some(target), body };
            let page = self.send(call).await.expect("the node answers").json();
            let events = page["Events"].as_array().unwrap_or_else(|| panic!("no events: {page}"));
            let record = |event: &Value| serde_json::from_str(event["CloudTrailEvent"].as_str()?).ok();
            records.extend(events.iter().filter_map(record));
            token = page["NextToken"].clone();
            if token.is_null() {
                return records;
            }
        }
    }

    /// Asks STS whose a key and its secret are.
    pub async fn who_is(&self, key: (&str, &str)) -> Answer {
        self.query(key, "sts", "Action=GetCallerIdentity&Version=2011-06-15").await
    }

    /// Asks IAM when, where and for what the root key last signed.
    pub async fn last_use(&self) -> Answer {
        let body = format!("Action=GetAccessKeyLastUsed&Version=2010-05-08&AccessKeyId={}", self.key().0);
        self.query(self.key(), "iam", &body).await
    }

    /// Asks STS for a session of the root user.
    pub async fn session(&self) -> Credentials {
        let answer = self.query(self.key(), "sts", "Action=GetSessionToken&Version=2011-06-15").await;
        let text = answer.text();
        let part = |name: &str| {
            let rest = text.split_once(&format!("<{name}>")).map(|(_, rest)| rest);
            let (part, _) = rest.and_then(|rest| rest.split_once("</")).unwrap_or_else(|| panic!("no {name}: {text}"));
            part.to_owned()
        };
        Credentials::new(part("AccessKeyId"), part("SecretAccessKey"), Some(part("SessionToken")), None, "test")
    }

    async fn query(&self, key: (&str, &str), service: &str, body: &str) -> Answer {
        let (content_type, body) = ("application/x-www-form-urlencoded", body.as_bytes());
        let call = Call { service, method: "POST", path: "/", content_type, target: None, body };
        self.send_as(key, call).await.expect("the node answers")
    }

    async fn send(&self, call: Call<'_>) -> Option<Answer> {
        self.send_as(self.key(), call).await
    }

    async fn send_as(&self, key: (&str, &str), call: Call<'_>) -> Option<Answer> {
        let host = self.admin().to_string();
        let mut headers = vec![("host", host.as_str()), ("content-type", call.content_type)];
        headers.extend(call.target.map(|target| ("x-amz-target", target)));
        let (id, secret) = key;
        let signature = signature(Credentials::new(id, secret, None, None, "test"), &call, &host, &headers);
        let length = call.body.len().to_string();
        let signature = signature.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all = headers.into_iter().chain(signature).chain([("content-length", &*length), ("connection", "close")]);
        let lines: Vec<String> = all.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!("{} {} HTTP/1.1\r\n{}\r\n", call.method, call.path, lines.concat());
        Line::plain(self.admin()).await.ok()?.ask([head.as_bytes(), call.body].concat()).await
    }
}

impl Api {
    /// Asks for a target, signed for `execute-api`, on a connection of its own.
    pub async fn get_signed(&self, installation: &Installation, signer: &Credentials, target: &str) -> Answer {
        let call = Call {
            service: "execute-api",
            method: "GET",
            path: target,
            content_type: "text/plain",
            target: None,
            body: b"",
        };
        let signature = signature(signer.clone(), &call, &self.host, &[("host", &self.host)]);
        let lines: Vec<String> = signature.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let host = &self.host;
        let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{}\r\n", lines.concat());
        self.connect(installation).await.ask(request).await.expect("an answer")
    }
}

/// The headers that sign a call.
fn signature(signer: Credentials, call: &Call<'_>, host: &str, headers: &[(&str, &str)]) -> Vec<(String, String)> {
    let identity = signer.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name(call.service)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .expect("complete parameters");
    let url = format!("http://{host}{}", call.path);
    let body = SignableBody::Bytes(call.body);
    let request = SignableRequest::new(call.method, &url, headers.iter().copied(), body);
    let signed = sign(request.expect("a request that can be signed"), &parameters.into());
    let (instructions, _) = signed.expect("a signature").into_parts();
    instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
