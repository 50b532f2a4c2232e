//! Formats of the database: each step is done once, in order, by whichever node comes first.

use sqlx::{PgConnection, PgPool};

use crate::OpenError;

/// The steps. Steps are only ever added.
const STEPS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
];

/// The lock of whoever changes the format; the number is ours alone by convention of this crate.
const FORMAT_LOCK: i64 = 0x706f_7274_6375_0001;

/// The oldest server, as `server_version_num` counts.
const SERVER_MIN: i32 = 130_000;

/// Brings the database to the newest format.
pub(crate) async fn run(pool: &PgPool) -> Result<(), OpenError> {
    let mut transaction = pool.begin().await?;
    check_server(&mut transaction).await?;
    // Nodes that start at once come one after the other here; the second finds the work done.
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(FORMAT_LOCK).execute(&mut *transaction).await?;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS format (step integer PRIMARY KEY)").execute(&mut *transaction).await?;
    let found: i32 =
        sqlx::query_scalar("SELECT coalesce(max(step), 0) FROM format").fetch_one(&mut *transaction).await?;
    let known = STEPS.len() as i32;
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    for (number, step) in (1..).zip(STEPS).skip(found as usize) {
        sqlx::raw_sql(*step).execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO format VALUES ($1)").bind::<i32>(number).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

async fn check_server(connection: &mut PgConnection) -> Result<(), OpenError> {
    let (number, version, encoding): (i32, String, String) = sqlx::query_as(
        "SELECT current_setting('server_version_num')::integer, current_setting('server_version'), \
         current_setting('server_encoding')",
    )
    .fetch_one(connection)
    .await?;
    if number < SERVER_MIN {
        return Err(OpenError::TooOld { found: version });
    }
    if encoding != "UTF8" {
        return Err(OpenError::Encoding { found: encoding });
    }
    Ok(())
}
