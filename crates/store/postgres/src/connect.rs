//! Connections: pools that give up early, and calls that do not wait for ever.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgPool};

use crate::PostgresOptions;

/// A pool of at most so many connections; none is kept that nobody needs.
pub(crate) async fn pool(
    target: &PgConnectOptions,
    options: &PostgresOptions,
    connections_max: u32,
) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(options.connect_wait)
        .idle_timeout(Duration::from_mins(1))
        .after_connect(|connection, _| {
            Box::pin(async move {
                // An answered write is durable, whatever the server's default; a stricter one (remote_apply) stays.
                sqlx::query(
                    "SELECT set_config('synchronous_commit', 'on', false) \
                     WHERE current_setting('synchronous_commit') = 'off'",
                )
                .execute(connection)
                .await
                .map(drop)
            })
        })
        .connect_with(target.clone().disable_statement_logging())
        .await
}

/// How long a call may take.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) call_wait: Duration,
}

/// The database did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("the database does not answer")]
pub(crate) struct NoAnswer;

impl Patience {
    /// Runs a call, and gives it up when it takes too long: a network that swallows packets must not hold a caller.
    pub(crate) async fn within<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        late: impl FnOnce(NoAnswer) -> E,
    ) -> Result<T, E> {
        tokio::select! {
            outcome = call => outcome,
            () = self.clock.sleep(self.call_wait) => Err(late(NoAnswer)),
        }
    }
}
