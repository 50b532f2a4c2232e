//! Which condition keys are ever filled in here, so that no policy relies on one that never is.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
//!
//! SECURITY: a statement that becomes more permissive when a key is absent must not be stored if AWS would send the key
//! and Portcullis never does: it would be open without anybody having said so. [`silently_open`] finds such keys.

use policy::Policy;

/// Prefixes of the keys that are judged here. Keys of other services concern calls that are not served.
const OURS: &[&str] = &["aws:", "iam:", "sts:", "apigateway:", "execute-api:", "portcullis:", "cloudtrail:", "lambda:"];

/// Keys that are there whenever AWS documents them, in lower case. One that ends in `/` stands for a family.
#[rustfmt::skip]
const SUPPLIED: &[(&str, &str)] = &[
    // What every request has.
    ("aws:currenttime", "always"),
    ("aws:epochtime", "always"),
    ("aws:securetransport", "always"),
    ("aws:sourceip", "always; nothing stands between a caller and its address here"),
    ("aws:requestedregion", "always"),
    ("aws:useragent", "when the caller sends it"),
    ("aws:referer", "when the caller sends it"),
    // Who asks.
    ("aws:principalarn", "when it is signed"),
    ("aws:principalaccount", "when it is signed"),
    ("aws:principaltype", "always; `Anonymous` when it is not signed"),
    ("aws:principalisawsservice", "always"),
    ("aws:principaltag/", "when the user, role or session has the tag"),
    ("aws:userid", "when it is signed"),
    ("aws:username", "when a user signed"),
    ("aws:tokenissuetime", "when it is signed with temporary credentials"),
    ("aws:multifactorauthpresent", "when it is signed with temporary credentials"),
    ("aws:multifactorauthage", "when a second factor was shown for temporary credentials"),
    ("aws:sourceidentity", "when the session has one"),
    ("aws:federatedprovider", "when a web identity got the session"),
    // What is asked for.
    ("aws:requesttag/", "when a call sets the tag"),
    ("aws:tagkeys", "when a call sets or removes tags"),
    ("aws:resourcetag/", "when the resource of a management call has the tag"),
    ("iam:resourcetag/", "when the user, role or policy of a call to IAM has the tag"),
    ("iam:policyarn", "when a call attaches or detaches a managed policy"),
    ("iam:permissionsboundary", "when a call sets a boundary, or changes permissions of somebody who has one"),
    ("iam:passedtoservice", "when a role is passed"),
    ("sts:externalid", "when a role is assumed with one"),
    ("sts:rolesessionname", "when a role is assumed"),
    ("sts:sourceidentity", "when a role is assumed with one"),
    ("sts:transitivetagkeys", "when a role is assumed with transitive tags"),
    ("lambda:principal", "when a call adds a permission"),
    ("lambda:layer", "when a call gives a function layers"),
    // Absent in AWS too, outside a feature that does not exist here: policies that ask for them are judged as AWS does.
    ("aws:sourcevpc", "absent: nothing comes through a VPC endpoint"),
    ("aws:sourcevpcarn", "absent: nothing comes through a VPC endpoint"),
    ("aws:sourcevpce", "absent: nothing comes through a VPC endpoint"),
    ("aws:vpcsourceip", "absent: nothing comes through a VPC endpoint"),
    ("aws:vpceaccount", "absent: nothing comes through a VPC endpoint"),
    ("aws:vpceorgid", "absent: nothing comes through a VPC endpoint"),
    ("aws:vpceorgpaths", "absent: nothing comes through a VPC endpoint"),
    ("aws:principalorgid", "absent: no account is in an organization"),
    ("aws:principalorgpaths", "absent: no account is in an organization"),
    ("aws:resourceorgid", "absent: no account is in an organization"),
    ("aws:resourceorgpaths", "absent: no account is in an organization"),
    ("aws:sourceorgid", "absent: no account is in an organization"),
    ("aws:sourceorgpaths", "absent: no account is in an organization"),
    ("aws:principalservicename", "absent: no service of AWS calls"),
    ("aws:principalservicenameslist", "absent: no service of AWS calls"),
    ("aws:sourceaccount", "when API Gateway invokes a function or takes on a role"),
    ("aws:sourcearn", "when API Gateway invokes a function or takes on a role"),
    ("aws:calledvia", "absent: no service calls another on somebody's behalf"),
    ("aws:calledviafirst", "absent: no service calls another on somebody's behalf"),
    ("aws:calledvialast", "absent: no service calls another on somebody's behalf"),
    ("aws:chatbotsourcearn", "absent: there is no chat"),
    ("aws:assumedroot", "absent: nobody assumes root"),
    ("aws:ec2instancesourcevpc", "absent: no instance gets credentials"),
    ("aws:ec2instancesourceprivateipv4", "absent: no instance gets credentials"),
    ("iam:associatedresourcearn", "absent: roles are passed to no resource that AWS names"),
    ("iam:awsservicename", "absent: calls about service-linked roles are refused"),
    ("iam:organizationspolicyid", "absent: no account is in an organization"),
    ("sts:awsservicename", "absent: bearer tokens are refused"),
    ("sts:taskpolicyarn", "absent: nobody assumes root"),
    ("lambda:vpcids", "absent: calls that set a network of AWS's are refused"),
    ("lambda:subnetids", "absent: calls that set a network of AWS's are refused"),
    ("lambda:securitygroupids", "absent: calls that set a network of AWS's are refused"),
    ("lambda:codesigningconfigarn", "absent: calls that set code signing are refused"),
    ("lambda:functionurlauthtype", "absent: calls about function URLs are refused"),
    ("lambda:functionarn", "absent: calls about event sources are refused"),
    ("lambda:sourcefunctionarn", "absent: functions get no credentials"),
    ("lambda:eventsourcetoken", "absent: permissions that ask for one are refused"),
];

/// Whether a key is there whenever AWS says so. Keys of services that are not served here count as such.
pub fn is_supplied(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    if !OURS.iter().any(|prefix| key.starts_with(prefix)) {
        return true;
    }
    SUPPLIED.iter().any(|(known, _)| match known.strip_suffix('/') {
        Some(_) => key.len() > known.len() && key.starts_with(known),
        None => key == *known,
    })
}

/// The first key of a policy that nothing here ever fills in, though the policy allows more, or denies less, without it.
pub fn silently_open(policy: &Policy) -> Option<&str> {
    policy.condition_keys().find(|(key, _, fails_open)| *fails_open && !is_supplied(key)).map(|(key, _, _)| key)
}

#[cfg(test)]
mod tests {
    use policy::Kind;

    use super::*;

    fn open(effect: &str, condition: &str) -> Option<String> {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{condition}}}}}"#
        );
        let policy = Policy::parse(&text, Kind::Identity).expect("a good policy");
        silently_open(&policy).map(str::to_owned)
    }

    #[test]
    fn a_key_that_is_never_filled_in_must_not_open() {
        for (effect, condition, key) in [
            (
                "Deny",
                r#"{"StringEquals":{"apigateway:Request/EndpointType":"EDGE"}}"#,
                Some("apigateway:Request/EndpointType"),
            ),
            (
                "Allow",
                r#"{"StringNotEquals":{"apigateway:Request/EndpointType":"EDGE"}}"#,
                Some("apigateway:Request/EndpointType"),
            ),
            ("Allow", r#"{"StringEquals":{"apigateway:Request/EndpointType":"EDGE"}}"#, None),
            ("Deny", r#"{"StringEquals":{"AWS:NoSuchKey":"x"}}"#, Some("AWS:NoSuchKey")),
            ("Deny", r#"{"StringEquals":{"aws:PrincipalTag/team":"x"}}"#, None),
            ("Deny", r#"{"StringEquals":{"aws:PrincipalTag/":"x"}}"#, Some("aws:PrincipalTag/")),
            ("Allow", r#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}"#, None),
            ("Deny", r#"{"StringEquals":{"s3:prefix":"x"}}"#, None),
        ] {
            assert_eq!(open(effect, condition).as_deref(), key, "{effect} {condition}");
        }
    }

    /// Callers from the internet have none of these in AWS either, so policies that ask for them are taken; what they
    /// decide without the keys is in the engine's tests.
    #[test]
    fn policies_about_endpoints_and_organizations_are_taken() {
        for key in ["aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"]
        {
            for (effect, condition) in [
                ("Deny", format!(r#"{{"StringNotEquals":{{"{key}":"x"}}}}"#)),
                ("Allow", format!(r#"{{"StringNotEqualsIfExists":{{"{key}":"x"}}}}"#)),
                ("Allow", format!(r#"{{"Null":{{"{key}":"true"}}}}"#)),
            ] {
                assert_eq!(open(effect, &condition), None, "{effect} {condition}");
            }
        }
    }

    #[test]
    fn whatever_tells_of_a_caller_is_in_the_table() {
        let now = base::Timestamp::UNIX_EPOCH;
        let account = base::AccountId::parse("111111111111").expect("an account");
        let text = |text: &str| text.to_owned();
        let (arn, id, name) = (text("arn:aws:iam::111111111111:user/bob"), text("AIDABOB"), text("bob"));
        let (role_arn, session_arn) = (text("arn:role"), text("arn:session"));
        let user = policy::Principal::User { account, arn, id, name };
        let (id, session) = (text("AROAOPS"), text("s"));
        let role = policy::Principal::AssumedRole { account, role_arn, session_arn, id, session };
        for principal in [user, role, policy::Principal::Root { account }, policy::Principal::Anonymous] {
            let keys = principal.add_keys(policy::Keys::new().now(now).temporary_credentials(now, Some(1)));
            for (key, _) in keys.each() {
                assert!(is_supplied(key), "{key} of {principal:?}");
            }
        }
    }

    #[test]
    fn the_table_is_in_lower_case_without_doubles() {
        let mut seen = std::collections::BTreeSet::new();
        for (key, when) in SUPPLIED {
            assert!(*key == key.to_ascii_lowercase() && seen.insert(key) && !when.is_empty(), "{key}");
            assert!(OURS.iter().any(|prefix| key.starts_with(prefix)), "{key}");
        }
    }
}
