//! Blobs: bytes found by their own SHA-256 (function code, layers). They are kept for as long as documents name them.
//!
//! A blob is put before the document that names it commits, so it is unnamed for a moment. Therefore nothing deletes a
//! blob outright: whoever collects says which blobs are named ([`Blobs::keep`]) and takes away what was neither put nor
//! kept for a good while ([`Blobs::sweep`]).

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use base::{Scope, Timestamp};
use bytes::Bytes;

use crate::Fault;

/// Bytes of one blob, at most: what Lambda takes in one request.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub const BLOB_BYTES_MAX: usize = 52_428_800;

/// The SHA-256 of a blob's bytes.
pub type Digest = [u8; 32];

/// A blob's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobKey {
    /// Whose it is: the same bytes of two accounts are two blobs.
    pub scope: Scope,
    /// The digest of its bytes.
    pub digest: Digest,
}

/// Why a blob was not stored.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// No blob is so large.
    #[error("a blob holds at most {BLOB_BYTES_MAX} bytes")]
    TooLarge,
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What [`Blobs::sweep`] took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Blobs that went.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The blobs of an installation. What [`Blobs::put`] answered outlives the loss of power.
#[async_trait]
pub trait Blobs: Send + Sync + std::fmt::Debug {
    /// Stores `key`'s bytes, or notes that they were put again; for [`Blobs::put`], which has checked both.
    async fn store(&self, key: &BlobKey, bytes: Bytes, now: Timestamp) -> Result<(), Fault>;

    /// The bytes of a blob, if it is there. Bytes that are not those of the digest are a fault.
    async fn get(&self, key: &BlobKey) -> Result<Option<Bytes>, Fault> {
        let Some(bytes) = self.read(key).await? else { return Ok(None) };
        if sha256(&bytes) == key.digest { Ok(Some(bytes)) } else { Err(Fault::new("reading a blob", Damaged)) }
    }

    /// The bytes as they are stored; for [`Blobs::get`], which checks them.
    async fn read(&self, key: &BlobKey) -> Result<Option<Bytes>, Fault>;

    /// Whether it is there.
    async fn exists(&self, key: &BlobKey) -> Result<bool, Fault>;

    /// Bytes that a scope's blobs hold together.
    async fn bytes(&self, scope: &Scope) -> Result<u64, Fault>;

    /// Notes that these are named by documents at `now`.
    async fn keep(&self, keys: &[BlobKey], now: Timestamp) -> Result<(), Fault>;

    /// Takes away what was neither put nor kept since `before`, of every scope.
    async fn sweep(&self, before: Timestamp) -> Result<Swept, Fault>;

    /// Stores bytes under their digest. The same bytes again change nothing but the time.
    async fn put(&self, scope: &Scope, bytes: Bytes, now: Timestamp) -> Result<Digest, PutError> {
        if bytes.len() > BLOB_BYTES_MAX {
            return Err(PutError::TooLarge);
        }
        let key = BlobKey { scope: scope.clone(), digest: sha256(&bytes) };
        self.store(&key, bytes, now).await?;
        Ok(key.digest)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("its bytes are not those of its digest")]
struct Damaged;

/// The digest of bytes.
pub fn sha256(bytes: &[u8]) -> Digest {
    let mut whole = [0; 32];
    whole.copy_from_slice(digest(&SHA256, bytes).as_ref());
    whole
}
