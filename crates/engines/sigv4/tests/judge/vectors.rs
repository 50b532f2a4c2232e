//! AWS's public SigV4 and SigV4A vectors, header and query, normalised or not: the canonical texts, the signature, and
//! our signers.

use std::path::{Path, PathBuf};

use crate::support::{Request, THEN, at, expectation, multi_region_signer, pair, secret, signer};
use base::Secret;
use sigv4::{Expectation, Mismatch, PathRule, Refusal};

#[test]
fn every_public_vector_is_verified_and_signed_alike() {
    let cases = cases("v4");
    for case in &cases {
        case.check("header");
        case.check("query");
        case.check_signer();
    }
    assert!(matches!(cases.len(), 0 | 38), "{} vectors", cases.len());
}

#[test]
fn every_public_vector_of_sigv4a_is_verified_and_what_we_sign_too() {
    let cases = cases("v4a");
    for case in &cases {
        // Two of the forty have nothing but the request.
        if case.is_signed() {
            case.check("header");
            case.check("query");
        }
        case.check_multi_region_signer();
    }
    let signed = cases.iter().filter(|case| case.is_signed()).count();
    assert!(matches!((cases.len(), signed), (0, 0) | (40, 38)), "{} vectors, {signed} signed", cases.len());
}

fn cases(suite: &str) -> Vec<Case> {
    let root = std::env::var_os("PORTCULLIS_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/vectors"), PathBuf::from);
    let Ok(folder) = std::fs::read_dir(root.join("sigv4/tests/aws-signing-test-suite").join(suite)) else {
        println!("no public SigV4 vectors found; set PORTCULLIS_VECTORS to run them");
        return Vec::new();
    };
    folder.map(|entry| Case::read(&entry.unwrap().path())).collect()
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

    fn is_signed(&self) -> bool {
        self.folder.join("header-signed-request.txt").is_file()
    }

    fn path_rule(&self) -> PathRule {
        if self.context["normalize"] == true { PathRule::Normalized } else { PathRule::AsReceived }
    }

    /// The signed request passes, also with the suite's other signature; with a wrong one, the refusal shows the right
    /// texts.
    fn check(&self, form: &str) {
        let name = self.folder.display();
        let expectation = Expectation { path: self.path_rule(), ..expectation() };
        let request = parse(&self.text(&format!("{form}-signed-request.txt")));
        let verified = request.verify(&expectation);
        assert!(verified.is_ok(), "{name} {form}: {verified:?}");

        let signature = self.text(&format!("{form}-signature.txt"));
        let verified = request.clone().with_signature(&signature).verify(&expectation);
        assert!(verified.is_ok(), "{name} {form}, {signature}: {verified:?}");

        let Err(Refusal::Mismatch(Mismatch::Signature { canonical_request, string_to_sign })) =
            request.with_signature(&"0".repeat(64)).verify(&expectation)
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

    fn token(&self) -> Option<Secret<String>> {
        let token = self.context["credentials"]["token"].as_str();
        token.filter(|_| self.context["omit_session_token"] != true).map(|token| token.to_owned().into())
    }

    /// ECDSA signs with chance, so what we sign is proven by verifying it.
    fn check_multi_region_signer(&self) {
        let name = self.folder.display();
        let expectation = Expectation { path: self.path_rule(), ..expectation() };
        let request = parse(&self.text("request.txt"));
        let (pair, token) = (pair(), self.token());
        let mut signer = multi_region_signer(&pair, "us-east-1");
        (signer.session_token, signer.path) = (token.as_ref(), self.path_rule());

        let mut presigned = request.clone();
        presigned.query = request.received(|received| signer.presign(received, &request.body, at(THEN), 3600)).unwrap();
        let verified = presigned.verify(&expectation);
        assert!(verified.is_ok(), "{name}: {verified:?}");

        let added = request.received(|received| signer.sign(received, &request.body, at(THEN))).unwrap();
        let signed = added.iter().fold(request, |request, (name, value)| request.with(name, value));
        let verified = signed.verify(&expectation);
        assert!(verified.is_ok(), "{name}: {verified:?}");
    }

    fn check_signer(&self) {
        let name = self.folder.display();
        let mut request = parse(&self.text("request.txt"));
        let (secret, token) = (secret(), self.token());
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
