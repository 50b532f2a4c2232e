//! GetSessionToken: temporary credentials with the caller's own permissions.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>

use base::Scope;
use model::iam::Subject;
use operation::{Call, Failure, Operation, Principal, Spec};

use crate::error::Error;
use crate::rules;
use crate::session::{self, Credentials};

/// Twelve hours for users, and one for root.
const USER_S: u32 = 43_200;
const ROOT_S_MAX: u32 = 3_600;
const DURATION_S_MAX: i32 = 129_600;

/// The operation.
pub(crate) struct GetSessionToken;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetSessionTokenRequest", upper)]
pub(crate) struct Input {
    duration_seconds: Option<i32>,
    serial_number: Option<String>,
    token_code: Option<String>,
    minimum_session_token_size: Option<i32>,
}

/// The credentials.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetSessionTokenResponse", upper)]
pub(crate) struct Output {
    credentials: Option<Credentials>,
    session_token_utilization: Option<i32>,
    session_token_size: Option<i32>,
}

impl Operation for GetSessionToken {
    // AWS: no permissions are required, and policies cannot control it, since it grants nothing new.
    const SPEC: Spec = Spec::read("GetSessionToken", "sts:GetSessionToken").always_allowed();
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        if input.serial_number.is_some() || input.token_code.is_some() {
            return Err(Error::NotEnforced("Multi-factor authentication").into());
        }
        if input.minimum_session_token_size.is_some() {
            return Err(Error::NotEnforced("MinimumSessionTokenSize").into());
        }
        if call.principal.session().is_some() {
            let message = "Cannot call GetSessionToken with session credentials";
            return Err(Error::AccessDenied(message.to_owned()).into());
        }
        let (subject, longest) = match call.principal {
            Principal::Root { .. } => (Subject::Root, ROOT_S_MAX),
            Principal::User { name, id, .. } => (Subject::User { name: name.clone(), id: id.clone() }, USER_S),
            Principal::AssumedRole { .. }
            | Principal::Unsigned { .. }
            | Principal::WebIdentity { .. }
            | Principal::System { .. } => {
                let message = "Cannot call GetSessionToken with session credentials";
                return Err(Error::AccessDenied(message.to_owned()).into());
            }
        };
        let seconds = rules::duration_s(input.duration_seconds, longest, DURATION_S_MAX)?;
        // AWS shortens what root asks for.
        let seconds = if subject == Subject::Root { seconds.min(ROOT_S_MAX) } else { seconds };
        let made = session::fresh(call, call.principal.account(), subject, seconds);
        Ok(Output {
            credentials: Some(session::seal(call, &made)?),
            session_token_utilization: None,
            session_token_size: None,
        })
    }
}
