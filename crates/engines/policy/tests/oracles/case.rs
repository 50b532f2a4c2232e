//! A policy and a request, from a vocabulary so small that they often have to do with each other.

use serde_json::{Value, json};

use crate::random::Random;

/// What both sides are asked.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) policy: Value,
    pub(crate) of_resource: bool,
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) keys: Vec<(&'static str, Given)>,
}

/// A condition key's value.
#[derive(Debug, Clone)]
pub(crate) enum Given {
    Text(&'static str),
    Texts(Vec<&'static str>),
    Bool(bool),
    Number(i64),
    Time(&'static str),
    Address(&'static str),
}

/// What an oracle understands of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// Nearly everything.
    Whole,
    /// Actions and resources, and equality of texts.
    Basic,
}

pub(crate) const ALICE: &str = "arn:aws:iam::111111111111:user/alice";

const ACTIONS: [&str; 8] = [
    "s3:GetObject",
    "s3:PutObject",
    "execute-api:Invoke",
    "execute-api:Invoke",
    "iam:GetUser",
    "s3:getobject",
    "execute-api:ManageConnections",
    "s3:GetObjectAcl",
];
const ACTION_PATTERNS: [&str; 14] = [
    "*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "S3:PUTOBJECT",
    "s3:?etObject",
    "s3:*Object",
    "execute-api:*",
    "execute-api:Invoke",
    "execute-api:In*e",
    "iam:Get*",
    "iam:GetUser",
    "sqs:SendMessage",
    "execute-api:Manage*",
];
const RESOURCES: [&str; 7] = [
    "arn:aws:s3:::bucket/a",
    "arn:aws:s3:::bucket/alice/b",
    "arn:aws:s3:::other",
    "arn:aws:execute-api:eu-west-1:111111111111:api/prod/GET/pets",
    "arn:aws:execute-api:eu-west-1:111111111111:api/prod/POST/pets/1",
    "arn:aws:execute-api:us-east-1:222222222222:api2/test/GET/",
    "arn:aws:iam::111111111111:user/alice",
];
const RESOURCE_PATTERNS: [&str; 18] = [
    "*",
    "*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::bucket/a",
    "arn:aws:s3:::b?cket/a",
    "arn:aws:s3:::*",
    "arn:*:s3:::other",
    "arn:aws:s3:::bucket/${aws:username}/*",
    "arn:aws:execute-api:eu-west-1:111111111111:*",
    "arn:aws:execute-api:*:111111111111:api/*/GET/*",
    "arn:aws:execute-api:*:*:api/prod/*",
    "arn:aws:execute-api:eu-west-?:1*:api/prod/POST/pets/?",
    "arn:aws:execute-api:*:api/prod/GET/pets",
    "arn:aws:execute-api:eu-west-1:111111111111:api/prod/GET/pets",
    "arn:aws:*:*:*:api*",
    "arn:aws:iam::111111111111:user/${aws:username}",
    "arn:aws:iam::111111111111:user/${aws:PrincipalTag/team, 'alice'}",
    "arn:aws:iam::*:user/*",
];

/// Operators, a key of their type, and values to compare with.
type Family = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);
const FAMILIES: [Family; 8] = [
    (
        &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringEqualsIfExists",
            "StringNotEqualsIfExists",
        ],
        &["aws:username", "aws:PrincipalTag/team", "AWS:PrincipalTag/Team", "aws:TagKeys"],
        &["alice", "ALICE", "bob", "red", "blue", "*", "${aws:username}"],
    ),
    (
        &["StringLike", "StringNotLike", "StringLikeIfExists", "StringNotLikeIfExists"],
        &["aws:username", "aws:PrincipalTag/team", "aws:TagKeys"],
        &["a*", "*", "?ob", "r?d", "*l*", "blue"],
    ),
    (
        &[
            "ForAllValues:StringEquals",
            "ForAnyValue:StringEquals",
            "ForAllValues:StringNotEquals",
            "ForAnyValue:StringNotEquals",
            "ForAllValues:StringLike",
            "ForAnyValue:StringLike",
            "ForAnyValue:StringNotLike",
        ],
        &["aws:TagKeys", "aws:TagKeys", "aws:username"],
        &["red", "blue", "green", "r*", "alice"],
    ),
    (
        &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
            "NumericLessThanIfExists",
        ],
        &["aws:MultiFactorAuthAge"],
        &["0", "10", "10.5", "300"],
    ),
    (
        &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
            "DateGreaterThanIfExists",
        ],
        &["aws:CurrentTime", "aws:TokenIssueTime"],
        &["2013-06-30T00:00:00Z", "2013-06-30T02:00:00+02:00", "1372550400", "2020-01-01T00:00:00Z"],
    ),
    (&["Bool", "BoolIfExists"], &["aws:SecureTransport", "aws:MultiFactorAuthPresent"], &["true", "false"]),
    (
        &["IpAddress", "NotIpAddress", "IpAddressIfExists", "NotIpAddressIfExists"],
        &["aws:SourceIp"],
        &["203.0.113.0/24", "203.0.113.9", "0.0.0.0/0", "2001:db8::/32", "10.0.0.0/8"],
    ),
    (
        &["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals", "ArnLikeIfExists"],
        &["aws:SourceArn"],
        &[
            "arn:aws:sns:*:111111111111:*",
            "arn:aws:sns:eu-west-1:111111111111:topic",
            "arn:aws:sns:eu-west-1:1*:t?pic",
            "arn:aws:sns:*:topic:*",
        ],
    ),
];

impl Case {
    pub(crate) fn make(random: &mut Random, language: Language) -> Self {
        let of_resource = language == Language::Whole && random.percent(20);
        let statements: Vec<Value> = (0..=random.below(3)).map(|_| statement(random, language, of_resource)).collect();
        let version = if language == Language::Whole && random.percent(8) { "2008-10-17" } else { "2012-10-17" };
        Self {
            policy: json!({"Version": version, "Statement": statements}),
            of_resource,
            action: random.pick(&ACTIONS),
            resource: random.pick(&RESOURCES),
            keys: keys(random),
        }
    }
}

fn statement(random: &mut Random, language: Language, of_resource: bool) -> Value {
    let mut statement = serde_json::Map::new();
    statement.insert("Effect".to_owned(), random.pick(&["Allow", "Allow", "Deny"]).into());
    let not = |random: &mut Random, name: &str| format!("{}{name}", if random.percent(12) { "Not" } else { "" });
    statement.insert(not(random, "Action"), json!(random.some(&ACTION_PATTERNS)));
    statement.insert(not(random, "Resource"), json!(random.some(&RESOURCE_PATTERNS)));
    if of_resource {
        let principal = match random.below(6) {
            0 | 1 => json!("*"),
            2 => json!({"AWS": ALICE}),
            3 => json!({"AWS": ["arn:aws:iam::111111111111:user/bob", ALICE]}),
            4 => json!({"AWS": "arn:aws:iam::111111111111:user/bob"}),
            _ => json!({"AWS": "arn:aws:iam::111111111111:root"}),
        };
        statement.insert("Principal".to_owned(), principal);
    }
    match language {
        Language::Whole if random.percent(60) => {
            statement.insert("Condition".to_owned(), conditions(random));
        }
        Language::Basic if random.percent(8) => {
            statement.insert(
                "Condition".to_owned(),
                json!({"StringEquals": {"aws:username": random.pick(&["alice", "bob"])}}),
            );
        }
        Language::Whole | Language::Basic => {}
    }
    Value::Object(statement)
}

fn conditions(random: &mut Random) -> Value {
    let mut block = serde_json::Map::new();
    for _ in 0..=random.below(2) {
        if random.percent(10) {
            let absent = random.pick(&["true", "false"]);
            block.insert("Null".to_owned(), json!({random.pick(&["aws:username", "aws:TokenIssueTime"]): absent}));
            continue;
        }
        let (operators, keys, values) = random.pick(&FAMILIES);
        block.insert(random.pick(operators).to_owned(), json!({random.pick(keys): random.some(values)}));
    }
    Value::Object(block)
}

fn keys(random: &mut Random) -> Vec<(&'static str, Given)> {
    let mut keys = vec![
        ("aws:username", Given::Text(random.pick(&["alice", "bob", "a*"]))),
        ("aws:PrincipalTag/team", Given::Text(random.pick(&["red", "blue", "alice"]))),
        ("aws:TagKeys", Given::Texts(random.some(&["red", "blue", "green"]))),
        ("aws:MultiFactorAuthAge", Given::Number(random.pick(&[0, 10, 11, 300, 4_000]))),
        (
            "aws:CurrentTime",
            Given::Time(random.pick(&["2013-06-30T00:00:00Z", "2019-12-31T23:59:59Z", "2030-01-01T00:00:00Z"])),
        ),
        ("aws:TokenIssueTime", Given::Time("2013-06-30T00:00:00Z")),
        ("aws:SecureTransport", Given::Bool(random.percent(50))),
        ("aws:MultiFactorAuthPresent", Given::Bool(random.percent(50))),
        ("aws:SourceIp", Given::Address(random.pick(&["203.0.113.9", "10.1.2.3", "198.51.100.1", "2001:db8::1"]))),
        (
            "aws:SourceArn",
            Given::Text(
                random.pick(&["arn:aws:sns:eu-west-1:111111111111:topic", "arn:aws:sns:us-east-1:222222222222:other"]),
            ),
        ),
    ];
    keys.retain(|_| random.percent(70));
    keys
}
