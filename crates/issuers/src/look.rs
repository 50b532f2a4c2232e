//! One look at an issuer: where it says that its keys are, and the keys.
//! <https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig>

use base::Clock;
use bytes::Bytes;
use futures_util::future::{Either, select};
use jwt::KeySet;
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::name::{is_loopback, named};
use crate::{Fetch, Place, Rules};

#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    jwks_uri: String,
}

/// Reads an issuer's keys, or says why they cannot be read. No more than so many look at once; the others wait in line for
/// as long as one document may take.
pub(crate) async fn look(
    fetch: &dyn Fetch,
    looks: &Semaphore,
    clock: &dyn Clock,
    place: &Place,
    rules: Rules,
) -> Result<KeySet, String> {
    let turn = std::pin::pin!(looks.acquire());
    let turn = select(turn, clock.sleep(rules.document_within)).await;
    let Either::Left((Ok(_turn), _)) = turn else { return Err("too many issuers are looked at at once".to_owned()) };
    let get = async |url: &str| -> Result<Bytes, String> {
        match select(fetch.get(url, &place.thumbprints), clock.sleep(rules.document_within)).await {
            Either::Left((document, _)) => document,
            Either::Right(_) => Err(format!("{url} takes longer than {:?}", rules.document_within)),
        }
    };
    let url = format!("{}/.well-known/openid-configuration", place.url.trim_end_matches('/'));
    let discovered: Discovered = serde_json::from_slice(&get(&url).await?)
        .map_err(|_| format!("{url} is not a document with `issuer` and `jwks_uri`"))?;
    // SECURITY: whoever serves this document must claim to be the issuer, and nobody else.
    if named(&discovered.issuer).is_none() || named(&discovered.issuer) != named(&place.url) {
        return Err("the issuer names another issuer".to_owned());
    }
    if !may_hold_keys(&discovered.jwks_uri, place) {
        return Err("the issuer's keys are not at an https URL".to_owned());
    }
    let (keys, skipped) = KeySet::parse(&get(&discovered.jwks_uri).await?).map_err(|fault| fault.to_string())?;
    for skipped in &skipped {
        tracing::info!(issuer = &*place.url, index = skipped.index, why = %skipped.why, "a key of an issuer is passed over");
    }
    Ok(keys)
}

/// Keys come over TLS, but for an issuer on the loopback, whose keys may be there too.
fn may_hold_keys(url: &str, place: &Place) -> bool {
    url.starts_with("https://") || (place.url.starts_with("http://") && is_loopback(url))
}
