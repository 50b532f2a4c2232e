//! An event as it waits in the store: sealed, so that nobody reads there what functions are asked.

use base::Timestamp;
use base::seal::{MasterKey, Place, SealError, Sealed};
use base::{AccountId, Secret};
use functions::Invocation;
use serde::{Deserialize, Serialize};
use snapshot::FunctionName;
use store_records::queue::Item;

use super::Event;

/// What stands before the payload.
#[derive(Serialize, Deserialize)]
struct Head {
    account: AccountId,
    function: String,
    qualifier: Option<String>,
    invoked_arn: String,
    trace_id: Option<String>,
    client_context: Option<String>,
}

/// Why a stored event cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error(transparent)]
    Sealed(#[from] SealError),
    #[error("it is not text")]
    Text(#[from] std::str::Utf8Error),
    #[error("it is malformed")]
    Malformed(#[from] postcard::Error),
}

/// Seals an event for the store.
pub(super) fn seal(event: &Event, accepted: Timestamp, master_key: &MasterKey) -> Item {
    let Event { scope, function, qualifier, invocation } = event;
    let head = Head {
        account: function.account,
        function: function.name.to_string(),
        qualifier: qualifier.clone(),
        invoked_arn: invocation.invoked_arn.to_string(),
        trace_id: invocation.trace_id.clone(),
        client_context: invocation.client_context.clone(),
    };
    let mut whole = postcard::to_allocvec(&head).expect("texts and options have a form");
    whole.extend_from_slice(&invocation.payload);
    let id = invocation.request_id;
    let sealed = master_key.seal(place(&id.to_string()), &Secret::new(whole));
    Item { id, scope: scope.clone(), accepted, payload: sealed.bare().to_owned().into() }
}

/// Opens what [`seal`] made, for the item of the same name only.
pub(super) fn open(item: &Item, master_key: &MasterKey) -> Result<Event, Unreadable> {
    let sealed = Sealed::<Vec<u8>>::from_bare(std::str::from_utf8(&item.payload)?);
    let whole = master_key.open(place(&item.id.to_string()), &sealed)?;
    let (head, payload): (Head, _) = postcard::take_from_bytes(whole.expose())?;
    let invocation = Invocation {
        request_id: item.id,
        invoked_arn: head.invoked_arn.into(),
        payload: bytes::Bytes::copy_from_slice(payload),
        trace_id: head.trace_id,
        client_context: head.client_context,
        patience: None,
    };
    let function = FunctionName { account: head.account, name: head.function.into() };
    Ok(Event { scope: item.scope.clone(), function, qualifier: head.qualifier, invocation })
}

fn place(id: &str) -> Place<'_> {
    Place { table: "asynchronous_event", id, version: 1 }
}

#[cfg(test)]
mod tests {
    use base::id::RequestId;

    use super::super::tests::event;
    use super::*;

    #[test]
    fn an_event_is_sealed_while_it_waits_and_opens_as_itself_only() {
        let (key, event) = (MasterKey::random(), event(b"{\"card\":\"4111\"}"));
        let item = seal(&event, Timestamp::UNIX_EPOCH, &key);
        assert!(!item.payload.windows(4).any(|four| four == b"4111"));
        let again = open(&item, &key).unwrap();
        assert_eq!(format!("{again:?}"), format!("{event:?}"));
        assert!(open(&item, &MasterKey::random()).is_err(), "under another key");
        let moved = Item { id: RequestId::random(), ..item.clone() };
        assert!(open(&moved, &key).is_err(), "under another name");
        assert!(open(&Item { payload: vec![0xff].into(), ..item }, &key).is_err());
    }
}
