//! An API key: what meters a client. <https://docs.aws.amazon.com/apigateway/latest/api/API_ApiKey.html>

use std::collections::BTreeMap;

use base::id::{ApiKeyId, UsagePlanId};
use base::seal::{Place, Sealed};
use base::{Fingerprint, Fingerprints, Scope, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;

/// A key. Its value is found by a fingerprint and opened only for whoever may read it; it never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Unique in the installation.
    pub id: ApiKeyId,
    /// Not unique.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// A key that is not enabled opens nothing.
    pub enabled: bool,
    /// AWS Marketplace's name of the customer.
    pub customer_id: Option<String>,
    /// The value, sealed.
    pub value: Sealed<String>,
    /// How many values this record has held; part of the seal.
    pub version: u32,
    /// The value's fingerprint, in hexadecimal.
    pub fingerprint: String,
    /// Usage plans it belongs to: ten at most, at most one of them for each stage.
    pub usage_plans: Vec<UsagePlanId>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl Record for ApiKey {
    const TABLE: &'static str = "apigateway.apikey";

    fn id(&self) -> String {
        self.id.to_string()
    }

    /// Makes the id unique across accounts, and the value in its account and region, which the fingerprint holds.
    fn index(&self) -> Vec<(String, String)> {
        vec![(Self::BY_ID.to_owned(), self.id.to_string()), (Self::BY_FINGERPRINT.to_owned(), self.fingerprint.clone())]
    }
}

impl ApiKey {
    /// The index that finds a key by its id in whatever account it stands.
    pub const BY_ID: &'static str = "apigateway.apikey.id";
    /// The index that finds a key by its value's fingerprint.
    pub const BY_FINGERPRINT: &'static str = "apigateway.apikey.fingerprint";

    /// The fingerprint of a value in an account and region.
    pub fn fingerprint_of(fingerprints: &Fingerprints, scope: &Scope, value: &[u8]) -> Fingerprint {
        fingerprints.of(&[scope.account.as_str(), scope.region.as_str()], value)
    }

    /// The place its value is sealed for. `path` is from [`ApiKey::place_id`].
    pub fn place(path: &str, version: u32) -> Place<'_> {
        Place { table: Self::TABLE, id: path, version }
    }

    /// The path that [`ApiKey::place`] takes.
    pub fn place_id(scope: &Scope, id: &ApiKeyId) -> String {
        format!("{}/{}/{id}", scope.account, scope.region)
    }
}
