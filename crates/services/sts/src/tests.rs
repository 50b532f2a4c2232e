//! The operations, called as `control` calls them once they are authorized.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use base::id::AccessKeyId;
use base::{AccountId, Region, Scope, Secret, Timestamp};
use model::iam::{OidcProvider, Role, Session, authorization_message};
use operation::testing::{ACCOUNT, FOREIGN, World, text};
use operation::{Claims, Credentials, Kind, Principal, Transaction, Untrue, WebTokens};
use serde_json::{Value as Json, json};

const ISSUER: &str = "issuer.example/realm";

fn account(digits: &str) -> AccountId {
    AccountId::parse(digits).unwrap()
}

fn role(name: &str, trust: &Json) -> Role {
    Role {
        account: account(ACCOUNT),
        name: name.to_owned(),
        path: "/team/".to_owned(),
        id: "AROAAAAAAAAAAAAAAAAAA".to_owned(),
        created: Timestamp::UNIX_EPOCH,
        description: None,
        max_session_s: 7200,
        trust: trust.to_string(),
        trusted_ids: BTreeMap::new(),
        tags: BTreeMap::from([("kind".to_owned(), "test".to_owned())]),
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
        boundary: None,
    }
}

fn trust(principal: &Json, action: &Json, condition: &Json) -> Json {
    let statement = json!({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

async fn put<R: model::Record>(world: &World, record: &R) {
    let resources = world.ports.resources.as_ref();
    let mut tx = Transaction::begin(resources, Kind::Write).await.unwrap();
    tx.put(&Scope { account: account(ACCOUNT), region: Region::global() }, record).unwrap();
    resources.commit(tx.into_batch()).await.unwrap();
}

async fn world() -> World {
    let world = World::new(crate::service()).await;
    put(&world, &role("ops", &trust(&json!({"AWS": ACCOUNT}), &json!("sts:AssumeRole"), &json!({})))).await;
    world
}

fn user() -> Principal {
    Principal::User {
        account: account(ACCOUNT),
        arn: format!("arn:aws:iam::{ACCOUNT}:user/alice"),
        id: "AIDAAAAAAAAAAAAAAAAAA".to_owned(),
        name: "alice".to_owned(),
        credentials: Credentials::long_term(AccessKeyId::parse("AKIATEST").unwrap()),
    }
}

fn input(with: Json) -> Json {
    let mut input = json!({"RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/team/ops"), "RoleSessionName": "monday"});
    let Json::Object(with) = with else { panic!("members") };
    input.as_object_mut().unwrap().extend(with);
    input
}

/// The session that credentials open.
fn opened(world: &World, answer: &Json) -> Session {
    let credentials = &answer["Credentials"];
    let id = AccessKeyId::parse(&text(credentials, "AccessKeyId")).unwrap();
    let session = Session::open(&world.ports.master_key, &id, &text(credentials, "SessionToken")).unwrap();
    assert_eq!(session.secret, Secret::new(text(credentials, "SecretAccessKey")));
    session
}

/// Somebody who signs with the credentials of an answer.
fn holder(world: &World, answer: &Json) -> Principal {
    let session = Arc::new(opened(world, answer));
    Principal::AssumedRole {
        account: session.account,
        role_arn: format!("arn:aws:iam::{ACCOUNT}:role/team/ops"),
        session_arn: text(&answer["AssumedRoleUser"], "Arn"),
        role_id: "AROAAAAAAAAAAAAAAAAAA".to_owned(),
        session_name: "monday".to_owned(),
        credentials: Credentials { access_key: session.access_key.clone(), session: Some(session) },
    }
}

#[test]
fn every_operation_of_the_api_is_served_or_refused_once() {
    let service = crate::service();
    let served = service.operations.iter().map(|known| known.spec.name);
    let mut names: Vec<_> = served.chain(service.refused.iter().map(|known| known.name)).collect();
    names.sort_unstable();
    let expected = [
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "AssumeRoot",
        "DecodeAuthorizationMessage",
        "GetAccessKeyInfo",
        "GetCallerIdentity",
        "GetDelegatedAccessToken",
        "GetFederationToken",
        "GetScopedCredentials",
        "GetSessionToken",
        "GetWebIdentityToken",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_role_is_assumed() {
    let world = world().await;
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let answer = world
        .call_as(
            &user(),
            "AssumeRole",
            input(json!({
                "DurationSeconds": 7200, "Policy": policy, "SourceIdentity": "alice", "ExternalId": "x:1",
                "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}],
                "Tags": [{"Key": "Team", "Value": "a"}, {"Key": "cost", "Value": "b"}], "TransitiveTagKeys": ["team"],
            })),
        )
        .await
        .unwrap();
    assert_eq!(text(&answer["AssumedRoleUser"], "Arn"), format!("arn:aws:sts::{ACCOUNT}:assumed-role/ops/monday"));
    assert_eq!(text(&answer["AssumedRoleUser"], "AssumedRoleId"), "AROAAAAAAAAAAAAAAAAAA:monday");
    assert!((1..=100).contains(&answer["PackedPolicySize"].as_i64().unwrap()));
    let session = opened(&world, &answer);
    assert_eq!(session.expires.as_second() - session.issued.as_second(), 7200);
    assert_eq!((session.policy.as_deref(), session.chained), (Some(policy), false));
    assert_eq!(session.transitive, BTreeSet::from(["Team".to_owned()]));

    // From session to session: tags that are transitive follow, the source identity too, and an hour is the end.
    let chained = holder(&world, &answer);
    let next = world.call_as(&chained, "AssumeRole", input(json!({}))).await.unwrap();
    let session = opened(&world, &next);
    assert_eq!(session.tags, BTreeMap::from([("Team".to_owned(), "a".to_owned())]));
    assert_eq!((session.source_identity.as_deref(), session.chained), (Some("alice"), true));
    for (with, message) in [
        (json!({"DurationSeconds": 3601}), "the 1 hour session limit for roles assumed by role chaining."),
        (json!({"SourceIdentity": "bob"}), "can't be changed"),
        (
            json!({"Tags": [{"Key": "TEAM", "Value": "b"}]}),
            "conflicts with a transitive tag key from the calling session.",
        ),
    ] {
        let (code, told) = world.call_as(&chained, "AssumeRole", input(with)).await.unwrap_err();
        assert!(code == "ValidationError" && told.contains(message), "{code} {told}");
    }
}

#[tokio::test]
async fn what_cannot_be_assumed_is_refused_in_awss_words() {
    let world = world().await;
    let arn = |name: &str| json!({"RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/{name}")});
    let noise = (0..50)
        .map(|at| json!({"Key": format!("{at}{}", base::id::random_text(100)), "Value": base::id::random_text(200)}));
    let many: Vec<_> = (0..11).map(|at| json!({"arn": format!("arn:aws:iam::aws:policy/P{at}")})).collect();
    for (with, code, message) in [
        (
            arn("none"),
            "AccessDenied",
            "is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/none",
        ),
        (arn("ops"), "AccessDenied", "role/ops"),
        (json!({"RoleArn": "nonsense-that-is-long-enough"}), "ValidationError", "is invalid"),
        (json!({"RoleSessionName": "a"}), "ValidationError", "greater than or equal to 2"),
        (json!({"RoleSessionName": "a b"}), "ValidationError", "regular expression"),
        (json!({"DurationSeconds": 899}), "ValidationError", "greater than or equal to 900"),
        (
            json!({"DurationSeconds": 7201}),
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        (json!({"ExternalId": "x"}), "ValidationError", "externalId"),
        (json!({"SourceIdentity": "a b"}), "ValidationError", "sourceIdentity"),
        (json!({"SerialNumber": "arn:aws:iam::1:mfa/x", "TokenCode": "123456"}), "ValidationError", "is not enforced"),
        (json!({"ProvidedContexts": [{}]}), "ValidationError", "is not enforced"),
        (json!({"Policy": "{}"}), "MalformedPolicyDocument", ""),
        (json!({"Policy": " ".repeat(2049)}), "ValidationError", "less than or equal to 2048"),
        (json!({"PolicyArns": many}), "ValidationError", "less than or equal to 10"),
        (
            json!({"PolicyArns": [{"arn": "arn:aws:iam::999999999999:policy/theirs"}]}),
            "ValidationError",
            "does not exist or is not attachable",
        ),
        (json!({"TransitiveTagKeys": ["x"]}), "ValidationError", "must be included in the requested tags"),
        (json!({"Tags": noise.collect::<Vec<_>>()}), "PackedPolicyTooLarge", "% of allotted space"),
    ] {
        let (found, told) = world.call_as(&user(), "AssumeRole", input(with.clone())).await.unwrap_err();
        assert!(found == code && told.contains(message), "{with}: {found} {told}");
    }
    let (code, message) = world.refused("AssumeRole", input(json!({}))).await;
    assert_eq!((code.as_str(), message.as_str()), ("AccessDenied", "Roles may not be assumed by root accounts."));
}

#[tokio::test]
async fn a_session_token_has_its_callers_own_permissions() {
    let world = world().await;
    let answer = world.call_as(&user(), "GetSessionToken", json!({})).await.unwrap();
    let session = opened(&world, &answer);
    assert_eq!(session.expires.as_second() - session.issued.as_second(), 43_200);
    assert_eq!(text(&answer["Credentials"], "AccessKeyId").len(), 20);
    let root = world.ok("GetSessionToken", json!({"DurationSeconds": 7200})).await;
    let session = opened(&world, &root);
    assert_eq!(session.expires.as_second() - session.issued.as_second(), 3600);
    let holder = Principal::Root {
        account: session.account,
        credentials: Credentials { access_key: session.access_key.clone(), session: Some(Arc::new(session)) },
    };
    let (code, message) = world.call_as(&holder, "GetSessionToken", json!({})).await.unwrap_err();
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("AccessDenied", "Cannot call GetSessionToken with session credentials")
    );
    for with in [json!({"DurationSeconds": 129_601}), json!({"TokenCode": "123456"})] {
        assert_eq!(world.call_as(&user(), "GetSessionToken", with).await.unwrap_err().0, "ValidationError");
    }
}

#[tokio::test]
async fn a_key_tells_its_account() {
    let world = world().await;
    let answer = world.call_as(&user(), "GetSessionToken", json!({})).await.unwrap();
    let id = text(&answer["Credentials"], "AccessKeyId");
    assert_eq!(world.ok("GetAccessKeyInfo", json!({"AccessKeyId": id})).await, json!({"Account": ACCOUNT}));
    for bad in ["AKIA", "AKIAAAAAAAAAAAAAAAAA", "a/b/c/d/e/f/g/h/i"] {
        let (code, _) = world.refused("GetAccessKeyInfo", json!({"AccessKeyId": bad})).await;
        assert_eq!(code, "ValidationError", "{bad}");
    }
}

#[tokio::test]
async fn a_message_is_decoded_for_its_own_account() {
    let world = world().await;
    let message = authorization_message::seal(&world.ports.master_key, account(ACCOUNT), "{}").unwrap();
    let decoded = world.ok("DecodeAuthorizationMessage", json!({"EncodedMessage": message})).await;
    assert_eq!(decoded, json!({"DecodedMessage": "{}"}));
    let input = json!({"EncodedMessage": message});
    let (code, _) = world.call_as(&World::root(FOREIGN), "DecodeAuthorizationMessage", input).await.unwrap_err();
    assert_eq!(code, "InvalidAuthorizationMessageException");
    let (_, message) = world.refused("DecodeAuthorizationMessage", json!({"EncodedMessage": "x"})).await;
    assert_eq!(message, "Message is not valid");
}

/// Believes every token that says `good`.
#[derive(Debug)]
struct Believer;

#[async_trait]
impl WebTokens for Believer {
    fn issuer(&self, token: &str) -> Result<String, Untrue> {
        Ok(if token.contains("elsewhere") { "elsewhere.example".to_owned() } else { ISSUER.to_owned() })
    }

    async fn prove(&self, token: &str, _: &OidcProvider, _: Timestamp) -> Result<Claims, Untrue> {
        let tags = token.contains("tagged").then(|| ("team".to_owned(), "a".to_owned()));
        match token {
            "expired" => Err(Untrue::Expired("Token expired".to_owned())),
            _ if token.contains("good") => Ok(Claims {
                subject: token.to_owned(),
                audience: "app".to_owned(),
                audiences: vec!["app".to_owned()],
                methods: vec!["pwd".to_owned()],
                tags: tags.into_iter().collect(),
                transitive: Vec::new(),
                source_identity: None,
            }),
            _ => Err(Untrue::Invalid("no".to_owned())),
        }
    }
}

#[tokio::test]
async fn a_web_identity_becomes_a_session_where_the_role_trusts_it() {
    let mut world = World::new(crate::service()).await;
    world.ports.web_tokens = Arc::new(Believer);
    let provider = OidcProvider {
        account: account(ACCOUNT),
        issuer: ISSUER.to_owned(),
        client_ids: BTreeSet::from(["app".to_owned()]),
        thumbprints: Vec::new(),
        created: Timestamp::UNIX_EPOCH,
        tags: BTreeMap::new(),
    };
    put(&world, &provider).await;
    let federated = json!({"Federated": provider.arn()});
    let condition = json!({"StringEquals": {
        format!("{ISSUER}:sub"): ["good", "good tagged"], format!("{ISSUER}:aud"): "app", format!("{ISSUER}:amr"): "pwd",
    }});
    put(&world, &role("ops", &trust(&federated, &json!("sts:AssumeRoleWithWebIdentity"), &condition))).await;
    let nobody = Principal::Unsigned { account: account(FOREIGN) };
    let ask = async |token: &str, with: Json| {
        let mut input = input(with);
        input["WebIdentityToken"] = json!(token);
        world.call_as(&nobody, "AssumeRoleWithWebIdentity", input).await
    };
    let answer = ask("good", json!({})).await.unwrap();
    assert_eq!(text(&answer, "SubjectFromWebIdentityToken"), "good");
    assert_eq!((text(&answer, "Provider"), text(&answer, "Audience")), (provider.arn(), "app".to_owned()));
    assert_eq!(opened(&world, &answer).web_identity.unwrap().subject, "good");
    for (token, with, code, message) in [
        ("good but another", json!({}), "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"),
        // Nothing allows sts:TagSession.
        ("good tagged", json!({}), "AccessDenied", "Not authorized"),
        (
            "good",
            json!({"RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/team/none")}),
            "AccessDenied",
            "Not authorized",
        ),
        (
            "good",
            json!({"RoleArn": format!("arn:aws:iam::{FOREIGN}:role/team/ops")}),
            "InvalidIdentityToken",
            "https://issuer.example/realm",
        ),
        (
            "elsewhere",
            json!({}),
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://elsewhere.example",
        ),
        ("expired", json!({}), "ExpiredTokenException", "Token expired"),
        ("forged", json!({}), "InvalidIdentityToken", "no"),
        ("x", json!({}), "ValidationError", "webIdentityToken"),
        (&"x".repeat(1_000_000), json!({}), "ValidationError", "webIdentityToken"),
        ("good", json!({"ProviderId": "www.amazon.com"}), "ValidationError", "is not enforced"),
        ("good", json!({"DurationSeconds": 7201}), "ValidationError", "MaxSessionDuration"),
    ] {
        let (found, told) = ask(token, with.clone()).await.unwrap_err();
        assert!(found == code && told.contains(message), "{token:.20} {with}: {found} {told}");
    }
}
