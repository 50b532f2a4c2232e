//! The blobs: one table, each blob a row.

use async_trait::async_trait;
use base::{Scope, Timestamp};
use bytes::Bytes;
use store_records::time::to_nanoseconds;
use store_records::{BlobKey, Blobs, Fault, Swept};

use crate::connect::Connections;

/// The table of blobs.
#[derive(Debug)]
pub(crate) struct PostgresBlobs(pub(crate) Connections);

#[async_trait]
impl Blobs for PostgresBlobs {
    async fn store(&self, key: &BlobKey, bytes: Bytes, now: Timestamp) -> Result<(), Fault> {
        let insert = sqlx::query(
            "INSERT INTO blob (account, region, digest, bytes, seen, payload) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (account, region, digest) DO UPDATE SET seen = greatest(blob.seen, excluded.seen)",
        )
        .bind(key.scope.account.as_str())
        .bind(key.scope.region.as_str())
        .bind(&key.digest[..])
        .bind(bytes.len() as i64)
        .bind(to_nanoseconds(now))
        .bind(&bytes[..]);
        self.0.within("storing a blob", insert.execute(self.0.pool())).await.map(drop)
    }

    async fn read(&self, key: &BlobKey) -> Result<Option<Bytes>, Fault> {
        let select = sqlx::query_scalar("SELECT payload FROM blob WHERE account = $1 AND region = $2 AND digest = $3")
            .bind(key.scope.account.as_str())
            .bind(key.scope.region.as_str())
            .bind(&key.digest[..]);
        let payload: Option<Vec<u8>> = self.0.within("reading a blob", select.fetch_optional(self.0.pool())).await?;
        Ok(payload.map(Bytes::from))
    }

    async fn exists(&self, key: &BlobKey) -> Result<bool, Fault> {
        let select =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM blob WHERE account = $1 AND region = $2 AND digest = $3)")
                .bind(key.scope.account.as_str())
                .bind(key.scope.region.as_str())
                .bind(&key.digest[..]);
        self.0.within("looking for a blob", select.fetch_one(self.0.pool())).await
    }

    async fn bytes(&self, scope: &Scope) -> Result<u64, Fault> {
        let sum =
            sqlx::query_scalar("SELECT coalesce(sum(bytes), 0)::bigint FROM blob WHERE account = $1 AND region = $2")
                .bind(scope.account.as_str())
                .bind(scope.region.as_str());
        let bytes: i64 = self.0.within("measuring blobs", sum.fetch_one(self.0.pool())).await?;
        Ok(bytes as u64)
    }

    async fn keep(&self, keys: &[BlobKey], now: Timestamp) -> Result<(), Fault> {
        let (mut accounts, mut regions, mut digests) = (Vec::new(), Vec::new(), Vec::new());
        for key in keys {
            accounts.push(key.scope.account.as_str());
            regions.push(key.scope.region.as_str());
            digests.push(&key.digest[..]);
        }
        // A clock that went back does not make a blob older.
        let update = sqlx::query(
            "UPDATE blob SET seen = greatest(blob.seen, $1) \
             FROM unnest($2::text[], $3::text[], $4::bytea[]) AS named (account, region, digest) \
             WHERE blob.account = named.account AND blob.region = named.region AND blob.digest = named.digest",
        )
        .bind(to_nanoseconds(now))
        .bind(accounts)
        .bind(regions)
        .bind(digests);
        self.0.within("keeping blobs", update.execute(self.0.pool())).await.map(drop)
    }

    async fn sweep(&self, before: Timestamp) -> Result<Swept, Fault> {
        // One that is put again meanwhile locks its row first, and is then no longer old; or it comes after, and is new.
        let delete = sqlx::query_as(
            "WITH gone AS (DELETE FROM blob WHERE seen < $1 RETURNING bytes) \
             SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM gone",
        )
        .bind(to_nanoseconds(before));
        let (blobs, bytes): (i64, i64) = self.0.within("sweeping blobs", delete.fetch_one(self.0.pool())).await?;
        Ok(Swept { blobs: blobs as u64, bytes: bytes as u64 })
    }
}
