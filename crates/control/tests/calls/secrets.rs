//! Secrets: whatever goes on, none is in a file, in the open.

use base::{Clock as _, Secret};

use crate::support::{Ask, Key, World};

#[tokio::test]
async fn no_file_holds_a_secret_a_signature_or_a_token() {
    let world = World::new().await;
    let other = world.another_account().await;
    let (now, root) = (world.clock.now(), world.root.clone());
    let wrong = Key { id: root.id.clone(), secret: Secret::new("wrongwrongwrongwrongwrongwrongwrongwrong".to_owned()) };
    let mut hidden = vec![root.secret.clone(), other.secret.clone(), wrong.secret.clone()];
    let plain = |text: &str| Secret::new(text.to_owned());
    hidden.extend(["hidden-token", "hidden-cookie", "AWS4-HMAC-SHA256"].map(plain));

    for ask in [
        Ask::list(),
        Ask::lookup(),
        Ask::identity(),
        Ask::rest("POST", "/restapis", r#"{"name":"pets"}"#),
        Ask::rest("GET", "/restapis/nothing", ""),
        Ask::rest("GET", "/vpclinks", ""),
        Ask::rest("GET", "/nowhere", ""),
    ] {
        let ask = ask.with("cookie", "a=hidden-cookie");
        let signed = [
            ask.clone().signed(&root, now),
            ask.clone().signed(&other, now),
            ask.clone().signed(&wrong, now),
            ask.clone().presigned(&root, now, 60),
            ask.clone().presigned(&wrong, now, 60),
            ask.clone().with("x-amz-security-token", "hidden-token").signed(&wrong, now),
            ask.with("x-amz-security-token", "hidden-token").signed(&root, now),
        ];
        for ask in signed {
            let digits = match ask.headers.get("authorization") {
                Some(header) => header.to_str().unwrap().rsplit_once("Signature=").unwrap().1,
                None => ask.query.rsplit_once("X-Amz-Signature=").unwrap().1,
            };
            hidden.push(plain(digits));
            let answer = world.send(&ask).await;
            assert!(!answer.text().contains(root.secret.expose()));
        }
    }
    let records = world.records().await.len();
    assert!(records > 20, "there is something to look through: {records}");

    let (mut files, mut paths) = (0, vec![world.dir.path().to_owned()]);
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        files += usize::from(bytes.windows(9).any(|window| window == b"eventName"));
        for secret in &hidden {
            let needle = secret.expose().as_bytes();
            let found = bytes.windows(needle.len()).any(|window| window == needle);
            assert!(!found, "{} holds `{}`", path.display(), secret.expose());
        }
    }
    assert!(files > 0, "the records are in one of the files, or in its log");
}
