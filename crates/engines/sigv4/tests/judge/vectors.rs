//! AWS's public SigV4 vectors, header and query, normalised or not: the canonical texts, the signature, and our signer.

use std::path::{Path, PathBuf};

use crate::support::{Request, THEN, at, expectation, secret, signer};
use sigv4::{Expectation, Mismatch, PathRule, Refusal};

#[test]
fn every_public_vector_is_verified_and_signed_alike() {
    let Some(folder) = vectors() else {
        println!("no public SigV4 vectors found; set PORTCULLIS_VECTORS to run them");
        return;
    };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let case = Case::read(&entry.unwrap().path());
        case.check("header", "");
        case.check("query", "X-Amz-Signature=");
        case.check_signer();
        count += 1;
    }
    assert_eq!(count, 38);
}

fn vectors() -> Option<PathBuf> {
    let root = std::env::var_os("PORTCULLIS_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/vectors"), PathBuf::from);
    let folder = root.join("sigv4/tests/aws-signing-test-suite/v4");
    folder.is_dir().then_some(folder)
}

struct Case {
    folder: PathBuf,
    context: serde_json::Value,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let context = std::fs::read_to_string(folder.join("context.json")).unwrap();
        Self { folder: folder.to_owned(), context: serde_json::from_str(&context).unwrap() }
    }

    fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).unwrap()
    }

    fn path_rule(&self) -> PathRule {
        if self.context["normalize"] == true { PathRule::Normalized } else { PathRule::AsReceived }
    }

    /// The signed request passes; with another signature, the refusal shows the right texts.
    fn check(&self, form: &str, before_signature: &str) {
        let name = self.folder.display();
        let expectation = Expectation { path: self.path_rule(), ..expectation() };
        let request = parse(&self.text(&format!("{form}-signed-request.txt")));
        let verified = request.verify(&expectation);
        assert!(verified.is_ok(), "{name} {form}: {verified:?}");

        let signature = self.text(&format!("{form}-signature.txt"));
        let wrong = format!("{before_signature}{}", "0".repeat(64));
        let right = format!("{before_signature}{signature}");
        let mut bent = request.clone();
        bent.query = bent.query.replace(&right, &wrong);
        for (_, value) in &mut bent.headers {
            *value = String::from_utf8(value.clone()).unwrap().replace(&right, &wrong).into_bytes();
        }
        let Err(Refusal::Mismatch(Mismatch::Signature { canonical_request, string_to_sign })) =
            bent.verify(&expectation)
        else {
            panic!("{name} {form}: a wrong signature must be refused as such");
        };
        let optional_token = "&X-Amz-Security-Token=";
        let expected = self.text(&format!("{form}-canonical-request.txt"));
        // A token that was added after signing shows in our text, which is the one AWS would show.
        if !canonical_request.contains(optional_token) || expected.contains(optional_token) {
            assert_eq!(canonical_request, expected, "{name} {form}");
            assert_eq!(string_to_sign, self.text(&format!("{form}-string-to-sign.txt")), "{name} {form}");
        }
    }

    fn check_signer(&self) {
        let name = self.folder.display();
        let mut request = parse(&self.text("request.txt"));
        let secret = secret();
        let token = self.context["credentials"]["token"].as_str();
        let token = token.filter(|_| self.context["omit_session_token"] != true).map(|token| token.to_owned().into());
        let mut signer = signer(&secret);
        signer.session_token = token.as_ref();
        signer.path = self.path_rule();

        let query = request.received(|received| signer.presign(received, &request.body, at(THEN), 3600));
        assert!(query.ends_with(&self.text("query-signature.txt")), "{name}: {query}");

        if self.context["sign_body"] == true {
            let hash = hex_sha256(&request.body);
            request = request.with("x-amz-content-sha256", &hash);
        }
        let added = request.received(|received| signer.sign(received, &request.body, at(THEN)));
        let authorization = added.iter().find(|(name, _)| *name == "authorization").unwrap();
        assert!(authorization.1.ends_with(&self.text("header-signature.txt")), "{name}: {authorization:?}");
    }
}

fn hex_sha256(body: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body);
    hex::encode(digest)
}

/// Reads a request as the vectors write it: folded header values, a target that may hold spaces.
fn parse(text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap();
    let (method, rest) = first.split_once(' ').unwrap();
    let (target, _version) = rest.rsplit_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request::get(path, query);
    request.method = method.to_owned();
    request.body = body.as_bytes().to_vec();
    request.headers.clear();
    for line in lines {
        if line.starts_with(' ') {
            let (_, value) = request.headers.last_mut().unwrap();
            value.extend_from_slice(b"\n");
            value.extend_from_slice(line.as_bytes());
        } else {
            let (name, value) = line.split_once(':').unwrap();
            request.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        }
    }
    request
}
