//! Connections: calls wait their turn for as long as a call may take, and for a database that is away but shortly.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgPool, Postgres, Transaction};
use store_records::Fault;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::PostgresOptions;

/// Connections that a part of a node shares.
///
/// Whoever has a turn finds a connection free, so that the pool's own limit of time is about connecting alone: a database
/// that is away is a fault after [`PostgresOptions::connect_wait`], a busy one after [`PostgresOptions::call_wait`].
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pool: PgPool,
    turns: Arc<Semaphore>,
    patience: Patience,
}

impl Connections {
    /// At most so many, of which some are set aside for calls that take no turn.
    pub(crate) async fn open(
        target: &PgConnectOptions,
        options: &PostgresOptions,
        (connections_max, aside): (u32, u32),
    ) -> Result<Self, sqlx::Error> {
        let patience = Patience { clock: Arc::clone(&options.clock), call_wait: options.call_wait };
        let turns = connections_max.saturating_sub(aside).max(1);
        let turns = Arc::new(Semaphore::new(turns as usize));
        Ok(Self { pool: pool(target, options, connections_max).await?, turns, patience })
    }

    /// The connections themselves.
    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// How long calls may take.
    pub(crate) fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Waits until a connection is this caller's; turns come in the order in which they were asked for.
    pub(crate) async fn turn(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.turns).acquire_owned().await.expect("nobody closes it")
    }

    /// Runs a call in its turn, within the time a call may take.
    pub(crate) async fn within<T>(
        &self,
        what: &'static str,
        call: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Fault> {
        let call = async {
            let _turn = self.turn().await;
            call.await
        };
        self.at_once(what, call).await
    }

    /// Runs a call that takes no turn, for the one caller whose connection is set aside.
    pub(crate) async fn at_once<T>(
        &self,
        what: &'static str,
        call: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Fault> {
        let call = async { call.await.map_err(|error| Fault::new(what, error)) };
        self.patience.within(call, |late| Fault::new(what, late)).await
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        begin(&self.pool).await
    }

    /// Closes them; those still in use end on their own, nobody waits for them.
    pub(crate) async fn close(&self) {
        let _ = futures_util::future::poll_immediate(self.pool.close()).await;
    }
}

/// Begins a transaction, each of whose statements sees what was committed before it, so that whoever waited for a lock sees
/// what its holder did.
// SECURITY: a quota that is counted as it was before the wait is exceeded.
pub(crate) async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await
}

/// A pool of at most so many connections; none is kept that nobody needs.
async fn pool(
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
                // An answered write is durable, whatever the server's default; a stricter one (remote_apply) stays. Whoever
                // waited for a lock sees what its holder did: with another isolation it would count from before the wait.
                sqlx::query(
                    "SELECT set_config('default_transaction_isolation', 'read committed', false), \
                     CASE current_setting('synchronous_commit') WHEN 'off' \
                     THEN set_config('synchronous_commit', 'on', false) END",
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
