//! Authenticate: SigV4 in the header or the query, against a key of the snapshot.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>

use base::Region;
use identity::{Caller, Identities};
use operation::{Credentials, Principal};
use sigv4::{Claim, Expectation, PathRule, Payload, PayloadRule};
use snapshot::Snapshot;

use super::identify::Identified;
use super::record::Home;
use super::session_tokens;
use crate::Received;
use crate::refusal::Refusal;

/// A call whose caller is proven.
#[derive(Debug)]
pub(crate) struct Authenticated<'c> {
    pub(crate) identified: Identified<'c>,
    pub(crate) principal: Principal,
    /// `None` for unsigned calls.
    pub(crate) caller: Option<Caller>,
    // Only this step makes one.
    _made_here: (),
}

/// Services without a region are signed for this one.
const GLOBAL_REGION: &str = "us-east-1";

/// Proves who calls. An operation that takes unsigned calls gets nobody, unless a signature is there: then it must be good.
pub(crate) fn prove<'c>(
    identified: Identified<'c>,
    snapshot: &Snapshot,
    identities: &Identities,
    home: &Home,
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
    let claim = match Claim::parse(&signed) {
        Err(sigv4::Refusal::MissingToken) if identified.target.takes_unsigned() => {
            let principal = Principal::Unsigned { account: home.account };
            return Ok(Authenticated { identified, principal, caller: None, _made_here: () });
        }
        claim => claim?,
    };
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
    let known = identities.known(&claim, snapshot, received.now)?;
    let signing_key = identities.signing_key(&claim, &known);
    let verified = claim.verify(&signed, Payload::Bytes(&received.body), &signing_key, &expectation)?;
    let caller = identities.caller(known, verified, received.now);
    let principal = principal(&caller).ok_or(sigv4::Refusal::UnknownKey)?;
    if !session_tokens::may_call(&principal, identified.service.name, identified.target.name()) {
        return Err(sigv4::Refusal::UnknownKey.into());
    }
    Ok(Authenticated { identified, principal, caller: Some(caller), _made_here: () })
}

/// The caller as operations know it; `None` is for what never signs.
fn principal(caller: &Caller) -> Option<Principal> {
    let access_key = caller.access_key()?.clone();
    let credentials = Credentials { access_key, session: caller.session().cloned() };
    Some(match caller.principal() {
        policy::Principal::Root { account } => Principal::Root { account: *account, credentials },
        policy::Principal::User { account, arn, id, name } => {
            Principal::User { account: *account, arn: arn.clone(), id: id.clone(), name: name.clone(), credentials }
        }
        policy::Principal::AssumedRole { account, role_arn, session_arn, id, session } => Principal::AssumedRole {
            account: *account,
            role_arn: role_arn.clone(),
            session_arn: session_arn.clone(),
            role_id: id.clone(),
            session_name: session.clone(),
            credentials,
        },
        policy::Principal::Anonymous
        | policy::Principal::FederatedUser { .. }
        | policy::Principal::Service { .. }
        | policy::Principal::Federated { .. } => return None,
    })
}

fn regions(own: &Region, global: bool) -> Vec<&str> {
    if global && own.as_str() != GLOBAL_REGION { vec![own.as_str(), GLOBAL_REGION] } else { vec![own.as_str()] }
}

fn header_list(received: &Received) -> Vec<(&str, &[u8])> {
    received.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}
