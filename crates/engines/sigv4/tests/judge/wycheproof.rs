//! Wycheproof's vectors for HMAC-SHA256 and for ECDSA on P-256 in DER, through the functions that sign and prove.
//! <https://github.com/C2SP/wycheproof>

use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use serde_json::Value;

#[test]
fn hmac_sha256_agrees_and_a_changed_tag_does_not() {
    let Some(document) = vectors("hmac_sha256_test.json") else {
        println!("no Wycheproof vectors found; set PORTCULLIS_VECTORS to run them");
        return;
    };
    let mut count = 0;
    for group in document["testGroups"].as_array().unwrap() {
        let tag_bytes = usize::try_from(group["tagSize"].as_u64().unwrap()).unwrap() / 8;
        for test in group["tests"].as_array().unwrap() {
            let bytes = |name: &str| hex::decode(test[name].as_str().unwrap()).unwrap();
            let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes("key"));
            let tag = hmac::sign(&key, &bytes("msg"));
            // Some groups cut the tag, which SigV4 never does; the whole one is cut alike here.
            let same = base::secret::equal_in_constant_time(&tag.as_ref()[..tag_bytes], &bytes("tag"));
            assert_eq!(same, test["result"] == "valid", "test {}", test["tcId"]);
            count += 1;
        }
    }
    assert!(count > 100, "only {count} vectors ran");
}

#[test]
fn ecdsa_p256_agrees_and_no_other_encoding_passes() {
    let Some(document) = vectors("ecdsa_secp256r1_sha256_test.json") else {
        println!("no Wycheproof vectors found; set PORTCULLIS_VECTORS to run them");
        return;
    };
    let (mut valid, mut invalid) = (0, 0);
    for group in document["testGroups"].as_array().unwrap() {
        let point = hex::decode(group["publicKey"]["uncompressed"].as_str().unwrap()).unwrap();
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).unwrap();
        for test in group["tests"].as_array().unwrap() {
            let bytes = |name: &str| hex::decode(test[name].as_str().unwrap()).unwrap();
            let good = key.verify_sig(&bytes("msg"), &bytes("sig")).is_ok();
            assert_eq!(good, test["result"] == "valid", "test {}: {}", test["tcId"], test["comment"]);
            if good { valid += 1 } else { invalid += 1 }
        }
    }
    assert!(valid > 150 && invalid > 250, "only {valid} valid and {invalid} invalid vectors ran");
}

fn vectors(name: &str) -> Option<Value> {
    let root = std::env::var_os("PORTCULLIS_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/vectors"), PathBuf::from);
    let text = std::fs::read(root.join("wycheproof/testvectors_v1").join(name)).ok()?;
    Some(serde_json::from_slice(&text).unwrap())
}
