//! The data directory's files: whose they are, what happens at once, and what is refused.

use std::os::unix::fs::MetadataExt as _;

use super::*;

fn fresh() -> (tempfile::TempDir, DataDir) {
    let outer = tempfile::tempdir().unwrap();
    let dir = DataDir::at(&outer.path().join("a/b"));
    dir.create().unwrap();
    (outer, dir)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

fn files(dir: &DataDir) -> Vec<String> {
    let names = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn root() -> control::RootKey {
    control::RootKey {
        account: AccountId::parse("111111111111").unwrap(),
        id: "AKIAROOT".parse().unwrap(),
        secret: Secret::new("a-secret-of-forty-characters".to_owned()),
    }
}

fn endpoints() -> Endpoints {
    Endpoints {
        admin: "http://127.0.0.1:1".to_owned(),
        gateway: "https://127.0.0.1:2".to_owned(),
        plain: None,
        region: "us-east-1".to_owned(),
        account: "000000000000".to_owned(),
        zone: "localhost".to_owned(),
    }
}

#[test]
fn everything_in_it_is_its_owner_s_alone() {
    let (_outer, dir) = fresh();
    let key = dir.master_key_or_new(None).unwrap();
    dir.write_root_key(&key, &root()).unwrap();
    dir.write_endpoints(&endpoints()).unwrap();
    dir.write_ca("a certificate").unwrap();
    assert_eq!((mode(dir.path()), mode(dir.path().parent().unwrap())), (0o700, 0o700));
    assert_eq!(files(&dir), ["ca.pem", "endpoints.json", "master.key", "root-key.json"], "and nothing is left over");
    for name in files(&dir) {
        assert_eq!(mode(&dir.path().join(&name)), 0o600, "{name}");
    }
}

#[test]
fn what_was_written_is_read_again() {
    let (_outer, dir) = fresh();
    let key = dir.master_key_or_new(None).unwrap();
    let again = dir.master_key_or_new(None).unwrap();
    assert_eq!(key.to_text().expose(), again.to_text().expose(), "a second start keeps the key");
    dir.write_root_key(&key, &root()).unwrap();
    let opened = dir.root_key(&again).unwrap();
    assert_eq!((opened.access_key_id.as_str(), opened.secret.expose()), ("AKIAROOT", root().secret.expose()));
    let file = fs::read_to_string(dir.path().join(ROOT_KEY)).unwrap();
    assert!(!file.contains(root().secret.expose()), "it is sealed");
    dir.write_endpoints(&endpoints()).unwrap();
    assert_eq!(dir.endpoints().unwrap(), endpoints());
    dir.write_ca("one").unwrap();
    dir.write_ca("two").unwrap();
    assert_eq!(dir.ca().unwrap(), "two");
}

#[test]
fn a_master_key_that_others_may_read_is_refused() {
    let (_outer, dir) = fresh();
    dir.master_key_or_new(None).unwrap();
    let path = dir.path().join(MASTER_KEY);
    for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o660, false), (0o601, false)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let read = dir.master_key(None);
        assert_eq!(read.is_ok(), good, "{mode:o}");
        if let Err(refused) = read {
            let path = path.display();
            assert_eq!(refused.to_string(), format!("{path} may be read by others; run `chmod 600 {path}`"));
        }
    }
}

#[test]
fn a_master_key_that_is_none_is_refused_and_never_replaced() {
    let (_outer, dir) = fresh();
    let path = dir.path().join(MASTER_KEY);
    for text in ["", "secret", &"g".repeat(64), &"0".repeat(63), "\u{0}"] {
        fill(&path, text.as_bytes()).unwrap();
        let refused = dir.master_key_or_new(None).unwrap_err().to_string();
        let words =
            format!("the master key from {} cannot be used: a master key is 64 hexadecimal digits", path.display());
        assert_eq!(refused, words);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        fs::remove_file(&path).unwrap();
    }
    fill(&path, b"\xff\xfe").unwrap();
    assert!(matches!(dir.master_key_or_new(None), Err(DataDirError::Io { .. })));
}

#[test]
fn a_master_key_from_elsewhere_must_be_there() {
    let (_outer, dir) = fresh();
    let elsewhere = dir.path().join("elsewhere.key");
    let named = elsewhere.to_str().unwrap();
    assert!(matches!(dir.master_key_or_new(Some(named)), Err(DataDirError::Io { .. })), "it is not made");
    let key = MasterKey::random();
    fill(&elsewhere, key.to_text().expose().as_bytes()).unwrap();
    assert_eq!(dir.master_key_or_new(Some(named)).unwrap().to_text().expose(), key.to_text().expose());
    let unset = dir.master_key_or_new(Some("env:PORTCULLIS_NO_SUCH_VARIABLE")).unwrap_err().to_string();
    assert_eq!(unset, "no master key: the environment variable PORTCULLIS_NO_SUCH_VARIABLE is not set");
    assert_eq!(files(&dir), ["elsewhere.key"]);
}

#[test]
fn many_who_start_at_once_agree_on_one_master_key() {
    let (_outer, dir) = fresh();
    let start = || dir.master_key_or_new(None).unwrap().to_text().expose().clone();
    let keys: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert_eq!(files(&dir), ["master.key"], "nothing is left over");
}

#[test]
fn another_master_key_does_not_open_the_root_key() {
    let (_outer, dir) = fresh();
    dir.write_root_key(&MasterKey::random(), &root()).unwrap();
    let refused = dir.root_key(&MasterKey::random()).unwrap_err();
    assert!(matches!(refused, DataDirError::Sealed { source: SealError::DoesNotOpen, .. }), "{refused}");
}

#[test]
fn a_directory_where_no_node_ran_says_how_to_start_one() {
    let (_outer, dir) = fresh();
    let words = format!(
        "no node has been started on {}; run `portcullis serve` or `portcullis run FILE` first",
        dir.path().display()
    );
    assert_eq!(dir.endpoints().unwrap_err().to_string(), words);
    assert_eq!(dir.ca().unwrap_err().to_string(), words);
    assert_eq!(dir.root_key(&MasterKey::random()).unwrap_err().to_string(), words);
    dir.remove_endpoints();
}

#[test]
fn a_malformed_file_says_so() {
    let (_outer, dir) = fresh();
    for text in ["", "{", "[]", "{}", r#"{"account":"1","access_key_id":"a","secret":"b"}"#] {
        dir.write(ROOT_KEY, text.as_bytes(), Existing::Replace).unwrap();
        dir.write(ENDPOINTS, text.as_bytes(), Existing::Replace).unwrap();
        let malformed = |name: &str| {
            format!("{} is malformed; start the node again to have it written anew", dir.path().join(name).display())
        };
        assert_eq!(dir.root_key(&MasterKey::random()).unwrap_err().to_string(), malformed(ROOT_KEY), "{text}");
        assert_eq!(dir.endpoints().unwrap_err().to_string(), malformed(ENDPOINTS), "{text}");
    }
    let unsealed = r#"{"account":"111111111111","access_key_id":"a","secret":"open"}"#;
    dir.write(ROOT_KEY, unsealed.as_bytes(), Existing::Replace).unwrap();
    let refused = dir.root_key(&MasterKey::random()).unwrap_err();
    assert!(matches!(refused, DataDirError::Sealed { source: SealError::Malformed, .. }), "{refused}");
}

#[test]
fn a_directory_that_cannot_be_made_or_written_is_told_with_its_name() {
    let (_outer, dir) = fresh();
    fill(&dir.path().join("file"), b"").unwrap();
    let below = DataDir::at(&dir.path().join("file/below"));
    let refused = below.create().unwrap_err().to_string();
    assert!(refused.starts_with(&format!("cannot make {}: ", below.path().display())), "{refused}");
    let gone = DataDir::at(&dir.path().join("gone"));
    assert!(matches!(gone.master_key_or_new(None), Err(DataDirError::Io { what: "write", .. })));
}
