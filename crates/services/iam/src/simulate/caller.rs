//! Who is supposed to call in a simulation, and the condition keys that tell of it.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html>

use base::{AccountId, Arn};
use policy::{Keys, Principal};

use crate::error::Error;
use crate::rules::arn;

/// A caller as policies see it.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) account: AccountId,
    pub(super) principal: Principal,
    pub(super) keys: Keys,
}

/// A role calls in sessions only.
const SESSION: &str = "simulated";

impl Caller {
    /// Somebody of the account, of whom nothing else is known.
    pub(super) fn nobody(account: AccountId) -> Self {
        Self::nameless(account, format!("arn:aws:iam::{account}:user/"))
    }

    /// The user, group or role with this ARN; it need not exist. As in AWS, sessions and root users cannot be supposed.
    pub(super) fn of(text: &str) -> Result<Self, Error> {
        arn::check("callerArn", text)?;
        let wrong = || {
            let shown = &text[..text.floor_char_boundary(256)];
            Error::InvalidInput(format!("Invalid caller ARN: {shown}. It must be the ARN of a user, group or role"))
        };
        let arn = Arn::parse(text).ok().filter(|arn| arn.partition == "aws" && arn.service == "iam");
        let arn = arn.ok_or_else(wrong)?;
        let account = AccountId::parse(&arn.account).map_err(|_| wrong())?;
        let (kind, path) = arn.resource.split_once('/').ok_or_else(wrong)?;
        let name = path.rsplit('/').next().filter(|name| !name.is_empty()).ok_or_else(wrong)?.to_owned();
        let (arn, id) = (text.to_owned(), String::new());
        let principal = match kind {
            "user" => Principal::User { account, arn, id, name },
            "role" => {
                let session_arn = format!("arn:aws:sts::{account}:assumed-role/{name}/{SESSION}");
                Principal::AssumedRole { account, role_arn: arn, session_arn, id, session: SESSION.to_owned() }
            }
            "group" => return Ok(Self::nameless(account, arn)),
            _ => return Err(wrong()),
        };
        // Nobody said which id it has. A value invented here could fulfil a condition.
        let keys = principal.add_keys(Keys::new()).texts("aws:userid", None::<String>);
        Ok(Self { account, principal, keys })
    }

    fn nameless(account: AccountId, arn: String) -> Self {
        let principal = Principal::User { account, arn, id: String::new(), name: String::new() };
        let keys =
            Keys::new().text("aws:PrincipalAccount", account.as_str()).boolean("aws:PrincipalIsAWSService", false);
        Self { account, principal, keys }
    }
}
