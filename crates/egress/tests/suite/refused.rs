//! Addresses that may not be reached, in every form a URL can write them.

use crate::support::{ask, client, config, get, patiently, plain_echo};
use egress::{Config, EgressError, Policy, RefusedAddress, Trust};

async fn refusal(config: Config, url: &str) -> Option<RefusedAddress> {
    match patiently(client(config).send(get(url), Trust::Verified)).await {
        Err(EgressError::Refused { why, .. }) => Some(why),
        Ok(_) | Err(_) => None,
    }
}

#[tokio::test]
async fn metadata_is_refused_in_every_form_before_anything_is_sent() {
    for host in [
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[fe80::1]",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
    ] {
        let why = refusal(config(None), &format!("http://{host}/latest/meta-data/")).await;
        assert_eq!(why, Some(RefusedAddress::LinkLocal), "{host}");
    }
}

#[tokio::test]
async fn the_operators_rules_hold_for_what_a_name_resolves_to() {
    let upstream = plain_echo().await;
    let port = upstream.address.port();
    for host in ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "127.1"] {
        let url = format!("http://{host}:{port}/");
        let strict = Config::new("no-loopback".parse::<Policy>().expect("a rule"), Vec::new(), None).expect("sound");
        assert_eq!(refusal(strict, &url).await, Some(RefusedAddress::Loopback), "{host}");
        let own = Config::new(Policy::default(), vec![upstream.address], None).expect("sound");
        if host != "localhost" {
            assert_eq!(refusal(own, &url).await, Some(RefusedAddress::OwnListener), "{host}");
        }
    }
    assert_eq!(upstream.connections(), 0);
    let everywhere = format!("0.0.0.0:{port}").parse().expect("an address");
    let own = Config::new(Policy::default(), vec![everywhere], None).expect("sound");
    assert_eq!(refusal(own, &upstream.url("http", "/")).await, Some(RefusedAddress::OwnListener));
    assert!(ask(&client(config(None)), &format!("http://127.0.0.1:{port}/")).await.starts_with("GET / "));
}
