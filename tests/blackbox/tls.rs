//! TLS as curl and openssl see it: versions, suites, names, and what is not TLS.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html>

use tests::shell::{curl, s_client};
use tests::{Api, Installation, Line, Store, Upstream};

#[tokio::test]
async fn curl_trusts_the_local_authority_over_both_protocols() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    for (option, version) in [("--http1.1", "HTTP/1.1 200"), ("--http2", "HTTP/2 200")] {
        let said = curl(&installation, &api, "/prod/pets", &[option]).await;
        assert!(said.ok && said.text.starts_with(version), "{option}: {}", said.text);
    }
    let said = curl(&installation, &api, "/prod/pets", &["--cacert", "/dev/null"]).await;
    assert!(!said.ok, "a client without the root trusts nobody: {}", said.text);
}

#[tokio::test]
async fn modern_versions_and_suites_are_agreed_on() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    for (options, expected) in [
        (&["-tls1_3"][..], "TLSv1.3"),
        (&["-tls1_2"], "TLSv1.2"),
        (&["-alpn", "h2,http/1.1"], "ALPN protocol: h2"),
        (&["-alpn", "http/1.1"], "ALPN protocol: http/1.1"),
    ] {
        let said = s_client(&installation, &api.host, options).await;
        assert!(said.ok && said.text.contains(expected), "{options:?}: {}", said.text);
        assert!(said.text.contains("Verify return code: 0 (ok)"), "{options:?}: {}", said.text);
    }
}

#[tokio::test]
async fn old_versions_and_weak_suites_are_refused() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    for options in [
        &["-tls1", "-cipher", "ALL:@SECLEVEL=0"][..],
        &["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
        &["-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA384"],
        &["-tls1_2", "-cipher", "AES128-SHA:AES256-SHA:AES128-GCM-SHA256@SECLEVEL=0"],
    ] {
        let said = s_client(&installation, &api.host, options).await;
        assert!(!said.ok, "{options:?}: {}", said.text);
    }
}

#[tokio::test]
async fn a_name_outside_the_zone_gets_no_certificate() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    Api::deploy(&installation, &upstream).await;
    for name in ["bank.example", "execute-api.us-east-1.localhost.example"] {
        assert!(!s_client(&installation, name, &[]).await.ok, "{name}");
        assert!(Line::secure(&installation, name).await.is_err(), "{name}");
    }
}

#[tokio::test]
async fn a_request_in_the_clear_reaches_nothing() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let mut line = Line::plain(installation.gateway()).await.expect("a connection");
    line.send(api.request("/prod/pets")).await.expect("a request");
    let rest = line.rest().await;
    assert!(!rest.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&rest));
    assert_eq!(upstream.targets(), [""; 0]);
}
