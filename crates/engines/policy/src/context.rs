//! The question: may this principal do this to that, under these circumstances?

use base::AccountId;

use crate::resource::ResourceName;
use crate::{Action, Keys, Principal};

/// A request as policies see it.
#[derive(Debug, Clone, Copy)]
pub struct RequestContext<'a> {
    pub(crate) principal: &'a Principal,
    pub(crate) action: &'a Action,
    pub(crate) resource: ResourceName<'a>,
    pub(crate) owner: AccountId,
    pub(crate) keys: &'a Keys,
}

impl<'a> RequestContext<'a> {
    /// `resource` is an ARN, or `*` for actions without a resource; `owner` is the account that it belongs to; `keys`
    /// hold the caller's own ([`Principal::add_keys`]) as well.
    pub fn new(
        principal: &'a Principal,
        action: &'a Action,
        resource: &'a str,
        owner: AccountId,
        keys: &'a Keys,
    ) -> Self {
        Self { principal, action, resource: ResourceName::new(resource), owner, keys }
    }

    /// Who asks.
    pub fn principal(&self) -> &'a Principal {
        self.principal
    }

    /// What is asked for.
    pub fn action(&self) -> &'a Action {
        self.action
    }

    /// On what.
    pub fn resource(&self) -> &'a str {
        self.resource.text
    }

    /// Whether the caller's account owns the resource.
    pub(crate) fn is_at_home(&self) -> bool {
        self.principal.account() == Some(self.owner)
    }
}
