//! What this crate says about a case.

use base::AccountId;
use policy::{Action, Keys, Kind, Opinion, Policy, Principal, RequestContext};

use crate::case::{ALICE, Case, Given};

pub(crate) fn opinion(case: &Case) -> &'static str {
    let kind = if case.of_resource { Kind::Resource } else { Kind::Identity };
    let policy = Policy::parse(&case.policy.to_string(), kind).unwrap_or_else(|fault| panic!("{fault:?}: {case:?}"));
    let account = AccountId::parse("111111111111").unwrap();
    let principal = Principal::User {
        account,
        arn: ALICE.to_owned(),
        id: "AIDAEXAMPLEEXAMPLE00".to_owned(),
        name: "alice".to_owned(),
    };
    let keys = case.keys.iter().fold(Keys::new(), |keys, (name, given)| match given {
        Given::Text(text) => keys.text(name, *text),
        Given::Texts(texts) => keys.texts(name, texts.iter().copied()),
        Given::Bool(value) => keys.boolean(name, *value),
        Given::Number(value) => keys.number(name, *value),
        Given::Time(text) => keys.time(name, text.parse().unwrap()),
        Given::Address(text) => keys.address(name, text.parse().unwrap()),
    });
    let action = Action::new(case.action);
    match policy.opinion(&RequestContext::new(&principal, &action, case.resource, account, &keys)) {
        Opinion::Allows(..) => "allows",
        Opinion::Denies(_) => "denies",
        Opinion::Silent => "silent",
    }
}
