//! Upstreams over TLS: private roots, HTTP/2 by ALPN, and certificates that are not believed.

use std::time::Duration;

use crate::support::{Goodbye, OK, Pki, ask, client, config, get, patiently, text, upstream};
use egress::{Config, ConfigError, EgressError, Policy, Trust};
use http_body_util::BodyExt as _;

#[tokio::test]
async fn a_private_root_is_believed_over_both_versions() {
    for (protocol, line) in [("http/1.1", "GET /x HTTP/1.1"), ("h2", "GET https://localhost")] {
        let pki = Pki::new("localhost", protocol);
        let upstream = pki.echo().await;
        let client = client(config(Some(&pki.root)));
        for _ in 0..20 {
            let answer = ask(&client, &upstream.url("https", "/x")).await;
            assert!(answer.starts_with(line), "{answer}");
        }
        assert_eq!(upstream.connections(), 1, "{protocol}");
    }
}

#[tokio::test]
async fn many_requests_share_one_http2_connection() {
    let pki = Pki::new("localhost", "h2");
    let upstream = pki.echo().await;
    let client = client(config(Some(&pki.root)));
    let url = upstream.url("https", "/");
    ask(&client, &url).await;
    let answers = futures_util::future::join_all((0..100).map(|_| client.send(get(&url), Trust::Verified))).await;
    for answer in answers {
        assert!(text(answer).await.contains("HTTP/2.0"));
    }
    assert_eq!(upstream.connections(), 1);
}

#[tokio::test]
async fn hosts_beyond_the_bound_get_a_new_http2_connection_each_time() {
    let pki = Pki::new("localhost", "h2");
    let (kept, other) = (pki.echo().await, pki.echo().await);
    let mut config = config(Some(&pki.root));
    config.idle_max = 1;
    let client = client(config);
    for _ in 0..3 {
        for upstream in [&kept, &other] {
            assert!(ask(&client, &upstream.url("https", "/")).await.contains("HTTP/2.0"));
        }
    }
    assert_eq!((kept.connections(), other.connections()), (1, 3));
}

#[tokio::test]
async fn a_host_header_becomes_the_authority_over_http2() {
    let pki = Pki::new("localhost", "h2");
    let upstream = pki.echo().await;
    let client = client(config(Some(&pki.root)));
    let mut request = get(&upstream.url("https", "/x"));
    request.headers_mut().insert("host", "other.example".parse().expect("a value"));
    let answer = text(client.send(request, Trust::Verified).await).await;
    assert!(answer.starts_with("GET https://other.example/x HTTP/2.0"), "{answer}");
}

#[tokio::test]
async fn an_unknown_root_is_refused_unless_told_otherwise() {
    let pki = Pki::new("localhost", "http/1.1");
    let upstream = pki.echo().await;
    let url = upstream.url("https", "/");
    let other = client(config(Some(&Pki::new("localhost", "h2").root)));
    let error = patiently(other.send(get(&url), Trust::Verified)).await.expect_err("another root");
    assert!(matches!(error, EgressError::Tls { .. }), "{error:?}");
    assert!(text(patiently(other.send(get(&url), Trust::Unchecked)).await).await.starts_with("GET / "));
    let error = patiently(other.send(get(&url), Trust::Verified)).await.expect_err("not the unchecked connection");
    assert!(matches!(error, EgressError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn a_thumbprint_stands_in_for_a_root() {
    let sha1 = |certificate: &[u8]| -> [u8; 20] {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
        digest.as_ref().try_into().expect("20 bytes")
    };
    let (pki, stranger) = (Pki::new("localhost", "http/1.1"), Pki::new("other.example", "http/1.1"));
    let upstream = pki.echo().await;
    let (leaf, root, wrong) = (sha1(&pki.chain[0]), sha1(&pki.chain[1]), sha1(&stranger.chain[1]));
    let outcome = async |url: String, private: Option<&str>, thumbprints: Vec<[u8; 20]>| {
        let client = client(config(private).pinned(thumbprints));
        match patiently(client.send(get(&url), Trust::Verified)).await {
            Ok(_) => true,
            Err(EgressError::Tls { .. }) => false,
            Err(error) => panic!("{error:?}"),
        }
    };
    for (private, thumbprints, expected) in [
        (None, vec![], false),
        (None, vec![root], true),
        (None, vec![wrong, leaf], true),
        (None, vec![wrong], false),
        (Some(pki.root.as_str()), vec![], true),
        (Some(&pki.root), vec![wrong], false),
    ] {
        let found = outcome(upstream.url("https", "/"), private, thumbprints.clone()).await;
        assert_eq!(found, expected, "{private:?} {thumbprints:?}");
    }
    // A known certificate in the chain is not enough: it must have issued what is before it.
    let forged = Pki::showing("localhost", "http/1.1", Some(&pki)).echo().await;
    assert!(!outcome(forged.url("https", "/"), None, vec![root]).await);
    // Nor is a known certificate of another name.
    let elsewhere = stranger.echo().await;
    assert!(!outcome(elsewhere.url("https", "/"), None, vec![wrong, sha1(&stranger.chain[0])]).await);
}

#[tokio::test]
async fn another_hosts_certificate_is_refused_even_unchecked() {
    let pki = Pki::new("other.example", "http/1.1");
    let upstream = pki.echo().await;
    let client = client(config(Some(&pki.root)));
    for trust in [Trust::Verified, Trust::Unchecked] {
        let error = patiently(client.send(get(&upstream.url("https", "/")), trust)).await.expect_err("another name");
        assert!(matches!(error, EgressError::Tls { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_does_not_end_times_out() {
    let silent = upstream(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let pki = Pki::new("localhost", "h2");
    let mut config = config(Some(&pki.root));
    config.connect_timeout = Duration::from_millis(100);
    let client = client(config);
    let error = patiently(client.send(get(&silent.url("https", "/")), Trust::Verified)).await.expect_err("silent");
    assert!(matches!(error, EgressError::Timeout), "{error:?}");
}

#[test]
fn a_private_root_that_is_none_is_refused_at_start() {
    for text in ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = Config::new(Policy::default(), Vec::new(), Some(text)).expect_err("no root");
        assert_eq!(error, ConfigError::PrivateRoot);
    }
}

#[tokio::test]
async fn a_byte_behind_an_answer_ends_its_connection_over_tls_too() {
    for (answer, kept) in [(OK, true), ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n", false)] {
        let pki = Pki::new("localhost", "http/1.1");
        let upstream = pki.scripted(answer, Goodbye::None).await;
        let client = client(config(Some(&pki.root)));
        for _ in 0..4 {
            assert_eq!(ask(&client, &upstream.url("https", "/")).await, "ok");
        }
        assert_eq!(upstream.connections(), if kept { 1 } else { 4 });
    }
}

/// Without TLS's own end, whoever sits on the line could have cut the answer short.
#[tokio::test]
async fn an_answer_until_the_end_needs_the_end_that_tls_authenticates() {
    for (goodbye, whole) in [(Goodbye::Said, true), (Goodbye::Unsaid, false)] {
        let pki = Pki::new("localhost", "http/1.1");
        let upstream = pki.scripted("HTTP/1.1 200 OK\r\n\r\nok", goodbye).await;
        let client = client(config(Some(&pki.root)));
        let answer = patiently(client.send(get(&upstream.url("https", "/")), Trust::Verified)).await.expect("a head");
        let body = patiently(answer.into_body().collect()).await;
        assert_eq!(body.is_ok_and(|body| body.to_bytes() == "ok"), whole, "{goodbye:?}");
    }
}
