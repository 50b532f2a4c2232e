//! What a provider's URL, audiences and thumbprints may be.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html>

use std::collections::BTreeSet;

use crate::error::Error;

const URL_CHARS_MAX: usize = 255;
const CLIENT_ID_CHARS_MAX: usize = 255;
const CLIENT_IDS_MAX: usize = 100;
const THUMBPRINTS_MAX: usize = 5;
const THUMBPRINT_CHARS: usize = 40;

/// The issuer in an URL: `https://` and then a host, perhaps with a path, but neither a query nor anybody's name.
pub(super) fn issuer(url: &str) -> Result<String, Error> {
    if url.is_empty() || url.chars().count() > URL_CHARS_MAX {
        return Err(Error::ValidationError(format!(
            "1 validation error detected: Value at 'url' failed to satisfy constraint: Member must have length between 1 and {URL_CHARS_MAX}"
        )));
    }
    let invalid = || Error::ValidationError("Invalid Open ID Connect Provider URL".to_owned());
    let rest = match url.split_at_checked("https://".len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https://") => rest,
        Some(_) | None => return Err(invalid()),
    };
    let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path));
    let name = host.split(':').next().unwrap_or_default();
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    let sound = !name.is_empty()
        && name.bytes().all(in_name)
        && !name.split('.').any(str::is_empty)
        && host[name.len()..].strip_prefix(':').is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/:+%=@".contains(&byte))
        && !path.split('/').any(|part| matches!(part, "." | ".."));
    // A slash at the end belongs to the issuer's name where a path is, and to nothing where none is.
    let issuer =
        if path.is_empty() { host.to_ascii_lowercase() } else { format!("{}/{path}", host.to_ascii_lowercase()) };
    if sound { Ok(issuer) } else { Err(invalid()) }
}

/// Checks one audience.
pub(super) fn client_id(text: &str) -> Result<(), Error> {
    let sound = !text.is_empty() && text.chars().count() <= CLIENT_ID_CHARS_MAX && !text.chars().any(char::is_control);
    let wrong = || {
        Error::ValidationError(format!(
            "1 validation error detected: Value at 'clientID' failed to satisfy constraint: Member must have length between 1 and {CLIENT_ID_CHARS_MAX}"
        ))
    };
    if sound { Ok(()) } else { Err(wrong()) }
}

/// Checks all audiences together.
pub(super) fn client_ids(all: &BTreeSet<String>) -> Result<(), Error> {
    for id in all {
        client_id(id)?;
    }
    if all.len() > CLIENT_IDS_MAX {
        return Err(Error::LimitExceeded { quota: "ClientIdsPerOpenIdConnectProvider", max: CLIENT_IDS_MAX });
    }
    Ok(())
}

/// Checks thumbprints; they are SHA-1, in hexadecimal.
pub(super) fn thumbprints(given: &[String]) -> Result<Vec<String>, Error> {
    if given.len() > THUMBPRINTS_MAX {
        return Err(Error::InvalidInput(format!("Thumbprint list must contain fewer than {THUMBPRINTS_MAX} entries.")));
    }
    let mut all = Vec::new();
    for text in given {
        if text.len() != THUMBPRINT_CHARS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let message = "1 validation error detected: Value at 'thumbprintList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length of 40 hexadecimal digits]";
            return Err(Error::ValidationError(message.to_owned()));
        }
        let text = text.to_ascii_lowercase();
        if !all.contains(&text) {
            all.push(text);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_issuer_is_a_host_and_perhaps_a_path() {
        for (url, expected) in [
            ("https://accounts.example.com", Some("accounts.example.com")),
            ("https://accounts.example.com/", Some("accounts.example.com")),
            ("HTTPS://Accounts.Example.com/Realm/", Some("accounts.example.com/Realm/")),
            ("https://localhost:8443/realm", Some("localhost:8443/realm")),
            ("http://accounts.example.com", None),
            ("https://", None),
            ("https:///x", None),
            ("https://user@host.example", None),
            ("https://host.example?x=1", None),
            ("https://host.example#x", None),
            ("https://host.example/../x", None),
            ("https://host.example:0", None),
            ("https://host.example:x", None),
            ("https://host..example", None),
            ("https://h\u{f6}st.example", None),
            ("https://host.example/a b", None),
            ("https://host.example/a\r\nb", None),
            ("", None),
        ] {
            assert_eq!(issuer(url).ok().as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_thumbprint_is_forty_digits() {
        let good = "A".repeat(40);
        assert_eq!(thumbprints(&[good.clone(), good]).expect("good"), ["a".repeat(40)]);
        for bad in ["", "a", &"g".repeat(40), &"a".repeat(64)] {
            assert!(thumbprints(&[bad.to_owned()]).is_err(), "{bad}");
        }
        assert!(thumbprints(&vec!["a".repeat(40); 6]).is_err());
    }

    proptest! {
        #[test]
        fn any_url_is_read_or_refused(url in "(https://)?\\PC{0,300}") {
            if let Ok(issuer) = issuer(&url) {
                prop_assert!(issuer.len() <= url.len() && issuer.is_ascii());
            }
        }
    }
}
