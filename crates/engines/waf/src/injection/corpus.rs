//! libinjection's own tests, read where `PORTCULLIS_VECTORS` or `../shared/vectors` beside the repository holds them.

use std::path::{Path, PathBuf};

/// One file of them.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) input: Vec<u8>,
    pub(super) expected: String,
}

/// The files whose names begin so, in order; none, and a line that says so, where the vectors are not at hand.
pub(super) fn cases(start: &str) -> Vec<Case> {
    let root = std::env::var_os("PORTCULLIS_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/vectors"), PathBuf::from);
    let Ok(folder) = std::fs::read_dir(root.join("libinjection/tests")) else {
        println!("no libinjection vectors found; set PORTCULLIS_VECTORS to run them");
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    paths.iter().filter(|path| name(path).starts_with(start)).map(|path| read(name(path), path)).collect()
}

fn read(name: String, path: &Path) -> Case {
    let bytes = std::fs::read(path).expect("a file");
    let part = |from: &[u8], to: &[u8]| {
        let start = memchr::memmem::find(&bytes, from).expect("a heading") + from.len();
        let len = if to.is_empty() {
            bytes.len() - start
        } else {
            memchr::memmem::find(&bytes[start..], to).expect("a heading")
        };
        trim(&bytes[start..start + len]).to_vec()
    };
    let expected = String::from_utf8_lossy(&part(b"--EXPECTED--\n", b"")).into_owned();
    Case { name, input: part(b"--INPUT--\n", b"--EXPECTED--\n"), expected }
}

fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\n' | b'\t' | b'\r'] = bytes {
        bytes = rest;
    }
    bytes
}
