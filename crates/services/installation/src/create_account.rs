//! CreateAccount: one more account in this installation, with a root key whose secret is shown once.

use base::id::random_from;
use base::{AccountId, Region, Scope, Secret};
use model::installation::{Account, NewAccount};
use operation::{Call, Failure, Operation, Spec};
use wire::Value;

use crate::refusal::{ACCESS_DENIED, CONFLICT, VALIDATION, conflict, founders_only, invalid};

/// The operation.
pub(crate) struct CreateAccount;

/// Which account.
#[derive(Debug, Default, wire::Shape)]
#[shape(name = "CreateAccountRequest", upper)]
pub(crate) struct Input {
    /// Twelve digits that no account has yet; random ones unless said.
    account_id: Option<String>,
}

/// The account's root key.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateAccountResponse", upper)]
pub(crate) struct Output {
    account_id: String,
    access_key_id: String,
    secret_access_key: Secret<String>,
}

impl Operation for CreateAccount {
    const SPEC: Spec = Spec::write("CreateAccount", "portcullis:CreateAccount").errors(&[
        (VALIDATION, 400),
        (CONFLICT, 409),
        (ACCESS_DENIED, 403),
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        crate::arn(scope, &format!("account/{}", input.account_id.as_deref().unwrap_or("*")))
    }

    fn made(output: &Value) -> Vec<(String, String)> {
        let text = |member| output.get(member).and_then(Value::as_text).map(str::to_owned);
        let account = text("AccountId").map(|id| ("Portcullis::Account".to_owned(), id));
        let key = text("AccessKeyId").map(|id| ("AWS::IAM::AccessKey".to_owned(), id));
        account.into_iter().chain(key).collect()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        founders_only(call)?;
        let id = match &input.account_id {
            Some(id) => {
                let id = AccountId::parse(id).map_err(|_| invalid("AccountId must be twelve digits."))?;
                if exists(call, id).await? {
                    return Err(conflict(format!("The account {id} exists already.")).into());
                }
                id
            }
            None => free_id(call).await?,
        };
        let NewAccount { account, key, secret } = NewAccount::of(&call.ports.master_key, id, call.now);
        let home = home(id);
        call.tx.put(&home, &account)?;
        call.tx.put(&home, &key)?;
        call.tx.put(&home, &key.owned())?;
        Ok(Output { account_id: id.to_string(), access_key_id: key.id.to_string(), secret_access_key: secret })
    }
}

/// Where an account's own record and keys stand.
fn home(account: AccountId) -> Scope {
    Scope { account, region: Region::global() }
}

async fn exists(call: &mut Call<'_>, id: AccountId) -> Result<bool, Failure> {
    Ok(call.tx.get::<Account>(&home(id), id.as_str()).await?.is_some())
}

/// Twelve random digits; like AWS's they do not begin with a zero.
async fn free_id(call: &mut Call<'_>) -> Result<AccountId, Failure> {
    loop {
        let digits = format!("{}{}", random_from(b"123456789", 1), random_from(b"0123456789", 11));
        let id = AccountId::parse(&digits).expect("twelve digits are an account's id");
        if !exists(call, id).await? {
            return Ok(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use model::iam::AccessKey;

    use super::*;
    use crate::list_accounts::{self, ListAccounts};
    use crate::testing::{ONE, TWO, World};

    fn input(id: &str) -> Input {
        Input { account_id: Some(id.to_owned()) }
    }

    fn code(refused: Result<Output, Failure>) -> &'static str {
        match refused.expect_err("a refusal") {
            Failure::Api(error) => error.code,
            failure => panic!("{failure}"),
        }
    }

    #[tokio::test]
    async fn an_account_is_made_with_a_key_that_opens() {
        let world = World::new().await;
        let made = world.write::<CreateAccount>(ONE, &input("333333333333")).await.expect("an account");
        assert_eq!((made.account_id.as_str(), made.secret_access_key.expose().len()), ("333333333333", 40));
        let scope = home(AccountId::parse("333333333333").expect("twelve digits"));
        let key: AccessKey = world.stored(&scope, &made.access_key_id).await.expect("the key");
        let place_id = AccessKey::place_id(&key.account, &key.id);
        let opened = world.open(AccessKey::place(&place_id, key.version), &key.secret);
        assert_eq!(opened.expose(), made.secret_access_key.expose());
        let account: Account = world.stored(&scope, "333333333333").await.expect("the account");
        assert_eq!(account.root_access_key, key.id);
        let listed = world.ask::<ListAccounts>(ONE, &list_accounts::Input {}).await.expect("a list");
        assert_eq!(listed.ids(), ["333333333333"]);
    }

    #[tokio::test]
    async fn an_id_is_chosen_at_random_and_never_taken_twice() {
        let world = World::new().await;
        let one = world.write::<CreateAccount>(ONE, &Input::default()).await.expect("an account");
        let two = world.write::<CreateAccount>(ONE, &Input::default()).await.expect("an account");
        assert_ne!(one.account_id, two.account_id);
        assert!(AccountId::parse(&one.account_id).is_ok() && !one.account_id.starts_with('0'));
        assert_eq!(code(world.write::<CreateAccount>(ONE, &input(&one.account_id)).await), CONFLICT);
        for bad in ["", "1", "1234567890123", "12345678901a", "१२३४५६७८९०१२", "*"] {
            assert_eq!(code(world.write::<CreateAccount>(ONE, &input(bad)).await), VALIDATION, "{bad}");
        }
    }

    #[tokio::test]
    async fn only_the_founding_account_makes_and_lists_accounts() {
        let world = World::new().await;
        assert_eq!(code(world.write::<CreateAccount>(TWO, &Input::default()).await), ACCESS_DENIED);
        let listed = world.ask::<ListAccounts>(TWO, &list_accounts::Input {}).await;
        assert!(matches!(listed, Err(Failure::Api(error)) if error.code == ACCESS_DENIED));
    }

    #[test]
    fn the_record_of_a_call_hides_the_secret() {
        let service = crate::service();
        let create = service.operations.iter().find(|known| known.spec.name == "CreateAccount").expect("served");
        let output = Value::from_json(serde_json::json!({
            "AccountId": "333333333333", "AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "hunter2",
        }));
        let kept = wire::to_json(&wire::redact(&output, create.output), create.output).to_string();
        assert!(kept.contains("AKIAEXAMPLE") && !kept.contains("hunter2"), "{kept}");
    }
}
