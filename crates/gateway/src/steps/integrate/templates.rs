//! Which of an integration's static templates applies.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html>

use std::sync::Arc;

use edge::ReceivedHeaders;
use http::header::{ACCEPT, CONTENT_TYPE};
use snapshot::Passthrough;

use crate::reason::{Integrate, cut};
use crate::refused::{Refused, ResponseType};

/// What AWS takes a body without a `Content-Type` for, and answers with where nothing else is said.
pub(super) const DEFAULT_MEDIA_TYPE: &str = "application/json";

/// The template for a request's body, or none where the body is passed on.
pub(super) fn for_request<'t, T>(
    templates: &'t [(Arc<str>, T)],
    passthrough: Passthrough,
    received: &ReceivedHeaders,
) -> Result<Option<&'t (Arc<str>, T)>, Refused> {
    let media_type = media_type(received);
    if let Some(template) = find(templates, media_type) {
        return Ok(Some(template));
    }
    let passes = match passthrough {
        Passthrough::WhenNoMatch => true,
        Passthrough::WhenNoTemplates => templates.is_empty(),
        Passthrough::Never => false,
    };
    if passes {
        Ok(None)
    } else {
        let reason = Integrate::UnsupportedMediaType { media_type: cut(media_type) };
        Err(super::refused(ResponseType::UnsupportedMediaType, reason))
    }
}

/// The template for an answer: the first that the client accepts, else JSON's, else the first of all.
pub(super) fn for_answer<'t, T>(templates: &'t [(Arc<str>, T)], accept: Option<&str>) -> Option<&'t (Arc<str>, T)> {
    let mut accepted = accept.into_iter().flat_map(|accept| accept.split(',')).map(essence);
    accepted
        .find_map(|media_type| find(templates, media_type))
        .or_else(|| find(templates, DEFAULT_MEDIA_TYPE))
        .or_else(|| templates.first())
}

/// What the client accepts.
pub(super) fn accept(received: &ReceivedHeaders) -> Option<String> {
    received.text(ACCEPT.as_str()).map(str::to_owned)
}

fn find<'t, T>(templates: &'t [(Arc<str>, T)], media_type: &str) -> Option<&'t (Arc<str>, T)> {
    templates.iter().find(|(known, _)| essence(known).eq_ignore_ascii_case(media_type))
}

/// The request's media type without parameters.
fn media_type(received: &ReceivedHeaders) -> &str {
    let sent = received.text(CONTENT_TYPE.as_str());
    sent.map(essence).filter(|media_type| !media_type.is_empty()).unwrap_or(DEFAULT_MEDIA_TYPE)
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates() -> Vec<(Arc<str>, u8)> {
        vec![("text/xml".into(), 1), ("application/json".into(), 2)]
    }

    #[test]
    fn a_request_template_is_found_by_media_type() {
        use Passthrough::{Never, WhenNoMatch, WhenNoTemplates};
        for (sent, passthrough, want) in [
            (None, Never, Ok(Some(2))),
            (Some("Application/JSON; charset=utf-8"), Never, Ok(Some(2))),
            (Some("text/xml"), Never, Ok(Some(1))),
            (Some("text/plain"), WhenNoMatch, Ok(None)),
            (Some("text/plain"), WhenNoTemplates, Err(())),
            (Some("text/plain"), Never, Err(())),
        ] {
            let mut headers = http::HeaderMap::new();
            if let Some(sent) = sent {
                headers.insert(CONTENT_TYPE, sent.parse().unwrap());
            }
            let templates = templates();
            let found = for_request(&templates, passthrough, &ReceivedHeaders::from(headers));
            assert_eq!(found.map(|found| found.map(|(_, number)| *number)).map_err(|_| ()), want, "{sent:?}");
        }
        let none: [(Arc<str>, u8); 0] = [];
        assert!(for_request(&none, WhenNoTemplates, &ReceivedHeaders::default()).is_ok_and(|found| found.is_none()));
        assert!(for_request(&none, Never, &ReceivedHeaders::default()).is_err());
    }

    #[test]
    fn an_answer_template_is_found_by_what_is_accepted() {
        let templates = templates();
        for (accept, want) in
            [(None, 2), (Some("text/xml"), 1), (Some("text/html, text/xml;q=0.9"), 1), (Some("*/*"), 2)]
        {
            assert_eq!(for_answer(&templates, accept).map(|(_, number)| *number), Some(want), "{accept:?}");
        }
        assert_eq!(for_answer(&templates[..1], Some("*/*")).map(|(_, number)| *number), Some(1));
    }
}
