//! Where a signing key is valid: a day, a region and a service.

use std::fmt;

use base::id::AccessKeyId;

use crate::TERMINATOR;
use crate::refusal::{Incomplete, Refusal};

/// The part of a credential behind the access key id: `20150830/us-east-1/execute-api/aws4_request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialScope {
    /// Eight digits: the day in UTC.
    pub date: String,
    /// The region as the client wrote it.
    pub region: String,
    /// The service's signing name as the client wrote it.
    pub service: String,
    /// `aws4_request`, when all is well.
    pub terminator: String,
}

impl CredentialScope {
    /// The scope of a key of our own.
    pub(crate) fn new(date: &str, region: &str, service: &str) -> Self {
        Self {
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            terminator: TERMINATOR.to_owned(),
        }
    }

    /// Reads `keyid/date/region/service/terminator`.
    pub(crate) fn parse(credential: &str) -> Result<(AccessKeyId, Self), Refusal> {
        let malformed = || Refusal::Incomplete(Incomplete::Credential(crate::refusal::cut(credential)));
        let mut parts = credential.split('/');
        let mut next = || parts.next().ok_or_else(malformed);
        let (key, date, region, service, terminator) = (next()?, next()?, next()?, next()?, next()?);
        if parts.next().is_some() {
            return Err(malformed());
        }
        let scope = Self {
            date: date.to_owned(),
            region: region.to_owned(),
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
        write!(f, "{date}/{region}/{service}/{terminator}")
    }
}
