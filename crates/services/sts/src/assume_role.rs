//! AssumeRole: makes the caller a session of a role that trusts it.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
//!
//! `control` has asked the role's trust policy and the caller's own policies before.

use base::Scope;
use model::iam::Subject;
use operation::{Call, Failure, Keys, Operation, Principal, Spec};

use crate::error::{Error, declared};
use crate::rules::{self, Tag};
use crate::session::limits::{Limits, PolicyDescriptor};
use crate::session::{self, AssumedRoleUser, Credentials};

/// An hour, unless said otherwise.
const DURATION_S: u32 = 3_600;
const DURATION_S_MAX: i32 = 43_200;
/// Sessions that are made from other temporary credentials do not last longer.
const CHAINED_S_MAX: u32 = 3_600;

/// The operation.
pub(crate) struct AssumeRole;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "AssumeRoleRequest", upper)]
pub(crate) struct Input {
    role_arn: String,
    role_session_name: String,
    policy_arns: Option<Vec<PolicyDescriptor>>,
    policy: Option<String>,
    duration_seconds: Option<i32>,
    tags: Option<Vec<Tag>>,
    transitive_tag_keys: Option<Vec<String>>,
    external_id: Option<String>,
    serial_number: Option<String>,
    token_code: Option<String>,
    source_identity: Option<String>,
    provided_contexts: Option<Vec<ProvidedContext>>,
    minimum_session_token_size: Option<i32>,
}

/// A context that another service vouches for; none does here.
#[derive(Debug, wire::Shape)]
#[shape(name = "ProvidedContext", upper)]
pub(crate) struct ProvidedContext {
    provider_arn: Option<String>,
    context_assertion: Option<String>,
}

/// The session.
#[derive(Debug, wire::Shape)]
#[shape(name = "AssumeRoleResponse", upper)]
pub(crate) struct Output {
    credentials: Option<Credentials>,
    assumed_role_user: Option<AssumedRoleUser>,
    packed_policy_size: Option<i32>,
    source_identity: Option<String>,
    session_token_utilization: Option<i32>,
    session_token_size: Option<i32>,
}

impl Operation for AssumeRole {
    const SPEC: Spec = Spec::read("AssumeRole", "sts:AssumeRole")
        .errors(&[declared::MALFORMED, declared::TOO_LARGE, declared::EXPIRED_TOKEN])
        .by_trust();
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.role_arn.clone()
    }

    fn further(input: &Input, _: &Scope) -> Vec<(&'static str, String)> {
        let tags = input.tags.as_ref().is_some_and(|tags| !tags.is_empty()).then_some("sts:TagSession");
        let identity = input.source_identity.is_some().then_some("sts:SetSourceIdentity");
        tags.into_iter().chain(identity).map(|action| (action, input.role_arn.clone())).collect()
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        let tags = input.tags.as_deref().unwrap_or_default();
        let mut keys = keys
            .text("sts:RoleSessionName", input.role_session_name.as_str())
            .texts("aws:TagKeys", tags.iter().map(|tag| tag.key.as_str()))
            .texts("sts:TransitiveTagKeys", input.transitive_tag_keys.iter().flatten().map(String::as_str));
        for tag in tags {
            keys = keys.text(&format!("aws:RequestTag/{}", tag.key), tag.value.as_str());
        }
        if let Some(id) = &input.external_id {
            keys = keys.text("sts:ExternalId", id.as_str());
        }
        match &input.source_identity {
            Some(identity) => keys.text("sts:SourceIdentity", identity.as_str()),
            None => keys,
        }
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        vec![("AWS::IAM::Role".to_owned(), input.role_arn.clone())]
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let tags = checked(input)?;
        if let Principal::Root { .. } = call.principal {
            return Err(Error::AccessDenied("Roles may not be assumed by root accounts.".to_owned()).into());
        }
        let own = call.principal.session().cloned();
        // It was there when trust was asked; one that is gone since is answered like one that never was.
        let Some(role) = session::role(call, &input.role_arn).await? else {
            return Err(not_authorized(call.principal, &input.role_arn).into());
        };
        let seconds = rules::duration_s(input.duration_seconds, DURATION_S, DURATION_S_MAX)?;
        let seconds = session::within(&role, seconds)?;
        if own.is_some() && seconds > CHAINED_S_MAX {
            let message =
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
            return Err(Error::Validation(message.to_owned()).into());
        }
        let source_identity = source_identity(own.as_ref().and_then(|own| own.source_identity.clone()), input)?;
        let limits = Limits::policies(call, &role, input.policy.as_deref(), input.policy_arns.as_deref()).await?;
        let transitive = input.transitive_tag_keys.as_deref().unwrap_or_default();
        let limits = limits.with_tags(own.as_deref(), tags, transitive)?;
        let packed_policy_size = limits.packed_percent()?;
        let name = input.role_session_name.clone();
        let subject = Subject::Role { name: role.name.clone(), id: role.id.clone(), session: name };
        let mut made = session::limited(session::fresh(call, role.account, subject, seconds), limits);
        made.chained = own.is_some();
        made.source_identity.clone_from(&source_identity);
        Ok(Output {
            credentials: Some(session::seal(call, &made)?),
            assumed_role_user: Some(AssumedRoleUser::of(&role, &input.role_session_name)),
            packed_policy_size,
            source_identity,
            session_token_utilization: None,
            session_token_size: None,
        })
    }
}

/// Checks everything that needs no store; answers the tags.
fn checked(input: &Input) -> Result<std::collections::BTreeMap<String, String>, Error> {
    if input.serial_number.is_some() || input.token_code.is_some() {
        return Err(Error::NotEnforced("Multi-factor authentication"));
    }
    if input.provided_contexts.as_ref().is_some_and(|contexts| !contexts.is_empty()) {
        return Err(Error::NotEnforced("ProvidedContexts"));
    }
    if input.minimum_session_token_size.is_some() {
        return Err(Error::NotEnforced("MinimumSessionTokenSize"));
    }
    rules::session_name(&input.role_session_name)?;
    if let Some(id) = &input.external_id {
        rules::text("externalId", id, "+=,.@:/-", 2..=1224)?;
    }
    rules::tags(input.tags.as_deref().unwrap_or_default())
}

/// A source identity stays what it is from session to session.
fn source_identity(handed_on: Option<String>, input: &Input) -> Result<Option<String>, Error> {
    if let Some(set) = &input.source_identity {
        rules::source_identity(set)?;
    }
    match (handed_on, &input.source_identity) {
        (Some(own), Some(set)) if own != *set => {
            Err(Error::Validation("The source identity of the calling session can't be changed.".to_owned()))
        }
        (Some(own), _) => Ok(Some(own)),
        (None, set) => Ok(set.clone()),
    }
}

fn not_authorized(caller: &Principal, role: &str) -> Error {
    let caller = caller.arn();
    Error::AccessDenied(format!("User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"))
}
