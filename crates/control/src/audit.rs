//! Audit: the CloudTrail record of a call.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use std::net::IpAddr;

use base::id::RequestId;
use base::{Scope, Timestamp};
use model::iam::Session;
use operation::Principal;
use serde_json::{Map, Value, json};
use store_resources::AuditEntry;

/// What is known of a call when its record is written.
#[derive(Debug)]
pub struct Record<'a> {
    /// The account and region whose records it joins.
    pub scope: &'a Scope,
    /// The region AWS would name: `us-east-1` for services without a region.
    pub aws_region: &'a str,
    /// Its id.
    pub request_id: RequestId,
    /// When it arrived.
    pub now: Timestamp,
    /// Who called; `None` where authentication failed.
    pub principal: Option<&'a Principal>,
    /// The access key a failed call claimed, as text that proves nothing.
    pub claimed_key: Option<&'a str>,
    /// Such as `apigateway.amazonaws.com`.
    pub event_source: &'a str,
    /// The service's API version.
    pub api_version: Option<&'a str>,
    /// The operation.
    pub event_name: &'a str,
    /// Whether it only reads.
    pub read_only: bool,
    /// Where it came from; `None` for our own jobs.
    pub source_ip: Option<IpAddr>,
    /// What the client calls itself.
    pub user_agent: Option<&'a str>,
    /// The host it asked for.
    pub host: Option<&'a str>,
    /// Its input with secrets redacted.
    pub parameters: Option<Value>,
    /// Its output with secrets redacted; AWS keeps it for writes only.
    pub response: Option<Value>,
    /// The code and message it failed with.
    pub error: Option<(&'a str, &'a str)>,
    /// Resource type and name pairs.
    pub resources: Vec<(String, String)>,
}

/// CloudTrail's bound on `requestParameters` and `responseElements`.
const ELEMENTS_BYTES_MAX: usize = 100 * 1024;
/// CloudTrail's bound on `userAgent` and `errorMessage`.
const TEXT_BYTES_MAX: usize = 1024;

/// The entry to store.
pub fn entry(record: &Record<'_>) -> AuditEntry {
    let event_id = uuid::Uuid::new_v4().to_string();
    AuditEntry {
        scope: record.scope.clone(),
        time: record.now,
        event_name: record.event_name.to_owned(),
        event_source: record.event_source.to_owned(),
        read_only: record.read_only,
        username: record.principal.map(username),
        access_key_id: access_key(record).map(str::to_owned),
        resources: record.resources.clone(),
        record: document(record, &event_id).to_string(),
        event_id,
    }
}

/// The entry of the system's own work in `scope`, named after the job that did it.
pub fn system_entry(scope: &Scope, job: &'static str, now: Timestamp) -> AuditEntry {
    let principal = Principal::System { account: scope.account, job };
    entry(&Record {
        scope,
        aws_region: scope.region.as_str(),
        request_id: RequestId::random(),
        now,
        principal: Some(&principal),
        claimed_key: None,
        event_source: "portcullis.amazonaws.com",
        api_version: None,
        event_name: job,
        read_only: false,
        source_ip: None,
        user_agent: None,
        host: None,
        parameters: None,
        response: None,
        error: None,
        resources: Vec::new(),
    })
}

fn access_key<'a>(record: &'a Record<'_>) -> Option<&'a str> {
    let proven = record.principal.and_then(Principal::access_key).map(base::id::AccessKeyId::as_str);
    proven.or(record.claimed_key)
}

fn username(principal: &Principal) -> String {
    match principal {
        Principal::Root { .. } => "root".to_owned(),
        Principal::User { name, .. } => name.clone(),
        Principal::AssumedRole { session_name, .. } => session_name.clone(),
        Principal::Unsigned { .. } => "anonymous".to_owned(),
        Principal::WebIdentity { subject, .. } => subject.clone(),
        Principal::System { job, .. } => (*job).to_owned(),
    }
}

fn document(record: &Record<'_>, event_id: &str) -> Value {
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
    put("eventVersion", json!("1.11"));
    put("userIdentity", identity(record));
    put("eventTime", json!(record.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()));
    put("eventSource", json!(record.event_source));
    put("eventName", json!(record.event_name));
    put("awsRegion", json!(record.aws_region));
    let source = record.source_ip.map_or_else(|| "portcullis.internal".to_owned(), |address| address.to_string());
    put("sourceIPAddress", json!(source));
    put("userAgent", json!(cut(record.user_agent.unwrap_or("portcullis"))));
    if let Some((code, message)) = record.error {
        put("errorCode", json!(code));
        put("errorMessage", json!(cut(message)));
    }
    put("requestParameters", bounded(record.parameters.clone()));
    put("responseElements", bounded(record.response.clone()));
    put("requestID", json!(record.request_id.to_string()));
    put("eventID", json!(event_id));
    put("readOnly", json!(record.read_only));
    if !record.resources.is_empty() {
        let account = record.scope.account.as_str();
        let resource = |(kind, name): &(String, String)| json!({ "accountId": account, "type": kind, "ARN": name });
        put("resources", record.resources.iter().map(resource).collect());
    }
    let is_job = matches!(record.principal, Some(Principal::System { .. }));
    put("eventType", json!(if is_job { "AwsServiceEvent" } else { "AwsApiCall" }));
    if let Some(version) = record.api_version {
        put("apiVersion", json!(version));
    }
    put("managementEvent", json!(true));
    put("recipientAccountId", json!(record.scope.account.as_str()));
    put("eventCategory", json!("Management"));
    if let Some(host) = record.host {
        put("tlsDetails", json!({ "clientProvidedHostHeader": cut(host) }));
    }
    Value::Object(document)
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
fn identity(record: &Record<'_>) -> Value {
    let Some(principal) = record.principal else {
        return match record.claimed_key {
            Some(key) => json!({ "type": "Unknown", "principalId": "Anonymous", "accessKeyId": cut(key) }),
            None => json!({ "type": "Unknown", "principalId": "Anonymous" }),
        };
    };
    let mut identity = Map::new();
    let mut put = |name: &str, value: Value| identity.insert(name.to_owned(), value);
    put("type", json!(kind(principal)));
    put("principalId", json!(principal.user_id()));
    if let Principal::Unsigned { .. } = principal {
        return Value::Object(identity);
    }
    if let Principal::WebIdentity { provider, subject, .. } = principal {
        put("userName", json!(cut(subject)));
        put("identityProvider", json!(provider));
        return Value::Object(identity);
    }
    if let Principal::System { account, .. } = principal {
        put("accountId", json!(account.as_str()));
        put("invokedBy", json!("portcullis.internal"));
        return Value::Object(identity);
    }
    put("arn", json!(principal.arn()));
    put("accountId", json!(principal.account().as_str()));
    if let Some(key) = principal.access_key() {
        put("accessKeyId", json!(key.as_str()));
    }
    if let Principal::User { name, .. } = principal {
        put("userName", json!(name));
    }
    if let Some(session) = principal.session() {
        put("sessionContext", session_context(principal, session));
    }
    Value::Object(identity)
}

/// CloudTrail's word for the kind of caller.
fn kind(principal: &Principal) -> &'static str {
    match principal {
        Principal::Root { .. } => "Root",
        Principal::User { .. } => "IAMUser",
        Principal::AssumedRole { .. } => "AssumedRole",
        Principal::Unsigned { .. } => "Unknown",
        Principal::WebIdentity { .. } => "WebIdentityUser",
        Principal::System { .. } => "AWSService",
    }
}

/// Where temporary credentials come from.
fn session_context(principal: &Principal, session: &Session) -> Value {
    let mut context = Map::new();
    if let Principal::AssumedRole { account, role_arn, role_id, .. } = principal {
        let name = role_arn.rsplit('/').next().unwrap_or_default();
        let issuer = json!({
            "type": "Role",
            "principalId": role_id,
            "arn": role_arn,
            "accountId": account.as_str(),
            "userName": name,
        });
        context.insert("sessionIssuer".to_owned(), issuer);
    }
    if let Some(web) = &session.web_identity {
        let told =
            json!({ "federatedProvider": web.provider, "attributes": { "sub": web.subject, "aud": web.audience } });
        context.insert("webIdFederationData".to_owned(), told);
    }
    let attributes = json!({
        "creationDate": session.issued.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "mfaAuthenticated": session.mfa.is_some().to_string(),
    });
    context.insert("attributes".to_owned(), attributes);
    if let Some(identity) = &session.source_identity {
        context.insert("sourceIdentity".to_owned(), json!(identity));
    }
    Value::Object(context)
}

fn bounded(value: Option<Value>) -> Value {
    match value {
        Some(value) if value.to_string().len() > ELEMENTS_BYTES_MAX => {
            json!({ "omitted": "larger than 100 KiB" })
        }
        Some(value) => value,
        None => Value::Null,
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{AccountId, Region};

    #[test]
    fn a_record_of_a_stranger_names_nobody() {
        let scope = Scope {
            account: AccountId::parse("000000000000").expect("an account"),
            region: Region::parse("us-east-1").expect("a region"),
        };
        let record = Record {
            scope: &scope,
            aws_region: "us-east-1",
            request_id: RequestId::random(),
            now: Timestamp::UNIX_EPOCH,
            principal: None,
            claimed_key: Some("AKIANOBODY"),
            event_source: "apigateway.amazonaws.com",
            api_version: Some("2015-07-09"),
            event_name: "GetRestApis",
            read_only: true,
            source_ip: Some(IpAddr::from([10, 0, 0, 1])),
            user_agent: Some(&"é".repeat(2000)),
            host: None,
            parameters: Some(json!({ "body": "x".repeat(200_000) })),
            response: None,
            error: Some(("UnrecognizedClientException", "no")),
            resources: Vec::new(),
        };
        let entry = entry(&record);
        assert_eq!((entry.username, entry.access_key_id.as_deref()), (None, Some("AKIANOBODY")));
        let document: Value = serde_json::from_str(&entry.record).expect("JSON");
        assert_eq!(document["userIdentity"]["type"], "Unknown");
        assert_eq!(document["eventTime"], "1970-01-01T00:00:00Z");
        assert_eq!(document["requestParameters"]["omitted"], "larger than 100 KiB");
        assert!(document["userAgent"].as_str().expect("text").len() <= TEXT_BYTES_MAX);
    }
}
