//! Wycheproof's JSON web signatures. (Its RSA and ECDSA signatures run beside `Key::verify`.)

use std::path::{Path, PathBuf};

use jwt::{Jws, KeySet};
use serde_json::{Value as Json, json};

/// Valid by the letter, and refused all the same: the key is for one algorithm and the token of another.
const OTHER_ALGORITHM: [u64; 2] = [346, 350];
/// Valid to whoever skips what is not base64url.
const STRAY_CHARACTERS: [u64; 2] = [372, 373];

#[test]
fn wycheproofs_web_signatures_are_judged_as_it_says() {
    let Some(document) = vectors("json_web_signature_test.json") else {
        println!("no Wycheproof vectors found; set PORTCULLIS_VECTORS to run them");
        return;
    };
    let (mut proven, mut refused, mut secret) = (0, 0, 0);
    for group in document["testGroups"].as_array().expect("groups") {
        let key = if group["public"].is_null() { &group["private"] } else { &group["public"] };
        // Shared secrets and P-521 verify nothing here: every token of theirs is refused.
        let is_ours = key["kty"] != "oct" && key["alg"] != "ES521";
        let (keys, _) = KeySet::parse(json!({"keys": [key]}).to_string().as_bytes()).expect("a key set");
        for test in group["tests"].as_array().expect("tests") {
            let id = test["tcId"].as_u64().expect("an id");
            let outcome = verify(test["jws"].as_str().expect("a token"), &keys);
            let excused = OTHER_ALGORITHM.contains(&id) || STRAY_CHARACTERS.contains(&id);
            let valid = test["result"] == "valid" && is_ours && !excused;
            assert_eq!(outcome, valid, "{id}: {}", test["comment"]);
            secret += usize::from(!is_ours);
            (proven, refused) = (proven + usize::from(valid), refused + usize::from(!valid));
        }
    }
    assert!(proven > 25 && refused > 300 && secret > 30, "{proven} proven, {refused} refused, {secret} shared");
}

fn verify(token: &str, keys: &KeySet) -> bool {
    let Ok(jws) = Jws::parse(token, 20_000) else { return false };
    keys.get(&jws.kid).is_some_and(|key| key.verify(&jws).is_ok())
}

fn vectors(name: &str) -> Option<Json> {
    let root = std::env::var_os("PORTCULLIS_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/vectors"), PathBuf::from);
    let text = std::fs::read(root.join("wycheproof/testvectors_v1").join(name)).ok()?;
    Some(serde_json::from_slice(&text).expect("JSON"))
}
