//! Publish: a write is answered once this node serves it.

use super::run::Done;
use crate::publish::Publisher;
use crate::refusal::Refusal;

/// A call whose effect this node serves.
#[derive(Debug)]
pub(crate) struct Published(pub(crate) Done);

/// Waits for the revision of a write.
pub(crate) async fn wait(done: Done, publisher: &Publisher) -> Result<Published, Refusal> {
    if done.committed {
        publisher.reached(done.revision).await.map_err(|_| Refusal::NotServedYet { revision: done.revision })?;
    }
    Ok(Published(done))
}
