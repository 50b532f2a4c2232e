//! `jwt://…`: what owners write where AWS has a function's URI.

use jwt::{AuthorizerUri, NoAuthorizerUri as Why};
use proptest::prelude::*;

#[test]
fn an_authorizer_is_written_as_its_issuer_with_audiences_and_scopes() {
    for (text, issuer, audiences, scopes) in [
        ("jwt://issuer.example?audience=app", "https://issuer.example", &["app"][..], &[][..]),
        ("jwt://issuer.example/?audience=app", "https://issuer.example/", &["app"], &[]),
        (
            "jwt://issuer.example:8443/realms/one?audience=app&audience=https%3A%2F%2Fapi.example%2F&scope=read&scope=pets:write",
            "https://issuer.example:8443/realms/one",
            &["app", "https://api.example/"],
            &["read", "pets:write"],
        ),
        ("jwt://issuer.example?audience=a+b%20c", "https://issuer.example", &["a+b c"], &[]),
        ("jwt://[2001:db8::1]:8443?audience=a", "https://[2001:db8::1]:8443", &["a"], &[]),
        ("jwt+http://localhost:8080/realms/one?audience=a", "http://localhost:8080/realms/one", &["a"], &[]),
        ("jwt+http://127.9.9.9?audience=a", "http://127.9.9.9", &["a"], &[]),
        ("jwt+http://[::1]:80?audience=a", "http://[::1]:80", &["a"], &[]),
    ] {
        let read = AuthorizerUri::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!((read.issuer.as_str(), read.audiences, read.scopes), (issuer, texts(audiences), texts(scopes)));
    }
}

#[test]
fn what_is_not_understood_is_refused() {
    let many = |name: &str, count| format!("jwt://a.b?audience=x&{}", vec![format!("{name}=x"); count].join("&"));
    for (text, why) in [
        ("arn:aws:apigateway:us-east-1:lambda:path/x".to_owned(), Why::Scheme),
        ("https://issuer.example?audience=a".to_owned(), Why::Scheme),
        ("JWT://issuer.example?audience=a".to_owned(), Why::Scheme),
        (format!("jwt://a.b?audience={}", "a".repeat(2048)), Why::TooLong),
        ("jwt://a.b/ x?audience=a".to_owned(), Why::Character),
        ("jwt://a.b/\u{e4}?audience=a".to_owned(), Why::Character),
        ("jwt://a.b\r\nx?audience=a".to_owned(), Why::Character),
        ("jwt://a.b?audience=a#x".to_owned(), Why::Character),
        ("jwt://a.b\\c?audience=a".to_owned(), Why::Character),
        ("jwt://?audience=a".to_owned(), Why::Host(String::new())),
        ("jwt:///path?audience=a".to_owned(), Why::Host(String::new())),
        ("jwt://user@a.b?audience=a".to_owned(), Why::Host("user@a.b".to_owned())),
        ("jwt://a..b?audience=a".to_owned(), Why::Host("a..b".to_owned())),
        ("jwt://-a.b?audience=a".to_owned(), Why::Host("-a.b".to_owned())),
        ("jwt://a.b:?audience=a".to_owned(), Why::Host("a.b:".to_owned())),
        ("jwt://a.b:0?audience=a".to_owned(), Why::Host("a.b:0".to_owned())),
        ("jwt://a.b:65536?audience=a".to_owned(), Why::Host("a.b:65536".to_owned())),
        ("jwt://a.b:80:80?audience=a".to_owned(), Why::Host("a.b:80:80".to_owned())),
        ("jwt://[::1?audience=a".to_owned(), Why::Host("[::1".to_owned())),
        ("jwt://[x]?audience=a".to_owned(), Why::Host("[x]".to_owned())),
        ("jwt://[::1]8?audience=a".to_owned(), Why::Host("[::1]8".to_owned())),
        ("jwt+http://issuer.example?audience=a".to_owned(), Why::Plain),
        ("jwt+http://127.0.0.1.example?audience=a".to_owned(), Why::Plain),
        ("jwt+http://10.0.0.1?audience=a".to_owned(), Why::Plain),
        ("jwt://a.b/x/../y?audience=a".to_owned(), Why::Path),
        ("jwt://a.b//x?audience=a".to_owned(), Why::Path),
        ("jwt://a.b/.?audience=a".to_owned(), Why::Path),
        ("jwt://a.b?audience=a&scopes=read".to_owned(), Why::Parameter("scopes".to_owned())),
        ("jwt://a.b?Audience=a".to_owned(), Why::Parameter("Audience".to_owned())),
        ("jwt://a.b?audience=a&verify=false".to_owned(), Why::Parameter("verify".to_owned())),
        ("jwt://a.b?audience=".to_owned(), Why::Value("audience")),
        ("jwt://a.b?audience".to_owned(), Why::Value("audience")),
        ("jwt://a.b?audience=%ff".to_owned(), Why::Value("audience")),
        ("jwt://a.b?audience=%00".to_owned(), Why::Value("audience")),
        ("jwt://a.b?audience=a&scope=".to_owned(), Why::Value("scope")),
        ("jwt://a.b?audience=a&scope=read%20write".to_owned(), Why::Value("scope")),
        ("jwt://a.b?audience=a&scope=%22".to_owned(), Why::Value("scope")),
        ("jwt://a.b".to_owned(), Why::NoAudience),
        ("jwt://a.b?scope=read".to_owned(), Why::NoAudience),
        (many("audience", 50), Why::Audiences),
        (many("scope", 11), Why::Scopes),
    ] {
        assert_eq!(AuthorizerUri::parse(&text), Err(why), "{text}");
    }
}

#[test]
fn what_means_to_be_one_is_told_from_a_functions_uri() {
    for (text, is_meant) in [
        ("jwt://a.b?audience=a", true),
        ("jwt://", true),
        ("JWT://a.b", true),
        ("jwt+http://a.b", true),
        ("jwt:", false),
        ("arn:aws:apigateway:us-east-1:lambda:path/x", false),
        ("", false),
        ("j\u{e4}\u{e4}\u{e4}", false),
    ] {
        assert_eq!(AuthorizerUri::is_meant(text), is_meant, "{text}");
    }
}

proptest! {
    #[test]
    fn any_uri_is_read_or_refused(text in "\\PC{0,60}|jwt://[a-z.:\\[\\]/?&=%0-9@-]{0,60}(\\?audience=a)?") {
        if let Ok(read) = AuthorizerUri::parse(&text) {
            prop_assert!(read.issuer.starts_with("https://") && !read.audiences.is_empty());
        }
    }
}
