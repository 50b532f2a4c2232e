//! How temporary credentials are made.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html>

pub(crate) mod limits;

use std::collections::{BTreeMap, BTreeSet};

use base::id::{AccessKeyId, random_from};
use base::{AccountId, Secret, Timestamp};
use model::iam::{Role, Session, Subject};
use operation::{Call, Failure};

use crate::error::Error;
use limits::Limits;

const ID_ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SECRET_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Where the account stands in an access key's id, in letters of five bits.
const ACCOUNT_CHARS: usize = 8;
const RANDOM_CHARS: usize = 8;

/// Credentials as they travel.
#[derive(Debug, wire::Shape)]
#[shape(name = "Credentials", upper)]
pub(crate) struct Credentials {
    access_key_id: String,
    secret_access_key: Secret<String>,
    session_token: Secret<String>,
    expiration: Timestamp,
}

/// A role's session as it travels.
#[derive(Debug, wire::Shape)]
#[shape(name = "AssumedRoleUser", upper)]
pub(crate) struct AssumedRoleUser {
    assumed_role_id: String,
    arn: String,
}

impl AssumedRoleUser {
    pub(crate) fn of(role: &Role, session: &str) -> Self {
        Self {
            assumed_role_id: format!("{}:{session}", role.id),
            arn: format!("arn:aws:sts::{}:assumed-role/{}/{session}", role.account, role.name),
        }
    }
}

/// A session without anything that callers choose, for `seconds` from now.
pub(crate) fn fresh(call: &Call<'_>, account: AccountId, subject: Subject, seconds: u32) -> Session {
    // A token keeps whole seconds.
    let issued = Timestamp::from_second(call.now.as_second()).unwrap_or(call.now);
    Session {
        access_key: access_key(account),
        secret: Secret::new(random_from(SECRET_ALPHABET, 40)),
        account,
        subject,
        issued,
        expires: Timestamp::from_second(issued.as_second() + i64::from(seconds)).unwrap_or(issued),
        policy: None,
        policy_arns: BTreeSet::new(),
        tags: BTreeMap::new(),
        transitive: BTreeSet::new(),
        source_identity: None,
        mfa: None,
        web_identity: None,
        chained: false,
    }
}

/// Seals the session's token.
pub(crate) fn seal(call: &Call<'_>, session: &Session) -> Result<Credentials, Failure> {
    // The limits are checked before; names and claims are bounded, so this is the last resort.
    let token = session.seal(&call.ports.master_key).map_err(|_| Error::PackedPolicyTooLarge { percent: 101 })?;
    Ok(Credentials {
        access_key_id: session.access_key.to_string(),
        secret_access_key: session.secret.clone(),
        session_token: token,
        expiration: session.expires,
    })
}

/// The role that a session is asked of, as it is now; none where the ARN is not wholly its own.
pub(crate) async fn role(call: &mut Call<'_>, arn: &str) -> Result<Option<Role>, Failure> {
    let (scope, name) = crate::rules::role(arn, &call.scope)?;
    let role = call.tx.get::<Role>(&scope, &name).await?;
    Ok(role.filter(|role| role.arn() == arn))
}

/// The longest that a session of the role may last.
pub(crate) fn within(role: &Role, seconds: u32) -> Result<u32, Error> {
    if seconds <= role.max_session_s {
        return Ok(seconds);
    }
    let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    Err(Error::Validation(message.to_owned()))
}

/// Gives a session its limits.
pub(crate) fn limited(session: Session, limits: Limits) -> Session {
    Session {
        policy: limits.policy,
        policy_arns: limits.policy_arns,
        tags: limits.tags,
        transitive: limits.transitive,
        ..session
    }
}

/// An id that tells its account, as AWS's do, and is not given twice but by chance.
fn access_key(account: AccountId) -> AccessKeyId {
    let digits: u64 = account.as_str().parse().unwrap_or_default();
    let letter = |at: usize| char::from(ID_ALPHABET[(digits >> (5 * at)) as usize & 31]);
    let account: String = (0..ACCOUNT_CHARS).rev().map(letter).collect();
    let id = format!("ASIA{account}{}", random_from(ID_ALPHABET, RANDOM_CHARS));
    AccessKeyId::parse(&id).expect("letters and digits are an id")
}

/// The account that the id of a temporary key tells.
pub(crate) fn account_of(id: &str) -> Option<AccountId> {
    let rest = id.strip_prefix("ASIA").filter(|rest| rest.len() == ACCOUNT_CHARS + RANDOM_CHARS)?;
    let mut digits = 0_u64;
    for byte in rest.bytes() {
        ID_ALPHABET.contains(&byte).then_some(())?;
    }
    for byte in rest.bytes().take(ACCOUNT_CHARS) {
        let value = ID_ALPHABET.iter().position(|letter| *letter == byte)?;
        digits = digits << 5 | value as u64;
    }
    AccountId::parse(&format!("{digits:012}")).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_access_key_tells_its_account() {
        for digits in ["000000000000", "123456789012", "999999999999"] {
            let account = AccountId::parse(digits).expect("an account");
            let id = access_key(account);
            assert_eq!((id.as_str().len(), account_of(id.as_str())), (20, Some(account)));
            assert_ne!(access_key(account), id);
        }
    }

    proptest! {
        #[test]
        fn any_text_tells_an_account_or_none(text in "(ASIA)?[A-Z0-9a-z]{0,20}") {
            let _ = account_of(&text);
        }
    }
}
