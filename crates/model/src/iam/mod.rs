//! What the service `iam` stores. Everything stands under its account and `global`.

pub mod access_key;
pub mod access_key_use;
pub mod account_alias;
pub mod attachment;
pub mod authorization_message;
pub mod aws_managed;
pub mod group;
pub mod instance_profile;
pub mod managed_policy;
pub mod membership;
pub mod oidc_provider;
pub mod role;
pub mod session;
pub mod trust;
pub mod user;

pub use access_key::{AccessKey, OwnedKey, Owner};
pub use access_key_use::AccessKeyUse;
pub use account_alias::AccountAlias;
pub use attachment::{Attachment, Purpose};
pub use group::Group;
pub use instance_profile::InstanceProfile;
pub use managed_policy::{ManagedPolicy, PolicyVersion};
pub use membership::Membership;
pub use oidc_provider::OidcProvider;
pub use role::Role;
pub use session::{Session, Subject, WebIdentity};
pub use user::User;
