//! How a node hears of the others' commits: PostgreSQL notifies it, and where the connection was lost it asks.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use store_resources::Revision;
use tokio::sync::watch;

use crate::rows;

/// The channel on which commits announce their revision.
pub(crate) const CHANNEL: &str = "portcullis_revision";

/// Pause between attempts to listen, so that a database that is away is not stormed.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens for ever; what it hears goes into `known`.
pub(crate) async fn follow(pool: PgPool, known: watch::Sender<Revision>, clock: Arc<dyn Clock>) {
    while !pool.is_closed() {
        if let Err(error) = listen(&pool, &known).await {
            // Polling goes on meanwhile, so that this costs time and nothing else.
            tracing::warn!(%error, "cannot listen for changes of the configuration; trying again");
        }
        clock.sleep(PAUSE).await;
    }
}

async fn listen(pool: &PgPool, known: &watch::Sender<Revision>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    // What was committed before we listened.
    learn(known, newest(pool).await?);
    loop {
        match listener.try_recv().await? {
            Some(notification) => {
                if let Ok(number) = notification.payload().parse() {
                    learn(known, Revision(number));
                }
            }
            // The connection was lost and made anew; what was said meanwhile we did not hear.
            None => learn(known, newest(pool).await?),
        }
    }
}

/// The newest committed revision.
pub(crate) async fn newest(pool: &PgPool) -> Result<Revision, sqlx::Error> {
    sqlx::query_scalar("SELECT revision FROM installation").fetch_one(pool).await.map(rows::revision)
}

/// Notes a revision; news may arrive late and out of order.
pub(crate) fn learn(known: &watch::Sender<Revision>, revision: Revision) {
    known.send_if_modified(|known| {
        let newer = revision > *known;
        *known = revision.max(*known);
        newer
    });
}
