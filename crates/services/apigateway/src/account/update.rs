//! UpdateAccount: names the role that logs are written with.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAccount.html>

use base::{Arn, Scope};
use http::Method as Verb;
use model::apigateway::Account;
use operation::{Call, Failure, Keys, Operation, Spec};

use super::AccountView;
use crate::arn;
use crate::error::{Error, declared};
use crate::patch::{Change, PatchOperation, REPLACE_REMOVE, Rule, Table, Tone};

/// The operation.
pub(crate) struct UpdateAccount;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateAccountRequest")]
pub(crate) struct Input {
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    CloudwatchRoleArn,
}

const TABLE: Table<Property> = Table {
    tone: Tone::Listing,
    rules: &[Rule::new("/cloudwatchRoleArn", REPLACE_REMOVE, Property::CloudwatchRoleArn)],
};

impl Operation for UpdateAccount {
    const SPEC: Spec =
        Spec::write("UpdateAccount", "apigateway:PATCH").http(Verb::PATCH, "/account", 200).errors(declared::WRITE);
    type Input = Input;
    type Output = AccountView;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn::of(scope, "/account")
    }

    /// Whoever hands the gateway a role must be allowed to, as in AWS.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    fn further(input: &Input, _: &Scope) -> Vec<(&'static str, String)> {
        let changes = TABLE.read(&input.patch_operations).unwrap_or_default();
        let roles = changes.into_iter().filter_map(Change::optional);
        roles.filter(|role| !role.is_empty()).map(|role| ("iam:PassRole", role)).collect()
    }

    fn keys(_: &Input, keys: Keys) -> Keys {
        keys.text("iam:PassedToService", "apigateway.amazonaws.com")
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<AccountView, Failure> {
        let mut account = call.tx.get::<Account>(&call.scope, Account::ID).await?.unwrap_or_default();
        for change in TABLE.read(&input.patch_operations)? {
            match change.property {
                Property::CloudwatchRoleArn => account.cloudwatch_role_arn = role(change.optional())?,
            }
        }
        call.tx.put(&call.scope, &account)?;
        Ok(AccountView::of(&account, call.ports.installation.throttle))
    }
}

fn role(text: Option<String>) -> Result<Option<String>, Error> {
    let is_role = |text: &String| {
        let resource = |arn: &Arn| arn.resource.strip_prefix("role/").is_some_and(|name| !name.is_empty());
        Arn::parse(text).is_ok_and(|arn| arn.service == "iam" && arn.region.is_empty() && resource(&arn))
    };
    match text {
        Some(text) if !is_role(&text) => Err(Error::bad_request(format!(
            "Invalid cloudwatchRoleArn specified: {text} is not the ARN of an IAM role"
        ))),
        text => Ok(text),
    }
}

#[cfg(test)]
impl crate::patch::Patches for UpdateAccount {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_is_a_role() {
        for (text, good) in [
            ("arn:aws:iam::123456789012:role/logs", true),
            ("arn:aws:iam::123456789012:role/path/logs", true),
            ("arn:aws:iam::123456789012:role/", false),
            ("arn:aws:iam::123456789012:user/bob", false),
            ("arn:aws:s3:::bucket", false),
            ("logs", false),
        ] {
            assert_eq!(role(Some(text.to_owned())).is_ok(), good, "{text}");
        }
        assert_eq!(role(None), Ok(None));
    }
}
