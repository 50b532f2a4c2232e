//! A sampled request on the wire. <https://docs.aws.amazon.com/waf/latest/APIReference/API_SampledHTTPRequest.html>

use base::Timestamp;
use operation::{Sample, SampledPuzzle, TokenFailure};

/// A request and what became of it.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "SampledHTTPRequest", upper)]
pub(crate) struct SampledRequest {
    request: HttpRequest,
    weight: i64,
    timestamp: Option<Timestamp>,
    action: Option<String>,
    rule_name_within_rule_group: Option<String>,
    request_headers_inserted: Option<Vec<HttpHeader>>,
    response_code_sent: Option<i32>,
    labels: Option<Vec<Label>>,
    captcha_response: Option<Puzzle>,
    challenge_response: Option<Puzzle>,
    overridden_action: Option<String>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "HTTPRequest", upper)]
pub(crate) struct HttpRequest {
    #[shape(rename = "ClientIP")]
    client_ip: Option<String>,
    country: Option<String>,
    #[shape(rename = "URI")]
    uri: Option<String>,
    method: Option<String>,
    #[shape(rename = "HTTPVersion")]
    http_version: Option<String>,
    headers: Option<Vec<HttpHeader>>,
}

/// A header.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "HTTPHeader", upper)]
pub(crate) struct HttpHeader {
    name: Option<String>,
    value: Option<String>,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Label {
    name: String,
}

/// What came of a CAPTCHA or a challenge: `CaptchaResponse` and `ChallengeResponse` are alike.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "CaptchaResponse", upper)]
pub(crate) struct Puzzle {
    response_code: Option<i32>,
    solve_timestamp: Option<i64>,
    failure_reason: Option<FailureReason>,
}

/// Why a token did not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum FailureReason {
    /// There was none.
    #[shape("TOKEN_MISSING")]
    Missing,
    /// It was too old.
    #[shape("TOKEN_EXPIRED")]
    Expired,
    /// It was none of ours.
    #[shape("TOKEN_INVALID")]
    Invalid,
    /// It was earned elsewhere.
    #[shape("TOKEN_DOMAIN_MISMATCH")]
    DomainMismatch,
}

impl SampledRequest {
    /// A sample as AWS answers it.
    pub(super) fn of(sample: Sample) -> Self {
        let headers = |headers: Vec<(String, String)>| {
            let header = |(name, value)| HttpHeader { name: Some(name), value: Some(value) };
            Some(headers.into_iter().map(header).collect::<Vec<_>>()).filter(|headers| !headers.is_empty())
        };
        let labels: Vec<_> = sample.labels.into_iter().map(|name| Label { name }).collect();
        Self {
            request: HttpRequest {
                client_ip: Some(sample.client_ip),
                country: sample.country,
                uri: Some(sample.uri),
                method: Some(sample.method),
                http_version: Some(sample.version),
                headers: headers(sample.headers),
            },
            weight: i64::try_from(sample.weight).unwrap_or(i64::MAX),
            timestamp: Some(sample.at),
            action: Some(sample.action),
            rule_name_within_rule_group: sample.rule_within_group,
            request_headers_inserted: headers(sample.inserted),
            response_code_sent: sample.status.map(i32::from),
            labels: Some(labels).filter(|labels| !labels.is_empty()),
            captcha_response: sample.captcha.as_ref().map(Puzzle::of),
            challenge_response: sample.challenge.as_ref().map(Puzzle::of),
            overridden_action: sample.overridden,
        }
    }
}

impl Puzzle {
    fn of(puzzle: &SampledPuzzle) -> Self {
        let reason = |failure| match failure {
            TokenFailure::Missing => FailureReason::Missing,
            TokenFailure::Expired => FailureReason::Expired,
            TokenFailure::Invalid => FailureReason::Invalid,
            TokenFailure::OtherDomain => FailureReason::DomainMismatch,
        };
        Self {
            response_code: puzzle.status.map(i32::from),
            solve_timestamp: puzzle.solved.map(Timestamp::as_second),
            failure_reason: puzzle.failure.map(reason),
        }
    }
}
