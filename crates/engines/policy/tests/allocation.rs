//! A decision allocates nothing, whatever its policies hold.

#![cfg(test)]

use std::alloc::System;
use std::hint::black_box;

use base::AccountId;
use policy::{Action, Attached, Keys, Kind, Layers, Outcome, Policy, Principal, RequestContext, evaluate};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const IDENTITY: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:s3:::home/*-${aws:username}-*/x"},
    {"Effect":"Allow","Action":"s3:*Obj*","NotResource":["arn:aws:s3:::b?*?c*","arn:aws:s3:::other"],"Condition":{
        "StringEqualsIgnoreCase":{"aws:username":["BOB","ALICE"]},
        "ForAnyValue:StringLike":{"aws:TagKeys":["*e*d*","x?"]},
        "NumericLessThan":{"aws:MultiFactorAuthAge":"300.5"},
        "DateGreaterThan":{"aws:CurrentTime":"1969-01-01T00:00:00Z"},
        "ArnLike":{"aws:PrincipalArn":"arn:aws:iam::${aws:PrincipalAccount}:user/*"},
        "IpAddressIfExists":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]},
        "Bool":{"aws:SecureTransport":"true"},
        "Null":{"aws:TokenIssueTime":"true"}}}]}"#;
const RESOURCE: &str = r#"{"Statement":[
    {"Effect":"Deny","NotPrincipal":{"AWS":["111111111111","arn:aws:iam::111111111111:user/alice"]},"Action":"*","Resource":"*"},
    {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"s3:Get*","Resource":"*"}]}"#;

#[test]
fn a_decision_allocates_nothing() {
    let account = AccountId::parse("111111111111").unwrap();
    let arn = "arn:aws:iam::111111111111:user/alice".to_owned();
    let principal = Principal::User { account, arn, id: "AIDAEXAMPLEEXAMPLE00".to_owned(), name: "alice".to_owned() };
    let keys =
        principal.add_keys(Keys::new()).texts("aws:TagKeys", ["blue", "red"]).number("aws:MultiFactorAuthAge", 10);
    let keys = keys.now("2013-06-30T00:00:00Z".parse().unwrap()).boolean("aws:SecureTransport", true);
    let keys = keys.address("aws:SourceIp", [10, 0, 0, 1].into());
    let (identity, resource) =
        (Policy::parse(IDENTITY, Kind::Identity).unwrap(), Policy::parse(RESOURCE, Kind::Resource).unwrap());
    let identity = [Attached { name: "identity", policy: &identity }];
    let resource = Some(Attached { name: "resource", policy: &resource });
    let layers = Layers { identity: &identity, resource, session: Some(&identity), ..Layers::default() };
    let action = Action::new("s3:GetObject");
    for (name, expected) in [("arn:aws:s3:::bucket", Outcome::Allow), ("arn:aws:s3:::other", Outcome::ImplicitDeny)] {
        let region = Region::new(ALLOCATOR);
        let request = RequestContext::new(&principal, &action, name, account, &keys);
        let outcome = black_box(evaluate(&request, &layers)).outcome;
        let mentions = black_box(identity[0].policy.mentions("aws:ResourceTag/"));
        let allocations = region.change().allocations;
        assert_eq!((outcome, mentions, allocations), (expected, false, 0), "{name}");
    }
}
