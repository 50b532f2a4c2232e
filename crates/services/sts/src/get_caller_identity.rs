//! GetCallerIdentity: who signed this call.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use base::Scope;
use operation::{Call, Failure, Operation, Principal, Spec};

/// The operation.
pub(crate) struct GetCallerIdentity;

/// Nothing.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetCallerIdentityRequest")]
pub(crate) struct Input {}

/// The caller in AWS's three words.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "GetCallerIdentityResponse", upper)]
pub(crate) struct Output {
    user_id: String,
    account: String,
    arn: String,
}

impl Operation for GetCallerIdentity {
    // AWS answers even a caller whom a policy denies it: the same words stand in the message of the denial.
    const SPEC: Spec = Spec::read("GetCallerIdentity", "sts:GetCallerIdentity").always_allowed();
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(_: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        Ok(Output::of(call.principal))
    }
}

impl Output {
    fn of(caller: &Principal) -> Self {
        Self { user_id: caller.user_id(), account: caller.account().to_string(), arn: caller.arn() }
    }
}

#[cfg(test)]
mod tests {
    use base::AccountId;
    use base::id::AccessKeyId;
    use operation::Credentials;
    use wire::Shape;

    use super::*;

    #[test]
    fn the_root_user_is_named_by_its_account() {
        let account = AccountId::parse("123456789012").unwrap();
        let root = Principal::Root {
            account,
            credentials: Credentials::long_term(AccessKeyId::parse("AKIAEXAMPLE").unwrap()),
        };
        let value = Output::of(&root).to_value().unwrap();
        let text = |name| value.get(name).and_then(wire::Value::as_text);
        assert_eq!(
            (text("UserId"), text("Account"), text("Arn")),
            (Some("123456789012"), Some("123456789012"), Some("arn:aws:iam::123456789012:root"))
        );
    }

    #[test]
    fn no_policy_can_take_it_away() {
        let spec = GetCallerIdentity::SPEC;
        assert!(spec.always_allowed);
    }
}
