//! Why a signature is refused, in AWS's words and under AWS's codes.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html>

use std::fmt;

use aws_lc_rs::digest;
use base::{Timestamp, limits};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::stamp;

/// A request that is not authenticated. Its `Display` is what the caller is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The request carries no signature.
    MissingToken,
    /// The signature's parts are missing, doubled or malformed.
    Incomplete(Incomplete),
    /// The signature is whole, but does not fit the request, the time or the place.
    Mismatch(Mismatch),
    /// Nobody has this access key, or the session token is not its.
    UnknownKey,
    /// The session token was good once.
    ExpiredToken,
}

/// What is missing, doubled or malformed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incomplete {
    /// Signed in the header and in the query string at once.
    TwoForms,
    /// A part is there twice.
    Duplicate(&'static str),
    /// A part is not UTF-8.
    NotText(&'static str),
    /// `Authorization:` with nothing behind it.
    EmptyAuthorization,
    /// A piece without equal sign, as in `Bearer abc`; holds the header's hash.
    NotKeyValue(String),
    /// The header begins with a key and value; holds the header's hash.
    NoAlgorithm(String),
    /// Parts that the header lacks.
    HeaderParts {
        /// `Credential`, `Signature`, `SignedHeaders`, `Date`.
        missing: Vec<&'static str>,
        /// The header's hash.
        header: String,
    },
    /// Parameters that the query string lacks.
    QueryParts {
        /// Their names.
        missing: Vec<&'static str>,
    },
    /// Another algorithm.
    Algorithm(String),
    /// Not five elements.
    Credential(String),
    /// SigV4A's, and not four elements.
    CredentialWithoutRegion(String),
    /// A SigV4A request that names no `X-Amz-Region-Set`.
    RegionSet,
    /// Not in the basic form of ISO 8601.
    Date(String),
    /// `X-Amz-Expires` is no number of seconds from one to seven days.
    Expires(String),
    /// An entry of `SignedHeaders` is no header name.
    SignedHeaders,
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// The signature is not the one we computed.
    Signature {
        /// The canonical request as we see it.
        canonical_request: String,
        /// The string to sign as we see it.
        string_to_sign: String,
    },
    /// The signature is right, but `x-amz-content-sha256` is not the body's hash.
    Payload,
    /// Signed too long ago.
    Expired {
        /// When it was signed.
        signed: Timestamp,
        /// The judge's time.
        now: Timestamp,
        /// How long it was good, in seconds.
        window_s: i64,
    },
    /// Signed in the future.
    NotYetCurrent {
        /// When it was signed.
        signed: Timestamp,
        /// The judge's time.
        now: Timestamp,
    },
    /// The credential is for another day, region or service.
    Scope(ScopeFaults),
    /// `host` is not among the signed headers.
    HostUnsigned,
    /// A header that must be signed is not; its name in lower case.
    HeaderUnsigned(String),
}

/// Everything that is wrong with a credential's scope; AWS tells all of it at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScopeFaults {
    /// The region that was given.
    pub region: Option<String>,
    /// The service that was expected.
    pub service: Option<String>,
    /// The terminator that was given.
    pub terminator: Option<String>,
    /// The date that was given, and the request's time.
    pub date: Option<(String, Timestamp)>,
}

impl Refusal {
    /// The code in the query and XML protocols (IAM, STS, EC2 …).
    pub fn query_code(&self) -> &'static str {
        match self {
            Self::MissingToken => "MissingAuthenticationToken",
            Self::Incomplete(_) => "IncompleteSignature",
            Self::Mismatch(_) => "SignatureDoesNotMatch",
            Self::UnknownKey => "InvalidClientTokenId",
            Self::ExpiredToken => "ExpiredToken",
        }
    }

    /// The code in the JSON protocols (API Gateway, Lambda, CloudTrail …).
    pub fn json_code(&self) -> &'static str {
        match self {
            Self::MissingToken => "MissingAuthenticationTokenException",
            Self::Incomplete(_) => "IncompleteSignatureException",
            Self::Mismatch(_) => "InvalidSignatureException",
            Self::UnknownKey => "UnrecognizedClientException",
            Self::ExpiredToken => "ExpiredTokenException",
        }
    }

    /// The HTTP status in the query and XML protocols.
    pub fn query_status(&self) -> u16 {
        match self {
            Self::Incomplete(_) => 400,
            Self::MissingToken | Self::Mismatch(_) | Self::UnknownKey | Self::ExpiredToken => 403,
        }
    }

    /// The HTTP status in the JSON protocols.
    pub fn json_status(&self) -> u16 {
        403
    }

    /// What the caller is told. It repeats nothing that the caller did not send.
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// The owner's short reason, without the canonical texts and fit for a record.
    pub fn reason(&self) -> String {
        match self {
            Self::MissingToken => "the request is not signed".to_owned(),
            Self::Incomplete(what) => format!("the signature is incomplete: {what}"),
            Self::Mismatch(Mismatch::Signature { .. }) => "the signature is not the computed one".to_owned(),
            Self::Mismatch(Mismatch::Payload) => "x-amz-content-sha256 is not the hash of the body".to_owned(),
            Self::Mismatch(what) => format!("the signature does not fit: {what}"),
            Self::UnknownKey => "the access key or its session token is unknown".to_owned(),
            Self::ExpiredToken => "the session token has expired".to_owned(),
        }
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingToken => f.write_str("Missing Authentication Token"),
            Self::Incomplete(what) => what.fmt(f),
            Self::Mismatch(what) => what.fmt(f),
            Self::UnknownKey => f.write_str("The security token included in the request is invalid."),
            Self::ExpiredToken => f.write_str("The security token included in the request is expired"),
        }
    }
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwoForms => f.write_str(
                "A request must be signed either in its Authorization header or in its query string, not in both.",
            ),
            Self::Duplicate(part) => write!(f, "'{part}' must not be given more than once."),
            Self::NotText(part) => write!(f, "'{part}' must be text in UTF-8."),
            Self::EmptyAuthorization => f.write_str("Authorization header cannot be empty: ''."),
            Self::NotKeyValue(hash) => write!(
                f,
                "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded \
                 with Base64): '{hash}'."
            ),
            Self::NoAlgorithm(hash) => write!(
                f,
                "Authorization header must begin with the algorithm name, which cannot include an equal-sign (hashed \
                 with SHA-256 and encoded with Base64): '{hash}'."
            ),
            Self::HeaderParts { missing, header } => {
                for part in missing {
                    match *part {
                        "Date" => f.write_str(
                            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
                        )?,
                        part => write!(f, "Authorization header requires '{part}' parameter. ")?,
                    }
                }
                write!(f, "(Hashed with SHA-256 and encoded with Base64) Authorization={header}")
            }
            Self::QueryParts { missing } => {
                for part in missing {
                    write!(f, "AWS query-string parameters must include '{part}'. ")?;
                }
                f.write_str("Re-examine the query-string parameters.")
            }
            Self::Algorithm(got) => write!(f, "Unsupported AWS 'algorithm': '{got}' (only AWS4-HMAC-SHA256 for now). "),
            Self::Credential(got) => write!(
                f,
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
                 '{got}'"
            ),
            Self::CredentialWithoutRegion(got) => write!(
                f,
                "Credential must have exactly 4 slash-delimited elements, e.g. keyid/date/service/term, got '{got}'"
            ),
            Self::RegionSet => f.write_str("AWS4-ECDSA-P256-SHA256 requires existence of 'X-Amz-Region-Set'."),
            Self::Date(got) => write!(
                f,
                "Date must be in ISO-8601 'basic format'. Got '{got}'. See http://en.wikipedia.org/wiki/ISO_8601"
            ),
            Self::Expires(got) => {
                let max = limits::PRESIGNED_EXPIRES_S_MAX;
                write!(f, "X-Amz-Expires must be a number of seconds between 1 and {max}, got '{got}'")
            }
            Self::SignedHeaders => f.write_str("'SignedHeaders' must be a list of header names separated by ';'."),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature { canonical_request, string_to_sign } => write!(
                f,
                "{DOES_NOT_MATCH}\n\nThe Canonical String for this request should have been\n'{canonical_request}'\n\n\
                 The String-to-Sign should have been\n'{string_to_sign}'\n"
            ),
            Self::Payload => f.write_str(DOES_NOT_MATCH),
            Self::Expired { signed, now, window_s } => {
                let (signed, at) = (stamp::format(*signed), stamp::format(*now));
                let earliest = stamp::format(shifted(*now, -window_s));
                let window = Window(*window_s);
                write!(f, "Signature expired: {signed} is now earlier than {earliest} ({at} - {window})")
            }
            Self::NotYetCurrent { signed, now } => {
                let (signed, at) = (stamp::format(*signed), stamp::format(*now));
                let latest = stamp::format(shifted(*now, limits::SIGNATURE_SKEW_S));
                let window = Window(limits::SIGNATURE_SKEW_S);
                write!(f, "Signature not yet current: {signed} is still later than {latest} ({at} + {window})")
            }
            Self::Scope(faults) => faults.fmt(f),
            Self::HostUnsigned => {
                f.write_str("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
            }
            Self::HeaderUnsigned(name) => write!(f, "'{name}' must be a 'SignedHeader' in the AWS Authorization."),
        }
    }
}

impl fmt::Display for ScopeFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(region) = &self.region {
            write!(f, "Credential should be scoped to a valid region, not '{region}'. ")?;
        }
        if let Some(service) = &self.service {
            write!(f, "Credential should be scoped to correct service: '{service}'. ")?;
        }
        if let Some(terminator) = &self.terminator {
            write!(f, "Credential should be scoped with a valid terminator: 'aws4_request', not '{terminator}'. ")?;
        }
        if let Some((scope, time)) = &self.date {
            let time = stamp::format(*time);
            let day = &time[..8];
            write!(
                f,
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{scope}' \
                 != '{day}', from '{time}'."
            )?;
        }
        Ok(())
    }
}

const DOES_NOT_MATCH: &str = "The request signature we calculated does not match the signature you provided. Check \
                              your AWS Secret Access Key and signing method. Consult the service documentation for \
                              details.";

/// A span as AWS writes it: `5 min.`.
struct Window(i64);

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 60 {
            0 => write!(f, "{} min.", self.0 / 60),
            _ => write!(f, "{} sec.", self.0),
        }
    }
}

/// `time` moved by some seconds, or unmoved at the ends of the calendar.
fn shifted(time: Timestamp, seconds: i64) -> Timestamp {
    time.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(time)
}

/// How much of a malformed part a message repeats.
const ECHO_CHARS_MAX: usize = 128;

/// The beginning of a part for a message.
pub(crate) fn cut(text: &str) -> String {
    text.chars().take(ECHO_CHARS_MAX).collect()
}

/// A header's hash as AWS shows it.
pub(crate) fn hashed(header: &str) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, header.as_bytes()))
}
