//! Which documents are policies, and AWS's words for those that are not.

use policy::{Kind, Policy, characters};

fn refusal(text: &str, kind: Kind) -> String {
    Policy::parse(text, kind).map_or_else(|fault| fault.to_string(), |_| "ok".to_owned())
}

fn check(kind: Kind, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let text = text.replace('\'', "\"");
        assert_eq!(refusal(&text, kind), *expected, "{text}");
    }
}

const SYNTAX: &str = "Syntax errors in policy.";

#[test]
fn a_minimal_policy_of_each_kind_is_accepted() {
    let identity = "{'Statement':{'Effect':'Allow','Action':'*','Resource':'*'}}";
    let resource = "{'Version':'2008-10-17','Id':'x','Statement':[{'Sid':'a b','Effect':'Deny','Principal':'*',\
                    'NotAction':['s3:*'],'NotResource':['arn:aws:s3:::a'],'Condition':{}}]}";
    let trust = "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'sts:AssumeRole',\
                 'Principal':{'Service':'lambda.amazonaws.com','AWS':['111111111111']}}}";
    check(Kind::Identity, &[(identity, "ok"), (resource, "Policy document should not specify a principal.")]);
    check(
        Kind::Resource,
        &[(resource, "ok"), (identity, "Missing required field Principal"), (trust, "Missing required field Resource")],
    );
    let with_resource = trust.replace("'Effect'", "'Resource':'*','Effect'");
    check(Kind::Trust, &[(trust, "ok"), (&with_resource, "Has prohibited field Resource")]);
}

#[test]
fn what_is_no_policy_is_a_syntax_error() {
    check(
        Kind::Identity,
        &[
            ("", SYNTAX),
            ("null", SYNTAX),
            ("[]", SYNTAX),
            ("{}", SYNTAX),
            ("{'Statement':[]}", SYNTAX),
            ("{'Statement':'x'}", SYNTAX),
            ("{'Statement':null}", SYNTAX),
            ("{'Statement':{'Effect':'Allow','Action':'*','Resource':'*'}} x", SYNTAX),
            ("{'statement':{'Effect':'Allow','Action':'*','Resource':'*'}}", SYNTAX),
            ("{'Statement':{'Effect':'permit','Action':'*','Resource':'*'}}", SYNTAX),
            ("{'Statement':{'Action':'*','Resource':'*'}}", SYNTAX),
            ("{'Version':'2013-10-17','Statement':{}}", SYNTAX),
            ("{'Statement':{'Effect':'Allow','Action':'*','Resource':'*','Extra':1}}", SYNTAX),
            ("{'Statement':{'Effect':'Allow','Action':'*','NotAction':'*','Resource':'*'}}", SYNTAX),
            ("{'Statement':{'Effect':'Allow','Action':'*','Resource':'*','NotResource':'*'}}", SYNTAX),
            ("{'Statement':{'Effect':'Allow','Effect':'Deny','Action':'*','Resource':'*'}}", SYNTAX),
            ("{'Statement':{'Effect':'Allow','Action':{'a':1},'Resource':'*'}}", SYNTAX),
            ("{'Statement':{'Effect':'Allow','Action':[['*']],'Resource':'*'}}", SYNTAX),
            ("{'Statement':{'Effect':'Allow','Action':'*','Resource':1}}", SYNTAX),
            ("{'Version':20121017,'Statement':{'Effect':'Allow','Action':'*','Resource':'*'}}", SYNTAX),
        ],
    );
}

#[test]
fn what_is_missing_or_wrong_is_told_in_awss_words() {
    check(
        Kind::Identity,
        &[
            ("{'Statement':{'Effect':'allow','Action':'*','Resource':'*'}}", "The policy failed legacy parsing"),
            (
                "{'Statement':{'Sid':'a b','Effect':'Allow','Action':'*','Resource':'*'}}",
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression \
                 [0-9A-Za-z]*",
            ),
            ("{'Statement':{'Effect':'Allow','Resource':'*'}}", "Policy statement must contain actions."),
            ("{'Statement':{'Effect':'Allow','Action':[],'Resource':'*'}}", "Policy statement must contain actions."),
            ("{'Statement':{'Effect':'Allow','Action':'*'}}", "Policy statement must contain resources."),
            ("{'Statement':{'Effect':'Allow','Action':'*','Resource':[]}}", "Policy statement must contain resources."),
            (
                "{'Statement':[{'Sid':'a','Effect':'Allow','Action':'*','Resource':'*'},\
                 {'Sid':'a','Effect':'Allow','Action':'*','Resource':'*'}]}",
                "Statement IDs (SID) in a single policy must be unique.",
            ),
        ],
    );
}

#[test]
fn actions_are_a_service_and_a_name() {
    let vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    for (action, expected) in [
        ("*", "ok"),
        ("s3:*", "ok"),
        ("*:*", "ok"),
        ("apigateway:GET", "ok"),
        ("iam:*User?", "ok"),
        ("GetObject", vendor),
        ("", vendor),
        ("s3:Get:Object", "Actions/Condition can contain only one colon."),
        (":GetObject", "Vendor  is not valid"),
        ("s3*:GetObject", "Vendor s3* is not valid"),
        ("\u{455}3:GetObject", "Vendor \u{455}3 is not valid"),
        ("s 3:GetObject", "Vendor s 3 is not valid"),
        ("s3:", SYNTAX),
        ("s3:${aws:username}", "Actions/Condition can contain only one colon."),
        ("s3:Get Object", SYNTAX),
    ] {
        let text = format!("{{'Statement':{{'Effect':'Allow','Action':'{action}','Resource':'*'}}}}");
        check(Kind::Identity, &[(&text, expected)]);
    }
}

#[test]
fn resources_are_arns_of_known_partitions() {
    for (resource, expected) in [
        ("*", "ok"),
        ("**", "ok"),
        ("arn:aws:s3:::bucket/*", "ok"),
        ("arn:*:execute-api:*:*:*", "ok"),
        ("arn:aws:iam::111111111111:user/${aws:username}", "ok"),
        ("arn:aws:iam::111111111111:user/${aws:PrincipalTag/a b, 'x:y}'}", "ok"),
        ("", "Resource  must be in ARN format or \"*\"."),
        ("bucket", "Resource bucket must be in ARN format or \"*\"."),
        // What is left out at the end is `*`.
        ("arn:aws:sqs:*", "ok"),
        ("arn:aws:sqs", "ok"),
        ("arn:aws:sqs:eu-west-1:", "ok"),
        ("arn:aws:sqs::queue", "The policy failed legacy parsing"),
        ("arn:aws::eu-west-1:111111111111:x", "The policy failed legacy parsing"),
        ("arn:aws", "Resource vendor must be fully qualified and cannot contain regexes."),
        ("arn:aws:s3:*", "Resource arn:aws:s3:* can not contain region information."),
        (
            "arn:aws:s3:eu-west-1:111111111111:b",
            "Resource arn:aws:s3:eu-west-1:111111111111:b can not contain region information.",
        ),
        ("arn:aws:s3:eu-west-1:111111111111:accesspoint/a", "ok"),
        (
            "arn:aws:iam:eu-west-1:111111111111:user/a",
            "IAM resource arn:aws:iam:eu-west-1:111111111111:user/a cannot contain region information.",
        ),
        (
            "arn:aws:iam::111111111111:users/a",
            "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, \
             instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, \
             access-report/.",
        ),
        ("arn:aws:iam::111111111111:*", "ok"),
        ("a*:aws:s3:::b", "Resource a*:aws:s3:::b must be in ARN format or \"*\"."),
        ("execute-api:/*", "Partition \"/*\" is not valid for resource \"arn:/*:*:*:*:*\"."),
        ("arn:mars:s3:::b", "Partition \"mars\" is not valid for resource \"arn:mars:s3:::b\"."),
        ("arn:aws:s3:::${aws:username", SYNTAX),
        ("arn:aws:s3:::${}", SYNTAX),
        ("arn:aws:s3:::${a,b}", SYNTAX),
        ("arn:aws:s3:::${a,'b}", SYNTAX),
    ] {
        let text = format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"{resource}\"}}}}"
        );
        assert_eq!(refusal(&text, Kind::Identity), expected, "{resource}");
    }
}

#[test]
fn principals_are_somebody() {
    for (principal, good) in [
        ("'*'", true),
        ("{'AWS':'*'}", true),
        ("{'AWS':['111111111111','arn:aws:iam::111111111111:root']}", true),
        ("{'AWS':'arn:aws:iam::111111111111:user/a/b'}", true),
        ("{'AWS':'arn:aws:iam::111111111111:role/r'}", true),
        ("{'AWS':'arn:aws:sts::111111111111:assumed-role/r/s'}", true),
        ("{'AWS':'arn:aws:sts::111111111111:federated-user/f'}", true),
        ("{'AWS':'AIDAEXAMPLEEXAMPLE00'}", true),
        ("{'Service':['a.amazonaws.com','b.amazonaws.com'],'AWS':'*'}", true),
        ("{'Federated':'cognito-identity.amazonaws.com'}", true),
        ("{'Federated':'arn:aws:iam::111111111111:saml-provider/idp'}", true),
        ("'alice'", false),
        ("{}", false),
        ("{'AWS':[]}", false),
        ("{'AWS':''}", false),
        ("{'AWS':'11111111111'}", false),
        ("{'AWS':'arn:aws:iam::111111111111:user/*'}", false),
        ("{'AWS':'arn:aws:iam::111111111111:user/'}", false),
        ("{'AWS':'arn:aws:iam::*:root'}", false),
        ("{'AWS':'arn:aws:iam::111111111111:group/g'}", false),
        ("{'AWS':'arn:aws:s3:::bucket'}", false),
        ("{'Service':'*'}", false),
        ("{'Service':'lambda'}", false),
        ("{'Federated':'*'}", false),
        ("{'CanonicalUser':'79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be'}", false),
        ("{'Other':'x'}", false),
        ("['*']", false),
        ("7", false),
    ] {
        let text = format!("{{'Statement':{{'Effect':'Allow','Principal':{principal},'Action':'*','Resource':'*'}}}}");
        let answer = refusal(&text.replace('\'', "\""), Kind::Resource);
        assert_eq!(answer == "ok", good, "{principal}: {answer}");
    }
}

#[test]
fn condition_operators_and_values_are_checked_when_the_policy_is_set() {
    for (condition, good) in [
        ("{'StringEquals':{'aws:username':'x'}}", true),
        ("{'StringEquals':{'aws:username':[]}}", true),
        ("{'NumericLessThan':{'s3:max-keys':10}}", true),
        ("{'Bool':{'aws:SecureTransport':false}}", true),
        ("{'Bool':{'aws:SecureTransport':'False'}}", true),
        ("{'Null':{'aws:TokenIssueTime':'true'}}", true),
        ("{'ForAnyValue:StringLikeIfExists':{'aws:TagKeys':['a*']}}", true),
        ("{'ArnLike':{'aws:SourceArn':'*'}}", true),
        ("{'stringequals':{'aws:username':'x'}}", false),
        ("{'StringMatches':{'aws:username':'x'}}", false),
        ("{'ForSomeValue:StringEquals':{'aws:username':'x'}}", false),
        ("{'NullIfExists':{'aws:username':'true'}}", false),
        ("{'ForAnyValue:Null':{'aws:username':'true'}}", false),
        ("{'StringEquals':{'username':'x'}}", false),
        ("{'StringEquals':'x'}", false),
        ("{'StringEquals':{'aws:username':{'a':'b'}}}", false),
        ("{'StringEquals':{'aws:username':null}}", false),
        ("{'StringEquals':{'aws:username':'${aws:username'}}", false),
        ("{'StringEquals':{'aws:username':'a','AWS:UserName':'b'}}", false),
        ("{'IpAddress':{'aws:SourceIp':'10.0.0.0/33'}}", false),
        ("{'NotIpAddress':{'aws:SourceIp':['10.0.0.0/8','10.0.0.0.0']}}", false),
        ("{'NumericLessThan':{'s3:max-keys':'ten'}}", false),
        ("{'NumericLessThan':{'s3:max-keys':'${aws:EpochTime}'}}", false),
        ("{'DateLessThan':{'aws:CurrentTime':'tomorrow'}}", false),
        ("{'Bool':{'aws:SecureTransport':'yes'}}", false),
        ("{'Null':{'aws:username':'maybe'}}", false),
        ("{'BinaryEquals':{'a:b':'%'}}", false),
        ("{'ArnLike':{'aws:SourceArn':'arn:aws:s3'}}", false),
    ] {
        let text = format!(
            "{{'Version':'2012-10-17','Statement':{{'Effect':'Allow','Action':'*','Resource':'*','Condition':{condition}}}}}"
        );
        let answer = refusal(&text.replace('\'', "\""), Kind::Identity);
        assert_eq!(answer == "ok", good, "{condition}: {answer}");
    }
}

#[test]
fn sizes_count_without_white_space_and_are_bounded() {
    let policy = |padding: usize, sid: usize| {
        format!(
            r#"{{"Statement":{}{{"Sid":"{}","Effect":"Allow","Action":"*","Resource":"*"}}}}"#,
            " ".repeat(padding),
            "a".repeat(sid)
        )
    };
    assert_eq!(characters("a b\n\tc"), 3);
    let quota = "Cannot exceed quota for PolicySize: 10240";
    for (text, expected) in [
        (policy(20_000, 10), "ok"),
        (policy(0, 10_200), quota),
        (policy(1_000_000, 0), quota),
        (policy(0, 10_100), "ok"),
    ] {
        assert_eq!(refusal(&text, Kind::Identity), expected);
    }
}

#[test]
fn the_owner_learns_more_than_awss_words() {
    for (text, expected) in [
        ("{'Statement':[],'Statement':[]}", "the key `Statement` is there twice"),
        ("{'Stetement':[]}", "the element `Stetement` is not known"),
        (
            "{'Statement':{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'IpAddress':{'aws:SourceIp':'x'}}}}",
            "condition `IpAddress` on `aws:SourceIp`: `x` is no such value",
        ),
    ] {
        let fault = Policy::parse(&text.replace('\'', "\""), Kind::Identity).unwrap_err();
        assert!(fault.detail().contains(expected), "{}", fault.detail());
    }
}

#[test]
fn of_several_faults_the_one_that_aws_looks_for_first_is_told() {
    let statement = |effect: &str, sid: &str, action: &str, resource: &str| {
        format!("{{'Sid':'{sid}','Effect':'{effect}','Action':{action},'Resource':'{resource}'}}")
    };
    let many = [
        statement("Allow", "a", "'GetObject'", "*"),
        statement("Allow", "b", "'*'", "bucket"),
        statement("Allow", "c", "[]", "*"),
        statement("Allow", "c", "'*'", "*"),
        statement("allow", "d", "'*'", "*"),
        statement("Permit", "e", "'*'", "*"),
    ];
    for (count, expected) in [
        (1, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        (2, "Resource bucket must be in ARN format or \"*\"."),
        (3, "Policy statement must contain actions."),
        (5, "The policy failed legacy parsing"),
        (6, SYNTAX),
    ] {
        let text = format!("{{'Statement':[{}]}}", many[..count].join(","));
        check(Kind::Identity, &[(&text, expected)]);
    }
}

#[test]
fn a_trust_policy_is_about_assuming_the_role_and_nothing_else() {
    let assume = "AssumeRole policy may only specify STS AssumeRole actions.";
    for (action, principal, expected) in [
        ("sts:AssumeRole", "'Principal':'*'", "ok"),
        ("sts:assumerolewithwebidentity", "'Principal':{'Federated':'accounts.google.com'}", "ok"),
        ("sts:TagSession", "'Principal':'*'", "ok"),
        ("sts:Assume*", "'Principal':'*'", "ok"),
        ("sts:TagSessions", "'Principal':'*'", assume),
        ("s3:GetObject", "'Principal':'*'", assume),
        ("*", "'Principal':'*'", assume),
        ("sts:AssumeRole", "'NotPrincipal':'*'", "Has prohibited field NotPrincipal"),
        ("sts:AssumeRole", "'Principal':{'AWS':'nobody'}", "Invalid principal in policy: \"AWS\":\"nobody\""),
        ("sts:AssumeRole", "'Sid':''", "Missing required field Principal"),
    ] {
        let text = format!("{{'Statement':{{'Effect':'Allow','Action':'{action}',{principal}}}}}");
        check(Kind::Trust, &[(&text, expected)]);
    }
}

#[test]
fn a_policy_tells_its_version() {
    for (version, expected) in
        [("", "2008-10-17"), ("'Version':'2008-10-17',", "2008-10-17"), ("'Version':'2012-10-17',", "2012-10-17")]
    {
        let text = format!("{{{version}'Statement':{{'Effect':'Allow','Action':'*','Resource':'*'}}}}");
        assert_eq!(Policy::parse(&text.replace('\'', "\""), Kind::Identity).unwrap().version(), expected);
    }
}
