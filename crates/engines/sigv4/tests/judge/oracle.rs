//! A second opinion: what Amazon's own signer signs, we verify; what we sign is what it would have signed.

use std::time::{Duration, SystemTime};

use sigv4::{Expectation, PayloadRule};

use crate::support::{KEY, REGION, Request, SERVICE, THEN, at, expectation, secret, signer};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SessionTokenMode, SignableBody, SignableRequest, SignatureLocation, SigningParams,
    SigningSettings, sign,
};
use aws_sigv4::sign::{v4, v4a};
use proptest::prelude::*;

const TOKEN: &str = "AQoDYXdzEPT//////////wEXAMPLE+token==";

fn settings(location: SignatureLocation, tokens: SessionTokenMode) -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.signature_location = location;
    settings.session_token_mode = tokens;
    if location == SignatureLocation::QueryParams {
        settings.expires_in = Some(Duration::from_mins(10));
    }
    settings
}

/// The request as Amazon's signer sends it, and its signature.
fn signed_by_amazon(request: &Request, settings: SigningSettings, token: Option<&str>) -> (Request, String) {
    let body = SignableBody::Bytes(&request.body);
    signed_with_body(request, body, settings, token)
}

fn signed_with_body(
    request: &Request,
    body: SignableBody<'_>,
    settings: SigningSettings,
    token: Option<&str>,
) -> (Request, String) {
    let identity = Credentials::new(KEY, secret().expose().as_str(), token.map(str::to_owned), None, "test").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name(SERVICE)
        .time(then())
        .settings(settings)
        .build()
        .unwrap()
        .into();
    apply(request, body, &parameters)
}

/// The request as Amazon's SigV4A signer sends it.
fn signed_for_regions(request: &Request, region_set: &str, settings: SigningSettings, token: Option<&str>) -> Request {
    let identity = Credentials::new(KEY, secret().expose().as_str(), token.map(str::to_owned), None, "test").into();
    let parameters = v4a::SigningParams::builder()
        .identity(&identity)
        .region_set(region_set)
        .name(SERVICE)
        .time(then())
        .settings(settings)
        .build()
        .unwrap()
        .into();
    apply(request, SignableBody::Bytes(&request.body), &parameters).0
}

fn then() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(THEN.unsigned_abs())
}

fn apply(request: &Request, body: SignableBody<'_>, parameters: &SigningParams<'_>) -> (Request, String) {
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    let uri = format!("https://example.amazonaws.com{}{query}", request.path);
    let headers: Vec<(&str, &str)> =
        request.headers.iter().map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap())).collect();
    let signable = SignableRequest::new(&request.method, &uri, headers.into_iter(), body).unwrap();
    let (instructions, signature) = sign(signable, parameters).unwrap().into_parts();
    let mut sent = http::Request::builder().method(request.method.as_str()).uri(&uri).body(()).unwrap();
    let headers: Vec<(String, String)> =
        instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    instructions.apply_to_request_http1x(&mut sent);
    let mut signed = request.clone();
    sent.uri().query().unwrap_or_default().clone_into(&mut signed.query);
    for (name, value) in headers {
        signed = signed.with(&name, &value);
    }
    (signed, signature)
}

fn requests() -> impl Strategy<Value = Request> {
    let piece = "([a-zA-Z0-9._~!$'()*,;:@-]|%2[0-9A-F]|%C3%A9|/|\\.\\./){0,12}";
    let parameter = ("([a-z0-9-]|%2[0-9A-F]|%C3%A9){1,6}", "([a-zA-Z0-9+_~/:-]|%2[0-9A-F]|%E1%88%B4){0,8}");
    let header = ("my-[a-d]", "[!-~]([ -~]{0,20}[!-~])?");
    (
        prop::sample::select(vec!["GET", "POST", "PUT", "DELETE"]),
        piece,
        prop::collection::vec(parameter, 0..5),
        prop::collection::vec(header, 0..5),
        prop::collection::vec(any::<u8>(), 0..64),
    )
        .prop_map(|(method, path, parameters, headers, body)| {
            let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let mut request = Request::get(&format!("/{path}"), &query.join("&"));
            method.clone_into(&mut request.method);
            request.body = body;
            for (name, value) in headers {
                request = request.with(&name, &value);
            }
            request
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_amazon_signs_in_the_header_is_verified(request in requests(), with_token in any::<bool>()) {
        let token = with_token.then_some(TOKEN);
        for tokens in [SessionTokenMode::Include, SessionTokenMode::Exclude] {
            let settings = settings(SignatureLocation::Headers, tokens);
            let (signed, _) = signed_by_amazon(&request, settings, token);
            let verified = signed.verify(&expectation());
            prop_assert!(verified.is_ok(), "{signed:?}\n{verified:?}");
        }
    }

    #[test]
    fn what_amazon_presigns_is_verified(request in requests(), with_token in any::<bool>()) {
        let token = with_token.then_some(TOKEN);
        for tokens in [SessionTokenMode::Include, SessionTokenMode::Exclude] {
            let settings = settings(SignatureLocation::QueryParams, tokens);
            let (signed, _) = signed_by_amazon(&request, settings, token);
            let verified = signed.verify(&expectation());
            prop_assert!(verified.is_ok(), "{signed:?}\n{verified:?}");
        }
    }

    #[test]
    fn what_amazon_signs_with_sigv4a_is_verified(
        request in requests(),
        with_token in any::<bool>(),
        set in prop::sample::select(vec!["us-east-1", "*", "us-*", "eu-west-1,us-east-1"]),
    ) {
        let token = with_token.then_some(TOKEN);
        for location in [SignatureLocation::Headers, SignatureLocation::QueryParams] {
            let settings = settings(location, SessionTokenMode::Include);
            let signed = signed_for_regions(&request, set, settings, token);
            let verified = signed.verify(&expectation());
            prop_assert!(verified.is_ok(), "{signed:?}\n{verified:?}");
            let mut other = signed;
            other.body.push(0);
            prop_assert!(other.verify(&expectation()).is_err());
        }
    }

    #[test]
    fn we_sign_as_amazon_does(request in requests()) {
        let (_, signature) =
            signed_by_amazon(&request, settings(SignatureLocation::Headers, SessionTokenMode::Include), None);
        let secret = secret();
        let added = request.received(|received| signer(&secret).sign(received, &request.body, at(THEN)));
        let (_, authorization) = added.iter().find(|(name, _)| *name == "authorization").unwrap();
        prop_assert!(authorization.ends_with(&signature), "{request:?}");
    }
}

#[test]
fn a_body_may_stay_unsigned_only_where_that_is_allowed() {
    let mut request = Request::get("/", "");
    request.body = b"any".to_vec();
    let mut settings = settings(SignatureLocation::Headers, SessionTokenMode::Include);
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let (signed, _) = signed_with_body(&request, SignableBody::UnsignedPayload, settings.clone(), None);
    let allowed = Expectation { payload: PayloadRule::UnsignedAllowed, ..expectation() };
    assert!(!signed.verify(&allowed).unwrap().body_is_signed);
    assert!(signed.verify(&expectation()).is_err());

    let (signed, _) = signed_by_amazon(&request, settings, None);
    assert!(signed.verify(&allowed).unwrap().body_is_signed);
}
