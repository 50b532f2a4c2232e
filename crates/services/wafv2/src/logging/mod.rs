//! Logging configurations: which requests of a web ACL are logged, and what the log leaves out.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/logging.html>

mod put;
mod get;
mod delete;
mod list;
mod settings;
mod shapes;
#[cfg(test)]
mod tests;

use base::Scope as Place;
use model::wafv2::{LoggingConfiguration, WebAcl};
use operation::{Call, Failure, Keys, Registered};

use shapes::LogScope;
use wire::shape::Choice;

use crate::arn;
use crate::error::Error;
use crate::find;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<put::PutLoggingConfiguration>(),
        Registered::of::<get::GetLoggingConfiguration>(),
        Registered::of::<delete::DeleteLoggingConfiguration>(),
        Registered::of::<list::ListLoggingConfigurations>(),
    ]
}

/// The ARN that policies name.
fn resource(web_acl: &str, place: &Place) -> String {
    arn::given::<WebAcl>(place, web_acl)
}

/// The condition key of whose log it is.
fn keys(keys: Keys, scope: Option<LogScope>) -> Keys {
    keys.text("wafv2:LogScope", scope.unwrap_or(LogScope::Customer).as_text())
}

/// The configuration of a web ACL that exists.
async fn existing(call: &mut Call<'_>, web_acl: &str) -> Result<LoggingConfiguration, Failure> {
    let acl = find::by_arn::<WebAcl>(call, web_acl).await?;
    let found = call.tx.get::<LoggingConfiguration>(&call.scope, &acl.entity.name).await?;
    found.ok_or_else(|| Error::Nonexistent.into())
}
