//! `portcullis account`: further accounts, whose keys work as soon as they are printed; and when a key last signed.

use serde_json::Value;
use tests::shell::portcullis;
use tests::{Installation, Store};

#[tokio::test]
async fn a_new_accounts_key_works_as_soon_as_it_is_printed() {
    for store in Store::all() {
        let installation = Installation::start(store).await;
        for words in [&["account", "create", "--id", "222222222222"][..], &["account", "create"]] {
            let made = portcullis(&installation, words).await;
            assert!(made.ok, "{}", made.text);
            let key: Value = serde_json::from_str(&made.text).expect("one JSON object");
            let text = |name: &str| key[name].as_str().unwrap_or_else(|| panic!("no {name}: {key}"));
            let (account, id, secret) = (text("accountId"), text("accessKeyId"), text("secretAccessKey"));
            assert_eq!((account.len(), id.len(), secret.len()), (12, 20, 40));
            let told = installation.who_is((id, secret)).await;
            assert_eq!(told.status, 200, "{}", told.text());
            assert!(told.text().contains(&format!("arn:aws:iam::{account}:root")), "{}", told.text());
            let forged = installation.who_is((id, "wrong")).await;
            assert_eq!(forged.status, 403);
            let records = format!("{:?}", installation.audited("CreateAccount").await);
            assert!(records.contains(id) && !records.contains(secret), "{records}");
        }
        let listed = portcullis(&installation, &["account", "list"]).await;
        let lines: Vec<_> = listed.text.lines().collect();
        assert_eq!(lines.len(), 3, "{}", listed.text);
        assert_eq!(lines.iter().filter(|line| line.ends_with("  founding")).count(), 1, "{}", listed.text);
        assert!(lines.contains(&"222222222222"), "{}", listed.text);
    }
}

#[tokio::test]
async fn an_account_is_not_made_twice_nor_under_an_id_that_is_none() {
    let installation = Installation::start(Store::Sqlite).await;
    let root = portcullis(&installation, &["account", "list"]).await.text;
    let founding = root.split_whitespace().next().expect("the founding account");
    for (id, words) in [
        (founding, "exists already"),
        ("12", "twelve digits"),
        ("12345678901a", "twelve digits"),
        ("", "twelve digits"),
    ] {
        let refused = portcullis(&installation, &["account", "create", "--id", id]).await;
        assert!(!refused.ok && refused.text.contains(words), "{id}: {}", refused.text);
    }
    assert_eq!(portcullis(&installation, &["account", "list"]).await.text, root);
}

#[tokio::test]
async fn the_help_shows_examples() {
    let installation = Installation::start(Store::Sqlite).await;
    for words in [["account", "create", "--help"], ["account", "list", "--help"]] {
        let help = portcullis(&installation, &words).await;
        assert!(help.ok && help.text.contains(&format!("portcullis account {}", words[1])), "{}", help.text);
    }
}

#[tokio::test]
async fn the_last_use_of_a_key_outlives_a_node_that_ends() {
    for store in Store::all() {
        let mut installation = Installation::start(store).await;
        let never = installation.last_use().await;
        assert!(never.text().contains("<ServiceName>N/A</ServiceName>"), "{}", never.text());
        installation.terminate();
        assert!(installation.ended().await.success(), "{}", installation.log());
        installation.restart().await;
        let told = installation.last_use().await;
        let text = told.text();
        assert!(text.contains("<ServiceName>iam</ServiceName>") && text.contains("<LastUsedDate>"), "{text}");
    }
}
