//! Who may call: signatures, policies of callers and of the API, and what each refusal says.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html>

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::id::AccessKeyId;
use base::{AccountId, Secret, Timestamp};
use bytes::Bytes;
use gateway::reason::{Authorize, Reason};
use policy::{Kind, Policy};
use sigv4::{PathRule, Received, Signer};
use snapshot::access_key::{KeyOwner, Noted};
use snapshot::{AccessKey, Authorization, Group, Name, NamedPolicy, Policies, Role, Snapshot, User};

use crate::support::upstream::Upstream;
use crate::support::{API, HOST, OWNER, Plan, Reply, STAGE, Site, mock, plan, proxy};

pub(crate) const FOREIGN: &str = "444455556666";
const EVERYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}]}"#;

fn account(text: &str) -> AccountId {
    AccountId::parse(text).expect("twelve digits")
}

fn named(name: &str, text: &str, kind: Kind) -> NamedPolicy {
    NamedPolicy { name: name.into(), policy: Policy::parse(text, kind).expect("a sound policy") }
}

/// A user whose access key is `AKIA` and its name in capitals, and whose secret is its name.
fn user(snapshot: &mut Snapshot, owner: &str, name: &str, policies: Policies, groups: &[&str]) {
    let key = AccessKeyId::parse(&format!("AKIA{}", name.to_uppercase())).expect("an id");
    let name = Name::new(account(owner), name);
    let groups = groups.iter().map(|group| Name::new(account(owner), group)).collect();
    let user = User {
        arn: format!("arn:aws:iam::{owner}:user/{}", name.name).into(),
        id: format!("AIDA{}", name.name).into(),
        tags: Box::new([("team".to_owned(), "pets".to_owned())]),
        policies,
        groups,
        boundary: None,
        name: name.clone(),
    };
    let secret = Secret::new(name.name.to_string());
    let key_owner = KeyOwner::User(name.clone());
    let noted = Noted::default();
    let access_key = AccessKey { account: account(owner), secret, active: true, owner: key_owner, noted };
    snapshot.users.insert(name, Arc::new(user));
    snapshot.access_keys.insert(key, Arc::new(access_key));
}

fn inline(text: &str) -> Policies {
    Policies { inline: Box::new([named("inline", text, Kind::Identity)]), attached: Box::default() }
}

pub(crate) fn people(snapshot: &mut Snapshot) {
    user(snapshot, OWNER, "alice", inline(EVERYTHING), &[]);
    user(snapshot, OWNER, "bob", Policies::default(), &[]);
    user(snapshot, OWNER, "carol", Policies::default(), &["callers"]);
    user(snapshot, OWNER, "dave", Policies::default(), &["gone"]);
    user(snapshot, FOREIGN, "frank", inline(EVERYTHING), &[]);
    let group = Group {
        arn: format!("arn:aws:iam::{OWNER}:group/callers").into(),
        policies: inline(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:*","Resource":"arn:aws:execute-api:*:*:*/prod/GET/pets/${aws:PrincipalTag/team}"}}"#,
        ),
    };
    snapshot.groups.insert(Name::new(account(OWNER), "callers"), Arc::new(group));
}

pub(crate) fn signed_site() -> Plan {
    Plan {
        authorization: Authorization::Iam,
        people,
        ..plan(vec![("GET", "/pets", mock("pets")), ("ANY", "/pets/{id}", mock("pet"))])
    }
}

pub(crate) fn with_policy(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

pub(crate) fn invoke(effect: &str, principal: &str, more: &str) -> String {
    format!(
        r#"{{"Effect":"{effect}","Principal":{principal},"Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:{OWNER}:{API}/*"{more}}}"#
    )
}

/// Sends a request signed by `name`.
pub(crate) async fn send_as(site: &Site, name: &str, line: &str, body: &str) -> Reply {
    let (verb, target) = line.split_once(' ').expect("VERB TARGET");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let secret = Secret::new(name.to_owned());
    let signer = Signer {
        access_key_id: &format!("AKIA{}", name.to_uppercase()),
        secret: &secret,
        session_token: None,
        region: "us-east-1",
        service: "execute-api",
        path: PathRule::Normalized,
    };
    let headers = [("host", HOST.as_bytes())];
    let request = Received { method: verb, path, query, headers: &headers };
    let added = signer.sign(&request, body.as_bytes(), Timestamp::now());
    let mut lines: Vec<_> = added.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    if !body.is_empty() {
        lines.push(format!("content-length: {}\r\n", body.len()));
    }
    let lines = lines.concat();
    site.send(line, &lines, Bytes::copy_from_slice(body.as_bytes())).await
}

pub(crate) fn resource(line: &str) -> String {
    format!("arn:aws:execute-api:us-east-1:********3333:{API}/{STAGE}/{line}")
}

async fn authorized(site: &Site) -> Authorize {
    let story = site.records.trail().await;
    let found = story.entries.iter().find_map(|entry| match &entry.reason {
        Reason::Authorize(reason) => Some(reason.clone()),
        _ => None,
    });
    found.expect("the step was reached")
}

#[tokio::test]
async fn a_signed_call_with_permission_passes_and_says_why() {
    let site = signed_site().start();
    let reply = send_as(&site, "alice", "GET /prod/pets", "").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (200, "pets"));
    let Authorize::Allowed { caller, statements, .. } = authorized(&site).await else { panic!("allowed") };
    assert_eq!(&*caller, format!("arn:aws:iam::{OWNER}:user/alice"));
    assert_eq!(statements[0].sid.as_deref(), Some("All"));
}

#[tokio::test]
async fn the_body_is_part_of_the_signature_and_reaches_the_integration() {
    let site = signed_site().start();
    assert_eq!(send_as(&site, "alice", "POST /prod/pets/1", "{\"a\":1}").await.status.as_u16(), 200);
    // The same signature over another body.
    let secret = Secret::new("alice".to_owned());
    let signer = Signer {
        access_key_id: "AKIAALICE",
        secret: &secret,
        session_token: None,
        region: "us-east-1",
        service: "execute-api",
        path: PathRule::Normalized,
    };
    let headers = [("host", HOST.as_bytes())];
    let request = Received { method: "POST", path: "/prod/pets/1", query: "", headers: &headers };
    let lines: Vec<_> = signer
        .sign(&request, b"{\"a\":1}", Timestamp::now())
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let lines = lines.concat();
    let reply =
        site.send("POST /prod/pets/1", &format!("{lines}content-length: 7\r\n"), Bytes::from("{\"a\":2}")).await;
    assert_eq!(reply.status.as_u16(), 403);
    assert_eq!(reply.header("x-amzn-errortype"), Some("InvalidSignatureException"));
}

#[tokio::test]
async fn no_credential_for_us_reaches_the_backend() {
    let upstream = Upstream::ok().await;
    let plan = plan(vec![("GET", "/pets", proxy(&upstream.authority(), "/pets"))]);
    let site = Plan { authorization: Authorization::Iam, people, ..plan }.start();
    let secret = Secret::new("alice".to_owned());
    let signer = Signer {
        access_key_id: "AKIAALICE",
        secret: &secret,
        session_token: None,
        region: "us-east-1",
        service: "execute-api",
        path: PathRule::Normalized,
    };
    let headers = [("host", HOST.as_bytes())];
    let request = Received { method: "GET", path: "/prod/pets", query: "kind=cat", headers: &headers };
    let query = signer.presign(&request, b"", Timestamp::now(), 600);
    assert_eq!(site.get(&format!("/prod/pets?{query}")).await.status.as_u16(), 200);
    let seen = upstream.only();
    assert!(seen.target.contains("kind=cat") && seen.target.contains("X-Amz-Credential="), "{}", seen.target);
    assert!(query.contains("X-Amz-Signature=") && !seen.target.contains("X-Amz-Signature"), "{}", seen.target);
}

#[tokio::test]
async fn without_permission_the_caller_learns_awss_words_and_no_more() {
    let site = signed_site().start();
    let reply = send_as(&site, "bob", "GET /prod/pets", "").await;
    assert_eq!(reply.status.as_u16(), 403);
    assert_eq!(reply.header("x-amzn-errortype"), Some("AccessDeniedException"));
    let message = format!(
        r#"{{"Message":"User: arn:aws:iam::{OWNER}:user/bob is not authorized to perform: execute-api:Invoke on resource: {} because no identity-based policy allows the execute-api:Invoke action"}}"#,
        resource("GET/pets")
    );
    assert_eq!(reply.text(), message);
    let Authorize::Denied { record, .. } = authorized(&site).await else { panic!("denied") };
    assert!(record.hint.is_some(), "the owner learns what would have allowed it");
}

#[tokio::test]
async fn a_groups_policy_with_a_variable_counts() {
    let site = signed_site().start();
    assert_eq!(send_as(&site, "carol", "GET /prod/pets/pets", "").await.status.as_u16(), 200);
    assert_eq!(send_as(&site, "carol", "GET /prod/pets/cats", "").await.status.as_u16(), 403);
    // The same path in other spellings is the same resource.
    assert_eq!(send_as(&site, "carol", "GET /prod/pets/%70ets", "").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_group_that_cannot_be_read_closes() {
    let site = signed_site().start();
    let reply = send_as(&site, "dave", "GET /prod/pets", "").await;
    assert_eq!(reply.status.as_u16(), 500);
    assert!(matches!(authorized(&site).await, Authorize::Undecidable { .. }));
}

#[tokio::test]
async fn what_proves_nobody_is_refused_in_awss_words() {
    let site = signed_site().start();
    let unsigned = site.get("/prod/pets").await;
    assert_eq!((unsigned.status.as_u16(), unsigned.text()), (403, r#"{"message":"Missing Authentication Token"}"#));
    let bearer = site.send("GET /prod/pets", "authorization: Bearer abc\r\n", Bytes::new()).await;
    assert_eq!(bearer.header("x-amzn-errortype"), Some("IncompleteSignatureException"));
    let unknown = send_as(&site, "nobody", "GET /prod/pets", "").await;
    assert_eq!(unknown.header("x-amzn-errortype"), Some("UnrecognizedClientException"));
    assert_eq!(unknown.text(), r#"{"message":"The security token included in the request is invalid."}"#);
}

#[tokio::test]
async fn another_accounts_caller_needs_both_sides() {
    let site = signed_site().start();
    assert_eq!(send_as(&site, "frank", "GET /prod/pets", "").await.status.as_u16(), 403, "no resource policy");
    let Authorize::Denied { record, .. } = authorized(&site).await else { panic!("denied") };
    let told = format!("{record} {record:?}");
    assert!(!told.contains("inline") && !told.contains("All"), "the caller's policies are another account's: {told}");
    let frank = format!(r#"{{"AWS":"arn:aws:iam::{FOREIGN}:user/frank"}}"#);
    let open = Plan { resource_policy: Some(with_policy(&invoke("Allow", &frank, ""))), ..signed_site() }.start();
    assert_eq!(send_as(&open, "frank", "GET /prod/pets", "").await.status.as_u16(), 200);
    let Authorize::Allowed { statements, .. } = authorized(&open).await else { panic!("allowed") };
    let shown: Vec<_> =
        statements.iter().map(|statement| (statement.policy.as_str(), statement.sid.as_deref())).collect();
    assert!(shown.contains(&("resource policy", None)) && shown.contains(&("(another account's)", None)), "{shown:?}");
    assert_eq!(send_as(&open, "alice", "GET /prod/pets", "").await.status.as_u16(), 200, "at home one side is enough");
    assert_eq!(send_as(&open, "bob", "GET /prod/pets", "").await.status.as_u16(), 403, "neither side");
}

#[tokio::test]
async fn a_denial_in_the_resource_policy_beats_every_permission() {
    let denied = invoke("Deny", "\"*\"", r#","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#);
    let site = Plan { resource_policy: Some(with_policy(&denied)), ..signed_site() }.start();
    let reply = send_as(&site, "alice", "GET /prod/pets", "").await;
    assert_eq!(reply.status.as_u16(), 403);
    assert!(reply.text().ends_with("with an explicit deny in a resource-based policy\"}"), "{}", reply.text());
}

#[tokio::test]
async fn without_signatures_the_resource_policy_decides_alone() {
    let from = |range: &str| {
        with_policy(&invoke("Allow", "\"*\"", &format!(r#","Condition":{{"IpAddress":{{"aws:SourceIp":"{range}"}}}}"#)))
    };
    let routes = || vec![("GET", "/pets", mock("pets"))];
    let site = Plan { resource_policy: Some(from("192.0.2.0/24")), ..plan(routes()) }.start();
    assert_eq!(site.get("/prod/pets").await.status.as_u16(), 200);
    let site = Plan { resource_policy: Some(from("198.51.100.0/24")), ..plan(routes()) }.start();
    let reply = site.get("/prod/pets").await;
    assert_eq!(reply.status.as_u16(), 403);
    let message = format!(
        r#"{{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: {} because no resource-based policy allows the execute-api:Invoke action"}}"#,
        resource("GET/pets")
    );
    assert_eq!(reply.text(), message);
}

#[tokio::test]
async fn a_signature_on_an_open_method_makes_nobody_of_the_signer() {
    let alice = format!(r#"{{"AWS":"arn:aws:iam::{OWNER}:user/alice"}}"#);
    let policy = with_policy(&invoke("Allow", &alice, ""));
    let site = Plan { resource_policy: Some(policy), people, ..plan(vec![("GET", "/pets", mock("pets"))]) }.start();
    let reply = send_as(&site, "alice", "GET /prod/pets", "").await;
    assert!(reply.text().starts_with(r#"{"Message":"User: anonymous is not authorized"#), "{}", reply.text());
}

#[tokio::test]
async fn an_escaped_path_cannot_slip_past_a_denial() {
    let deny = format!(
        r#"{{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:{OWNER}:{API}/prod/*/pets"}}"#
    );
    let policy = with_policy(&format!("{},{deny}", invoke("Allow", "\"*\"", "")));
    let routes = vec![("GET", "/pets", mock("pets")), ("ANY", "/{any+}", mock("other"))];
    let site = Plan { resource_policy: Some(policy), ..plan(routes) }.start();
    for target in
        ["/prod/pets", "/prod/%70ets", "/prod/pets/", "/prod//pets", "/prod/./pets", "/prod/x/../pets", "/prod/p%65ts/"]
    {
        let reply = site.get(target).await;
        assert_eq!(reply.status.as_u16(), 403, "{target}: {}", reply.text());
    }
    assert_eq!(site.get("/prod/cats").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_body_finds_room_or_is_refused_before_it_is_held() {
    let site = Plan { room: 4, ..signed_site() }.start();
    assert_eq!(send_as(&site, "alice", "POST /prod/pets/1", "1234").await.status.as_u16(), 200);
    assert_eq!(send_as(&site, "alice", "POST /prod/pets/1", "12345").await.status.as_u16(), 503);
    // Nobody's body is not read at all.
    assert_eq!(send_as(&site, "nobody", "POST /prod/pets/1", "12345").await.status.as_u16(), 403);
}

#[tokio::test]
async fn context_tells_who_signed() {
    let format = "$context.requestId $context.identity.userArn $context.identity.user $context.identity.caller $context.identity.accountId $context.identity.accessKey";
    let site = Plan { log_format: Some(format), ..signed_site() }.start();
    send_as(&site, "alice", "GET /prod/pets", "").await;
    let lines = site.records.lines(&format!("access/{API}/{STAGE}")).await;
    let want = format!(" arn:aws:iam::{OWNER}:user/alice AIDAalice AIDAalice {OWNER} AKIAALICE");
    assert!(lines[0].ends_with(&want), "{lines:?}");
}

#[tokio::test]
async fn a_roles_session_is_limited_by_its_policy_and_ends_with_its_role() {
    use model::iam::{Session, Subject};
    fn with_role(snapshot: &mut Snapshot) {
        let name = Name::new(account(OWNER), "caller");
        let trust =
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#;
        let role = Role {
            arn: format!("arn:aws:iam::{OWNER}:role/caller").into(),
            id: "AROA1".into(),
            tags: Box::default(),
            trust: named("trust", trust, Kind::Trust),
            trusted_sessions: Box::default(),
            policies: inline(EVERYTHING),
            boundary: None,
            max_session_s: 3600,
            name: name.clone(),
        };
        snapshot.roles.insert(name, Arc::new(role));
    }
    let session = |role_id: &str, policy: Option<&str>| Session {
        access_key: AccessKeyId::parse("ASIA1").expect("an id"),
        secret: Secret::new("s3cret".to_owned()),
        account: account(OWNER),
        subject: Subject::Role { name: "caller".into(), id: role_id.into(), session: "tests".into() },
        issued: Timestamp::UNIX_EPOCH,
        expires: Timestamp::now() + std::time::Duration::from_mins(10),
        policy: policy.map(str::to_owned),
        policy_arns: BTreeSet::new(),
        tags: BTreeMap::new(),
        transitive: BTreeSet::new(),
        source_identity: None,
        mfa: None,
        web_identity: None,
        chained: false,
    };
    let only_pets = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*/GET/pets"}}"#;
    for (session, line, status) in [
        (session("AROA1", None), "GET /prod/pets/1", 200),
        (session("AROA1", Some(only_pets)), "GET /prod/pets", 200),
        (session("AROA1", Some(only_pets)), "GET /prod/pets/1", 403),
        (session("AROA2", None), "GET /prod/pets", 403),
        (Session { expires: Timestamp::UNIX_EPOCH, ..session("AROA1", None) }, "GET /prod/pets", 403),
    ] {
        let site = Plan { people: with_role, ..signed_site() }.start();
        let token = session.seal(&crate::support::master_key()).expect("it fits");
        let signer = Signer {
            access_key_id: "ASIA1",
            secret: &session.secret,
            session_token: Some(&token),
            region: "us-east-1",
            service: "execute-api",
            path: PathRule::Normalized,
        };
        let headers = [("host", HOST.as_bytes())];
        let (method, path) = line.split_once(' ').expect("VERB PATH");
        let lines: Vec<_> = signer
            .sign(&Received { method, path, query: "", headers: &headers }, b"", Timestamp::now())
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let reply = site.send(line, &lines.concat(), Bytes::new()).await;
        assert_eq!(reply.status.as_u16(), status, "{line}: {}", reply.text());
    }
}
