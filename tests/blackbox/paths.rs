//! Path confusion: whatever an upstream could read differently from us is refused, and what is data stays data.
//! <https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2>

use tests::{Api, Installation, Store, Upstream};

#[tokio::test]
async fn a_path_with_two_readings_is_refused() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    for path in [
        "/files/..%2fadmin",
        "/files/..%2Fadmin",
        "/files/%2e%2e/admin",
        "/files/.%2e/admin",
        "/files/%2e%2e%2fadmin",
        "/files/a%2f..%2f..%2fadmin",
        "/files/..%5cadmin",
        "/files/%2e%2e%5cadmin",
        "/files/%2e/admin",
        "/pets/%2e%2e",
        "/pets/%00",
        "/files/a%00.json",
        // An overlong `.`, an overlong `/`, a lone continuation byte, a surrogate half, a byte no text holds.
        "/files/%c0%ae%c0%ae/admin",
        "/files/..%c0%afadmin",
        "/files/%80",
        "/files/%ed%a0%80",
        "/files/%ff",
        "/files/%",
        "/files/%4",
        "/files/%zz",
    ] {
        let answer = api.get(&installation, &format!("/prod{path}")).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
        assert_eq!(upstream.targets(), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn a_path_with_one_reading_reaches_the_upstream_in_its_normal_form() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    for (path, target) in [
        ("/prod/pets", "/pets"),
        ("/prod//pets", "/pets"),
        ("//prod/pets", "/pets"),
        ("/prod/./pets", "/pets"),
        ("/prod/files/../pets", "/pets"),
        ("/prod/pets/a%2Fb", "/pets/a%2Fb"),
        ("/prod/pets/a%20b", "/pets/a%20b"),
        ("/prod/pets/%C3%A9", "/pets/%C3%A9"),
        // Decoded once this is the text `%2e%2e`, and text it stays.
        ("/prod/pets/%252e%252e", "/pets/%252e%252e"),
        ("/prod/pets/...", "/pets/..."),
        ("/prod/files/a/b", "/files/a/b"),
        ("/prod/pets?a=..%2f..&b=%00", "/pets?a=..%2f..&b=%00"),
    ] {
        let before = upstream.targets().len();
        let answer = api.get(&installation, path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let seen = upstream.targets().split_off(before);
        assert_eq!(seen.len(), 1, "{path}");
        let (seen_path, seen_query) = split(&seen[0]);
        let (path_wanted, query_wanted) = split(target);
        assert!(seen_path.eq_ignore_ascii_case(path_wanted), "{path}: {}", seen[0]);
        // The query is data; how its escapes are written is not compared.
        assert_eq!(seen_query.is_some(), query_wanted.is_some(), "{path}: {}", seen[0]);
    }
}

#[tokio::test]
async fn dots_never_climb_out_of_the_stage() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    for path in ["/prod/../pets", "/prod/../../pets", "/../pets"] {
        let answer = api.get(&installation, path).await;
        assert_eq!((answer.status, answer.text().as_str()), (403, r#"{"message":"Forbidden"}"#), "{path}");
    }
    assert_eq!(upstream.targets(), [""; 0]);
}

#[tokio::test]
async fn what_no_route_names_is_answered_as_aws_does() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let missing = ("MissingAuthenticationTokenException", r#"{"message":"Missing Authentication Token"}"#);
    let forbidden = ("ForbiddenException", r#"{"message":"Forbidden"}"#);
    for (path, (kind, body)) in [
        ("/prod/nowhere", missing),
        ("/prod/PETS", missing),
        ("/prod/pets/1/2", missing),
        ("/prod/files", missing),
        ("/prod", missing),
        ("/dev/pets", forbidden),
        ("/", forbidden),
    ] {
        let answer = api.get(&installation, path).await;
        assert_eq!((answer.status, answer.text().as_str()), (403, body), "{path}");
        assert_eq!(answer.header("x-amzn-errortype"), Some(kind), "{path}");
        assert!(answer.header("x-amzn-requestid").is_some(), "{path}");
    }
    assert_eq!(upstream.targets(), [""; 0]);
}

#[tokio::test]
async fn a_host_that_is_no_api_is_forbidden() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let stranger = Api { host: installation.host("zzzzzzzzzz"), ..api };
    let answer = stranger.get(&installation, "/prod/pets").await;
    assert_eq!((answer.status, answer.text().as_str()), (403, r#"{"message":"Forbidden"}"#));
    assert_eq!(upstream.targets(), [""; 0]);
}

fn split(target: &str) -> (&str, Option<&str>) {
    target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)))
}
