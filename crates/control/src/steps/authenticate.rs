//! Authenticate: SigV4 in the header or the query, against a key of the snapshot.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>

use base::Region;
use operation::Principal;
use sigv4::{Claim, Expectation, KeyCache, PathRule, Payload, PayloadRule, Verified};
use snapshot::Snapshot;
use snapshot::access_key::KeyOwner;

use super::identify::Identified;
use crate::Received;
use crate::refusal::Refusal;

/// A call whose caller is proven.
#[derive(Debug)]
pub(crate) struct Authenticated<'c> {
    pub(crate) identified: Identified<'c>,
    pub(crate) principal: Principal,
    // Only this step makes one.
    _made_here: (),
}

/// Services without a region are signed for this one.
const GLOBAL_REGION: &str = "us-east-1";

/// Proves who calls.
pub(crate) fn prove<'c>(
    identified: Identified<'c>,
    snapshot: &Snapshot,
    keys: &KeyCache,
    claimed_key: &mut Option<String>,
) -> Result<Authenticated<'c>, Refusal> {
    let received = identified.received;
    let headers = header_list(received);
    let signed = sigv4::Received {
        method: received.method.as_str(),
        path: &received.path,
        query: &received.query,
        headers: &headers,
    };
    let claim = Claim::parse(&signed)?;
    *claimed_key = Some(claim.access_key_id.to_string());
    let regions = regions(&snapshot.place.region, identified.service.global);
    let expectation = Expectation {
        service: identified.service.name,
        regions: &regions,
        now: received.now,
        path: PathRule::Normalized,
        payload: PayloadRule::Signed,
    };
    claim.check(&signed, &expectation)?;
    let known = snapshot.access_keys.get(&claim.access_key_id).filter(|key| key.active);
    // A token belongs to temporary credentials, and this installation has handed out none.
    let key = known.filter(|_| claim.session_token.is_none()).ok_or(sigv4::Refusal::UnknownKey)?;
    let signing_key = keys.signing_key(&claim, || Ok::<_, sigv4::Refusal>(key.secret.clone()))?;
    let verified: Verified = claim.verify(&signed, Payload::Bytes(&received.body), &signing_key, &expectation)?;
    let principal = match key.owner {
        KeyOwner::Root => Principal::Root { account: key.account, access_key: verified.access_key_id },
    };
    Ok(Authenticated { identified, principal, _made_here: () })
}

fn regions(own: &Region, global: bool) -> Vec<&str> {
    if global && own.as_str() != GLOBAL_REGION { vec![own.as_str(), GLOBAL_REGION] } else { vec![own.as_str()] }
}

fn header_list(received: &Received) -> Vec<(&str, &[u8])> {
    received.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}
