//! Formats of the databases: each step is done once, in order, in a transaction of its own.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::OpenError;

/// The steps of `resources.db`. Steps are only ever added.
pub(crate) const RESOURCES: &[&str] = &[include_str!("schema/resources_1.sql")];

/// The steps of `records.db`.
pub(crate) const RECORDS: &[&str] = &[include_str!("schema/records_1.sql")];

/// The steps of `blobs.db`.
pub(crate) const BLOBS: &[&str] = &[include_str!("schema/blobs_1.sql")];

/// The steps of `counters.db`.
pub(crate) const COUNTERS: &[&str] = &[include_str!("schema/counters_1.sql")];

/// The steps of `queue.db`.
pub(crate) const QUEUE: &[&str] = &[include_str!("schema/queue_1.sql")];

/// Brings a database to the newest format.
pub(crate) async fn run(
    connection: &mut SqliteConnection,
    file: &Path,
    steps: &'static [&'static str],
) -> Result<(), OpenError> {
    let fail = |source| OpenError::Database { file: file.to_owned(), source };
    let found: u32 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await.map_err(fail)?;
    let known = steps.len() as u32;
    if found > known {
        return Err(OpenError::Newer { file: file.to_owned(), found, known });
    }
    for (number, step) in (1..).zip(steps).skip(found as usize) {
        let mut transaction = connection.begin_with("BEGIN EXCLUSIVE").await.map_err(fail)?;
        sqlx::raw_sql(*step).execute(&mut *transaction).await.map_err(fail)?;
        // A pragma takes no bound value; the number is ours.
        let version = AssertSqlSafe(format!("PRAGMA user_version = {number}"));
        sqlx::raw_sql(version).execute(&mut *transaction).await.map_err(fail)?;
        transaction.commit().await.map_err(fail)?;
    }
    Ok(())
}
