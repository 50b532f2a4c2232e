//! An OpenID Connect provider whose tokens roles may trust.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html>

use std::collections::{BTreeMap, BTreeSet};

use base::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;

/// A registered issuer. Stored by its host and path, `accounts.example.com/realm`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OidcProvider {
    /// The account it belongs to.
    pub account: AccountId,
    /// The issuer's URL without `https://`.
    pub issuer: String,
    /// The audiences it may be used with.
    pub client_ids: BTreeSet<String>,
    /// SHA-1 thumbprints of the certificates that may stand at the top of the issuer's chain; hexadecimal, lower case.
    pub thumbprints: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl OidcProvider {
    /// `arn:aws:iam::ACCOUNT:oidc-provider/accounts.example.com/realm`.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:oidc-provider/{}", self.account, self.issuer)
    }
}

impl Record for OidcProvider {
    const TABLE: &'static str = "iam.oidc_provider";

    fn id(&self) -> String {
        self.issuer.clone()
    }
}
