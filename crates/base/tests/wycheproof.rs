//! Wycheproof's AES-GCM vectors, through the very function that opens sealed secrets.
//! <https://github.com/C2SP/wycheproof>

use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use serde_json::Value;

#[test]
fn aes_256_gcm_opens_what_is_sound_and_nothing_else() {
    let Some(document) = vectors("aes_gcm_test.json") else {
        println!("no Wycheproof vectors found; set PORTCULLIS_VECTORS to run them");
        return;
    };
    let mut count = 0;
    for group in document["testGroups"].as_array().expect("groups") {
        // Ours are 256-bit keys, 96-bit nonces and 128-bit tags; other sizes cannot be asked for.
        if group["keySize"] != 256 || group["ivSize"] != 96 || group["tagSize"] != 128 {
            continue;
        }
        for test in group["tests"].as_array().expect("tests") {
            let bytes = |name: &str| unhex(test[name].as_str().expect("hexadecimal"));
            let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes("key")).expect("a key");
            let nonce = Nonce::try_assume_unique_for_key(&bytes("iv")).expect("a nonce");
            let mut sealed = [bytes("ct"), bytes("tag")].concat();
            let opened = key.open_in_place(nonce, Aad::from(bytes("aad")), &mut sealed).map(|plain| plain.to_vec());
            let expected = if test["result"] == "valid" { Some(bytes("msg")) } else { None };
            assert_eq!(opened.ok(), expected, "test {}", test["tcId"]);
            count += 1;
        }
    }
    assert!(count > 50, "only {count} vectors fit");
}

fn vectors(name: &str) -> Option<Value> {
    let root = std::env::var_os("PORTCULLIS_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"), PathBuf::from);
    let text = std::fs::read(root.join("wycheproof/testvectors_v1").join(name)).ok()?;
    Some(serde_json::from_slice(&text).expect("vectors are JSON"))
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("a hexadecimal digit") as u8;
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
