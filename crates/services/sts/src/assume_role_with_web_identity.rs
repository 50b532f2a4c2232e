//! AssumeRoleWithWebIdentity: makes whoever brings an identity provider's token a session of a role that trusts the provider.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
//!
//! The call is not signed: this operation itself proves who calls, and asks the trust policy.

use base::{Scope, Secret};
use model::iam::{OidcProvider, Role, Subject, WebIdentity};
use operation::{Call, Claims, Failure, Keys, Operation, Principal, Spec};
use policy::{Action, Attached, Kind, Layers, Policy, RequestContext};

use crate::error::{Error, declared};
use crate::rules::{self, Tag};
use crate::session::limits::{Limits, PolicyDescriptor};
use crate::session::{self, AssumedRoleUser, Credentials};

const DURATION_S: u32 = 3_600;
const DURATION_S_MAX: i32 = 43_200;
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 4..=20_000;
const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

/// The operation.
pub(crate) struct AssumeRoleWithWebIdentity;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "AssumeRoleWithWebIdentityRequest", upper)]
pub(crate) struct Input {
    role_arn: String,
    role_session_name: String,
    web_identity_token: Secret<String>,
    provider_id: Option<String>,
    policy_arns: Option<Vec<PolicyDescriptor>>,
    policy: Option<String>,
    duration_seconds: Option<i32>,
    minimum_session_token_size: Option<i32>,
}

/// The session.
#[derive(Debug, wire::Shape)]
#[shape(name = "AssumeRoleWithWebIdentityResponse", upper)]
pub(crate) struct Output {
    credentials: Option<Credentials>,
    subject_from_web_identity_token: Option<String>,
    assumed_role_user: Option<AssumedRoleUser>,
    packed_policy_size: Option<i32>,
    provider: Option<String>,
    audience: Option<String>,
    source_identity: Option<String>,
    session_token_utilization: Option<i32>,
    session_token_size: Option<i32>,
    #[shape(secret)]
    trusted_identity_propagation_context: Option<Propagation>,
}

/// Identities that are handed on to other services; none is.
#[derive(Debug, wire::Shape)]
#[shape(name = "TrustedIdentityPropagationContext", upper)]
pub(crate) struct Propagation {
    origin_identity: Option<Origin>,
    transaction_context: Option<Transaction>,
}

/// Where such an identity comes from.
#[derive(Debug, wire::Shape)]
#[shape(name = "OriginIdentity", upper)]
pub(crate) struct Origin {
    subject: Option<Secret<String>>,
    subject_type: Option<Secret<String>>,
    issuer: Option<Secret<String>>,
    federated_provider_arn: Option<String>,
}

/// What such an identity is used for.
#[derive(Debug, wire::Shape)]
#[shape(name = "TransactionContext", upper)]
pub(crate) struct Transaction {
    identity_provider: Option<std::collections::BTreeMap<String, String>>,
}

impl Operation for AssumeRoleWithWebIdentity {
    const SPEC: Spec = Spec::read("AssumeRoleWithWebIdentity", ACTION)
        .errors(&[
            declared::MALFORMED,
            declared::TOO_LARGE,
            declared::COMMUNICATION,
            declared::INVALID_TOKEN,
            declared::EXPIRED_TOKEN,
        ])
        .unsigned();
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.role_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        vec![("AWS::IAM::Role".to_owned(), input.role_arn.clone())]
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let seconds = checked(input)?;
        let (scope, _) = rules::role(&input.role_arn, &call.scope)?;
        let (provider, claims) = prove(call, &scope, input.web_identity_token.expose()).await?;
        let role =
            session::role(call, &input.role_arn).await?.filter(|role| trusts(role, &provider, &claims, input, call));
        let Some(role) = role else { return Err(Error::not_trusted(ACTION).into()) };
        let seconds = session::within(&role, seconds)?;
        let limits = Limits::policies(call, &role, input.policy.as_deref(), input.policy_arns.as_deref()).await?;
        let limits = limits.with_tags(None, tags(&claims)?, &claims.transitive)?;
        let packed_policy_size = limits.packed_percent()?;
        let name = input.role_session_name.clone();
        let subject = Subject::Role { name: role.name.clone(), id: role.id.clone(), session: name };
        let mut made = session::limited(session::fresh(call, role.account, subject, seconds), limits);
        made.source_identity.clone_from(&claims.source_identity);
        made.web_identity = Some(WebIdentity {
            provider: provider.arn(),
            subject: claims.subject.clone(),
            audience: claims.audience.clone(),
        });
        Ok(Output {
            credentials: Some(session::seal(call, &made)?),
            subject_from_web_identity_token: Some(claims.subject),
            assumed_role_user: Some(AssumedRoleUser::of(&role, &input.role_session_name)),
            packed_policy_size,
            provider: Some(provider.arn()),
            audience: Some(claims.audience),
            source_identity: claims.source_identity,
            session_token_utilization: None,
            session_token_size: None,
            trusted_identity_propagation_context: None,
        })
    }
}

/// Checks everything that needs neither store nor provider; answers how long the session shall last.
fn checked(input: &Input) -> Result<u32, Error> {
    // SECURITY: the length first: nothing is read of what is too long.
    let chars = input.web_identity_token.expose().len();
    if !TOKEN_CHARS.contains(&chars) {
        let bound = "Member must have length between 4 and 20000";
        return Err(Error::constraint("webIdentityToken", bound));
    }
    if input.provider_id.is_some() {
        return Err(Error::NotEnforced("ProviderId"));
    }
    if input.minimum_session_token_size.is_some() {
        return Err(Error::NotEnforced("MinimumSessionTokenSize"));
    }
    rules::session_name(&input.role_session_name)?;
    rules::duration_s(input.duration_seconds, DURATION_S, DURATION_S_MAX)
}

/// Whom the token's provider vouches for. The provider is one of the role's own account.
async fn prove(call: &mut Call<'_>, scope: &Scope, token: &str) -> Result<(OidcProvider, Claims), Failure> {
    let issuer = call.ports.web_tokens.issuer(token).map_err(Error::from)?;
    let provider = call.tx.get::<OidcProvider>(scope, &issuer).await?;
    let provider = provider.ok_or_else(|| {
        let issuer = rules::cut(&issuer);
        Error::InvalidIdentityToken(format!("No OpenIDConnect provider found in your account for https://{issuer}"))
    })?;
    let claims = call.ports.web_tokens.prove(token, &provider, call.now).await.map_err(Error::from)?;
    call.proven = Some(Principal::WebIdentity {
        account: scope.account,
        provider: provider.arn(),
        audience: claims.audience.clone(),
        subject: claims.subject.clone(),
    });
    Ok((provider, claims))
}

/// SECURITY: whoever the provider vouches for must be allowed by the trust policy for everything the token asks.
fn trusts(role: &Role, provider: &OidcProvider, claims: &Claims, input: &Input, call: &Call<'_>) -> bool {
    let Ok(trust) = Policy::parse(&role.trust_by_id(), Kind::Trust) else { return false };
    let principal = policy::Principal::Federated { provider: provider.arn(), subject: claims.subject.clone() };
    let keys = principal.add_keys(keys(provider, claims, input, role, call.keys.clone()));
    let layers = Layers {
        resource: Some(Attached { name: "trust policy", policy: &trust }),
        resource_must_allow: true,
        ..Layers::default()
    };
    let tags = (!claims.tags.is_empty()).then_some("sts:TagSession");
    let identity = claims.source_identity.is_some().then_some("sts:SetSourceIdentity");
    let mut actions = [Some(ACTION), tags, identity].into_iter().flatten();
    actions.all(|action| {
        let (action, arn) = (Action::new(action), role.arn());
        policy::evaluate(&RequestContext::new(&principal, &action, &arn, role.account, &keys), &layers).is_allowed()
    })
}

fn keys(provider: &OidcProvider, claims: &Claims, input: &Input, role: &Role, keys: Keys) -> Keys {
    let issuer = &provider.issuer;
    let mut keys = keys
        .text("sts:RoleSessionName", input.role_session_name.as_str())
        .text(&format!("{issuer}:aud"), claims.audience.as_str())
        .texts(&format!("{issuer}:oaud"), claims.audiences.iter().map(String::as_str))
        .texts(&format!("{issuer}:amr"), claims.methods.iter().map(String::as_str))
        .texts("aws:TagKeys", claims.tags.iter().map(|(key, _)| key.as_str()))
        .texts("sts:TransitiveTagKeys", claims.transitive.iter().map(String::as_str));
    for (key, value) in &claims.tags {
        keys = keys.text(&format!("aws:RequestTag/{key}"), value.as_str());
    }
    for (key, value) in &role.tags {
        keys = keys
            .text(&format!("aws:ResourceTag/{key}"), value.as_str())
            .text(&format!("iam:ResourceTag/{key}"), value.as_str());
    }
    match &claims.source_identity {
        Some(identity) => keys.text("sts:SourceIdentity", identity.as_str()),
        None => keys,
    }
}

fn tags(claims: &Claims) -> Result<std::collections::BTreeMap<String, String>, Error> {
    let tags: Vec<_> = claims.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect();
    if let Some(identity) = &claims.source_identity {
        rules::source_identity(identity)?;
    }
    rules::tags(&tags)
}
