//! Who makes a request, as policies see it.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>

use base::AccountId;

use crate::Keys;

/// The one who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Nobody in particular.
    Anonymous,
    /// The root user of an account, with its key or a session of `GetSessionToken`
    /// ([`Keys::temporary_credentials`]).
    Root {
        /// The account.
        account: AccountId,
    },
    /// An IAM user, with a key of its own or a session of `GetSessionToken` ([`Keys::temporary_credentials`]).
    User {
        /// The account.
        account: AccountId,
        /// `arn:aws:iam::ACCOUNT:user/path/name`.
        arn: String,
        /// `AIDA…`.
        id: String,
        /// The friendly name.
        name: String,
    },
    /// A session of a role.
    AssumedRole {
        /// The account.
        account: AccountId,
        /// `arn:aws:iam::ACCOUNT:role/path/name`.
        role_arn: String,
        /// `arn:aws:sts::ACCOUNT:assumed-role/name/session`.
        session_arn: String,
        /// `AROA…`, the role's id.
        id: String,
        /// The session's name.
        session: String,
    },
    /// A session of `GetFederationToken`.
    FederatedUser {
        /// The account.
        account: AccountId,
        /// `arn:aws:sts::ACCOUNT:federated-user/name`.
        arn: String,
        /// The user that asked for the session.
        user_arn: String,
        /// The session's name.
        name: String,
    },
    /// An AWS service, such as `apigateway.amazonaws.com`.
    Service {
        /// Its principal name.
        name: String,
    },
    /// Somebody whom an identity provider vouches for and who has no role yet.
    Federated {
        /// The provider as trust policies name it: its ARN, or a host such as `accounts.google.com`.
        provider: String,
        /// Whom it vouches for: the token's `sub`.
        subject: String,
    },
}

impl Principal {
    /// The account it belongs to.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Root { account }
            | Self::User { account, .. }
            | Self::AssumedRole { account, .. }
            | Self::FederatedUser { account, .. } => Some(*account),
            Self::Anonymous | Self::Service { .. } | Self::Federated { .. } => None,
        }
    }

    /// Its ARN, as denials and `GetCallerIdentity` show it.
    pub fn arn(&self) -> Option<String> {
        match self {
            Self::Root { account } => Some(format!("arn:aws:iam::{account}:root")),
            Self::User { arn, .. } | Self::FederatedUser { arn, .. } => Some(arn.clone()),
            Self::AssumedRole { session_arn, .. } => Some(session_arn.clone()),
            Self::Anonymous | Self::Service { .. } | Self::Federated { .. } => None,
        }
    }

    /// Adds the condition keys that tell who asks.
    pub fn add_keys(&self, keys: Keys) -> Keys {
        let keys = match self.account() {
            Some(account) => keys.text("aws:PrincipalAccount", account.as_str()),
            None => keys,
        };
        match self {
            Self::Anonymous => keys.text("aws:PrincipalType", "Anonymous").boolean("aws:PrincipalIsAWSService", false),
            Self::Root { account } => keys
                .text("aws:PrincipalArn", format!("arn:aws:iam::{account}:root"))
                .text("aws:PrincipalType", "Account")
                .text("aws:userid", account.as_str())
                .boolean("aws:PrincipalIsAWSService", false),
            Self::User { arn, id, name, .. } => keys
                .text("aws:PrincipalArn", arn.as_str())
                .text("aws:PrincipalType", "User")
                .text("aws:userid", id.as_str())
                .text("aws:username", name.as_str())
                .boolean("aws:PrincipalIsAWSService", false),
            Self::AssumedRole { role_arn, id, session, .. } => keys
                .text("aws:PrincipalArn", role_arn.as_str())
                .text("aws:PrincipalType", "AssumedRole")
                .text("aws:userid", format!("{id}:{session}"))
                .boolean("aws:PrincipalIsAWSService", false),
            Self::FederatedUser { account, arn, name, .. } => keys
                .text("aws:PrincipalArn", arn.as_str())
                .text("aws:PrincipalType", "FederatedUser")
                .text("aws:userid", format!("{account}:{name}"))
                .boolean("aws:PrincipalIsAWSService", false),
            Self::Service { name } => {
                keys.text("aws:PrincipalServiceName", name.as_str()).boolean("aws:PrincipalIsAWSService", true)
            }
            Self::Federated { provider, subject } => {
                // The keys of a token are named after its issuer; other claims are the caller's to add.
                let issuer = provider.split_once(":oidc-provider/").map_or(provider.as_str(), |(_, issuer)| issuer);
                keys.text("aws:FederatedProvider", provider.as_str())
                    .text(&format!("{issuer}:sub"), subject.as_str())
                    .boolean("aws:PrincipalIsAWSService", false)
            }
        }
    }
}
