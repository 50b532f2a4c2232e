//! The service sts: who calls, and temporary credentials.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html>
//!
//! It must not know: the snapshot, HTTP connections of callers, other services. Begin with [`service`], the table of its
//! operations; `session` is how credentials are made, `web_tokens` how the tokens of identity providers are proven.

mod get_caller_identity;
mod assume_role;
mod assume_role_with_web_identity;
mod get_session_token;
mod get_access_key_info;
mod decode_authorization_message;
mod session;
mod web_tokens;
mod rules;
mod error;
mod refused;

pub use web_tokens::IssuerTokens;

use operation::{Registered, Service};
use wire::Protocol;

/// The service's table.
pub fn service() -> Service {
    Service {
        name: "sts",
        event_source: "sts.amazonaws.com",
        api_version: "2011-06-15",
        xml_namespace: Some("https://sts.amazonaws.com/doc/2011-06-15/"),
        protocol: Protocol::Query,
        targets: &[],
        global: true,
        tags: operation::no_tags,
        operations: vec![
            Registered::of::<assume_role::AssumeRole>(),
            Registered::of::<assume_role_with_web_identity::AssumeRoleWithWebIdentity>(),
            Registered::of::<decode_authorization_message::DecodeAuthorizationMessage>(),
            Registered::of::<get_access_key_info::GetAccessKeyInfo>(),
            Registered::of::<get_caller_identity::GetCallerIdentity>(),
            Registered::of::<get_session_token::GetSessionToken>(),
        ],
        refused: refused::all(),
    }
}

#[cfg(test)]
mod tests;
