//! Code that callers bring: an archive that can be unpacked within bounds, kept among the blobs.
//! <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>

use std::io::Cursor;

use base::{Scope, Timestamp};
use bytes::Bytes;
use model::lambda::Code;
use operation::{Failure, Ports};
use store_records::PutError;
use store_records::blobs::BLOB_BYTES_MAX;
use zip::ZipArchive;

use crate::error::Error;

/// What code and layers may take unpacked, in bytes.
pub(crate) const UNPACKED_BYTES_MAX: u64 = 262_144_000;
/// Entries of one archive (ours: what a small disk's inodes can bear).
const ENTRIES_MAX: usize = 50_000;
/// All code of an account and region, in bytes.
pub(crate) const ACCOUNT_BYTES_MAX: u64 = 80_530_636_800;

/// Keeps an archive. It must be named by a document in the same call, or it is swept away later.
pub(crate) async fn keep(archive: &[u8], scope: &Scope, ports: &Ports, now: Timestamp) -> Result<Code, Failure> {
    check(archive)?;
    let bytes = archive.len() as u64;
    if ports.blobs.bytes(scope).await? + bytes > ACCOUNT_BYTES_MAX {
        return Err(Error::CodeStorage.into());
    }
    let put = ports.blobs.put(scope, Bytes::copy_from_slice(archive), now).await;
    match put {
        Ok(digest) => Ok(Code::new(&digest, bytes)),
        Err(PutError::TooLarge) => Err(too_large().into()),
        Err(PutError::Fault(fault)) => Err(fault.into()),
    }
}

fn too_large() -> Error {
    Error::invalid(format!("Zipped size must be smaller than {BLOB_BYTES_MAX} bytes"))
}

/// Refuses what is no archive, or one that unpacks to more than it may. What its entries claim is not yet true: whoever
/// unpacks counts again.
pub(crate) fn check(archive: &[u8]) -> Result<(), Error> {
    if archive.len() > BLOB_BYTES_MAX {
        return Err(too_large());
    }
    let unreadable =
        || Error::invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
    let mut whole = ZipArchive::new(Cursor::new(archive)).map_err(|_| unreadable())?;
    if whole.is_empty() {
        return Err(Error::invalid("Uploaded file must be a non-empty zip"));
    }
    if whole.len() > ENTRIES_MAX {
        return Err(Error::invalid(format!("An archive may have {ENTRIES_MAX} entries, this one has {}", whole.len())));
    }
    let mut unpacked: u64 = 0;
    for index in 0..whole.len() {
        let entry = whole.by_index_raw(index).map_err(|_| unreadable())?;
        // SECURITY: a path that leads out of the folder is refused here, and once more where it is unpacked.
        if entry.enclosed_name().is_none() {
            return Err(unreadable());
        }
        unpacked = unpacked.saturating_add(entry.size());
    }
    if unpacked > UNPACKED_BYTES_MAX {
        return Err(Error::invalid(format!("Unzipped size must be smaller than {UNPACKED_BYTES_MAX} bytes")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{archive, archive_of};

    #[test]
    fn an_archive_is_taken_and_what_is_none_is_refused() {
        assert_eq!(check(&archive("x = 1")), Ok(()));
        let sound = archive("x = 1");
        for bad in [&b""[..], b"PK", b"not a zip at all", &sound[..sound.len() - 4], &sound[4..]] {
            assert!(check(bad).is_err());
        }
    }

    #[test]
    fn paths_that_lead_out_are_refused() {
        for path in ["../evil", "a/../../evil", "/etc/passwd"] {
            let refused = check(&archive_of(&[(path, b"x")]));
            // An absolute path is one below the folder to some readers; it is never outside.
            assert!(refused.is_err() || path.starts_with('/'), "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_archive_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>()) {
            let _ = check(&bytes);
            let mut damaged = archive("x = 1");
            let at = at.index(damaged.len());
            damaged.splice(at..at, bytes);
            let _ = check(&damaged);
        }
    }
}
