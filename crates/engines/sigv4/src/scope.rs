//! Where a signing key is valid: a day, a region and a service. SigV4A has no region here, but a set of them apart.

use std::fmt;

use base::id::AccessKeyId;

use crate::refusal::{Incomplete, Refusal, cut};
use crate::{Algorithm, TERMINATOR};

/// The part of a credential behind the access key id: `20150830/us-east-1/execute-api/aws4_request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialScope {
    /// Eight digits: the day in UTC.
    pub date: String,
    /// The region as the client wrote it; SigV4A's scope has none.
    pub region: Option<String>,
    /// The service's signing name as the client wrote it.
    pub service: String,
    /// `aws4_request`, when all is well.
    pub terminator: String,
}

impl CredentialScope {
    /// The scope of a key of our own.
    pub(crate) fn new(date: &str, region: Option<&str>, service: &str) -> Self {
        Self {
            date: date.to_owned(),
            region: region.map(str::to_owned),
            service: service.to_owned(),
            terminator: TERMINATOR.to_owned(),
        }
    }

    /// Reads `keyid/date/region/service/terminator`, or SigV4A's `keyid/date/service/terminator`.
    pub(crate) fn parse(algorithm: Algorithm, credential: &str) -> Result<(AccessKeyId, Self), Refusal> {
        let malformed = || {
            Refusal::Incomplete(match algorithm {
                Algorithm::HmacSha256 => Incomplete::Credential(cut(credential)),
                Algorithm::EcdsaP256Sha256 => Incomplete::CredentialWithoutRegion(cut(credential)),
            })
        };
        let mut parts = credential.split('/');
        let mut next = || parts.next().ok_or_else(malformed);
        let (key, date) = (next()?, next()?);
        let region = match algorithm {
            Algorithm::HmacSha256 => Some(next()?),
            Algorithm::EcdsaP256Sha256 => None,
        };
        let (service, terminator) = (next()?, next()?);
        if parts.next().is_some() {
            return Err(malformed());
        }
        let scope = Self {
            date: date.to_owned(),
            region: region.map(str::to_owned),
            service: service.to_owned(),
            terminator: terminator.to_owned(),
        };
        // A key id outside the alphabet of key ids cannot be anybody's.
        let key = AccessKeyId::parse(key).map_err(|_| Refusal::UnknownKey)?;
        Ok((key, scope))
    }
}

impl fmt::Display for CredentialScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, region, service, terminator } = self;
        match region {
            Some(region) => write!(f, "{date}/{region}/{service}/{terminator}"),
            None => write!(f, "{date}/{service}/{terminator}"),
        }
    }
}
