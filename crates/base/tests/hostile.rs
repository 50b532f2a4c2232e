//! Texts that strangers may send where a name, a key or a sealed secret is expected: read or refused, never a panic.

use base::id::{AccessKeyId, DeploymentId, RequestId, ResourceId, RestApiId, StageName};
use base::seal::{MasterKey, Place, Sealed};
use base::{AccountId, Arn, Region, Secret};
use proptest::prelude::*;

const PLACE: Place<'static> = Place { table: "access_key", id: "111111111111/global/AKIA1", version: 1 };

proptest! {
    #[test]
    fn any_text_is_a_name_or_none(text in "[a-zA-Z0-9_:/.-]{0,40}|\\PC{0,40}") {
        if let Ok(arn) = Arn::parse(&text) {
            prop_assert_eq!(arn.to_string(), text.clone());
        }
        for good in [
            RestApiId::parse(&text).is_ok(),
            ResourceId::parse(&text).is_ok(),
            DeploymentId::parse(&text).is_ok(),
            StageName::parse(&text).is_ok(),
            AccessKeyId::parse(&text).is_ok(),
            AccountId::parse(&text).is_ok(),
            Region::parse(&text).is_ok(),
        ] {
            // Names are parts of stored keys, host names and paths: none may hold their separators.
            prop_assert!(!good || !text.contains(['/', '\0', '\r', '\n', ' ', '%']), "{:?}", text);
        }
        let _ = RequestId::parse(&text);
    }

    #[test]
    fn any_text_is_a_master_key_or_refused(text in "[0-9a-fA-F]{60,68}|\\PC{0,70}") {
        if let Ok(key) = MasterKey::parse(&text) {
            let again = key.to_text();
            prop_assert_eq!(again.expose(), &text.trim().to_ascii_lowercase());
        }
    }

    #[test]
    fn no_text_opens_that_was_not_sealed(text in "(sealed:1:)?([A-Za-z0-9+/]{0,80}|\\PC{0,20})") {
        let sealed: Result<Sealed<String>, _> = serde_json::from_value(serde_json::Value::String(text));
        if let Ok(sealed) = sealed {
            prop_assert!(MasterKey::random().open(PLACE, &sealed).is_err());
        }
    }

    #[test]
    fn no_changed_byte_opens(at in any::<prop::sample::Index>(), letter in "[A-Za-z0-9+/]") {
        let key = MasterKey::random();
        let sealed = key.seal(PLACE, &Secret::new("the secret".to_owned()));
        let serde_json::Value::String(mut text) = serde_json::to_value(&sealed).expect("plain data") else {
            panic!("a sealed value is a text");
        };
        let body = "sealed:1:".len();
        let at = body + at.index(text.len() - body);
        prop_assume!(text[at..=at] != letter);
        text.replace_range(at..=at, &letter);
        let changed: Result<Sealed<String>, _> = serde_json::from_value(serde_json::Value::String(text));
        prop_assert!(changed.is_ok_and(|changed| key.open(PLACE, &changed).is_err()));
    }
}
