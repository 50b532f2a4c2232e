//! Why a policy document is refused, in AWS's words (`MalformedPolicyDocument`).

/// A document that is no policy. Its `Display` is AWS's message; [`MalformedPolicy::detail`] is more exact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedPolicy {
    /// Not JSON, or not of the grammar; holds what exactly.
    #[error("Syntax errors in policy.")]
    Syntax(String),
    /// More characters than any policy of its kind may have.
    #[error("Cannot exceed quota for PolicySize: {max}")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// `Version` is `2008-10-17`, said or left out, where a service takes only the newer one.
    #[error("Policy document must be version 2012-10-17 or greater.")]
    Version(String),
    /// Of the grammar, but not of the older rules that AWS asks as well; holds what exactly.
    #[error("The policy failed legacy parsing")]
    Legacy(String),
    /// An identity policy names a principal.
    #[error("Policy document should not specify a principal.")]
    PrincipalForbidden,
    /// A statement lacks an element.
    #[error("Missing required field {0}")]
    Missing(&'static str),
    /// A statement has an element that its kind of policy may not have.
    #[error("Has prohibited field {0}")]
    Prohibited(&'static str),
    /// No action, or an empty list of them.
    #[error("Policy statement must contain actions.")]
    NoActions,
    /// No resource, or an empty list of them.
    #[error("Policy statement must contain resources.")]
    NoResources,
    /// Two statements share a `Sid`.
    #[error("Statement IDs (SID) in a single policy must be unique.")]
    DuplicateSid(String),
    /// A `Sid` of an identity's or a role's policy with more than letters and digits.
    #[error(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
    )]
    SidCharacters(String),
    /// An action or condition key without a service in front.
    #[error("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    NoVendor(String),
    /// An action with two colons.
    #[error("Actions/Condition can contain only one colon.")]
    TwoColons(String),
    /// An action whose service is no service name.
    #[error("Vendor {0} is not valid")]
    Vendor(String),
    /// A resource that is no ARN.
    #[error("Resource {0} must be in ARN format or \"*\".")]
    NotAnArn(String),
    /// A resource that ends before its service.
    #[error("Resource vendor must be fully qualified and cannot contain regexes.")]
    ResourceVendor(String),
    /// A resource of IAM in a region.
    #[error("IAM resource {0} cannot contain region information.")]
    IamRegion(String),
    /// A resource of S3 in a region.
    #[error("Resource {0} can not contain region information.")]
    S3Region(String),
    /// A resource of IAM that is of none of its kinds.
    #[error(
        "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, instance-profile/, \
         mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/."
    )]
    IamPath(String),
    /// A role's trust policy is about something else than assuming it.
    #[error("AssumeRole policy may only specify STS AssumeRole actions.")]
    NotAssumeRole(String),
    /// A resource in a partition that does not exist.
    #[error("Partition \"{partition}\" is not valid for resource \"{resource}\".")]
    Partition {
        /// The partition.
        partition: String,
        /// The whole resource.
        resource: String,
    },
    /// A principal that nobody can be.
    #[error("Invalid principal in policy: \"{kind}\":\"{text}\"")]
    Principal {
        /// `AWS`, `Service` or `Federated`.
        kind: String,
        /// What was given.
        text: String,
    },
    /// An operator that does not exist, or a value that is not of its type.
    #[error("Syntax errors in policy.")]
    Condition {
        /// The operator as written.
        operator: String,
        /// The condition key as written.
        key: String,
        /// What is wrong.
        fault: String,
    },
}

impl MalformedPolicy {
    /// What exactly is wrong, for the policy's owner.
    pub fn detail(&self) -> String {
        match self {
            Self::Syntax(detail) | Self::Legacy(detail) => detail.clone(),
            Self::Version(text) => format!("`Version` is `{text}`, not `2012-10-17`"),
            Self::SidCharacters(sid) => format!("the `Sid` `{sid}` holds more than letters and digits"),
            Self::ResourceVendor(text) | Self::IamPath(text) => format!("the resource `{text}`: {self}"),
            Self::NotAssumeRole(text) => format!("the action `{text}` does not assume a role"),
            Self::DuplicateSid(sid) => format!("the `Sid` `{sid}` is there twice"),
            Self::NoVendor(text) | Self::TwoColons(text) => format!("`{text}` is not `service:Name`"),
            Self::Condition { operator, key, fault } => format!("condition `{operator}` on `{key}`: {fault}"),
            Self::TooLong { .. }
            | Self::PrincipalForbidden
            | Self::Missing(_)
            | Self::Prohibited(_)
            | Self::NoActions
            | Self::NoResources
            | Self::Vendor(_)
            | Self::NotAnArn(_)
            | Self::IamRegion(_)
            | Self::S3Region(_)
            | Self::Partition { .. }
            | Self::Principal { .. } => self.to_string(),
        }
    }

    /// When AWS looks for it: of several faults, the one that is looked for first is told.
    pub(crate) fn stage(&self) -> u8 {
        match self {
            Self::TooLong { .. } => 0,
            Self::Syntax(_) | Self::Condition { .. } => 1,
            Self::Version(_) | Self::PrincipalForbidden | Self::Missing(_) => 2,
            Self::Legacy(_) => 3,
            Self::DuplicateSid(_) | Self::SidCharacters(_) => 4,
            Self::NoActions => 5,
            Self::NotAnArn(_)
            | Self::Partition { .. }
            | Self::ResourceVendor(_)
            | Self::IamRegion(_)
            | Self::S3Region(_)
            | Self::IamPath(_) => 6,
            Self::NoVendor(_) | Self::TwoColons(_) | Self::Vendor(_) => 7,
            Self::NoResources | Self::NotAssumeRole(_) => 8,
            Self::Prohibited(_) => 9,
            Self::Principal { .. } => 10,
        }
    }

    /// A syntax error with its detail.
    pub(crate) fn syntax(detail: impl Into<String>) -> Self {
        Self::Syntax(detail.into())
    }
}

/// The beginning of a text for a message.
pub(crate) fn cut(text: &str) -> String {
    text.chars().take(128).collect()
}
