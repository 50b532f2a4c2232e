//! A refusal: why, and what is answered. Only the answer step makes status, headers and body of it.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>

use std::borrow::Cow;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::reason::Reason;
use crate::steps::firewall::FirewallAnswer;

/// A step passed, and why.
#[derive(Debug)]
pub struct Passed<T> {
    /// The evidence.
    pub value: T,
    /// What decided.
    pub reason: Reason,
}

/// A step refused the request.
#[derive(Debug)]
pub struct Refused {
    /// What decided.
    pub reason: Reason,
    /// What is answered.
    pub refusal: Refusal,
}

/// What a step says of a request.
pub type Verdict<T> = Result<Passed<T>, Refused>;

/// What a refused request is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A gateway response of the API.
    Gateway(GatewayResponse),
    /// The front end's own words, before or beside any API.
    FrontEnd(FrontEnd),
    /// What a web ACL answers in place of the API.
    Firewall(Box<FirewallAnswer>),
}

/// A gateway response as AWS makes it where the API sets nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayResponse {
    /// Its type.
    pub kind: ResponseType,
    /// The status.
    pub status: StatusCode,
    /// `x-amzn-ErrorType`.
    pub error_type: &'static str,
    /// What it says; AWS says `null` where an authorizer is at fault.
    pub message: Option<Cow<'static, str>>,
}

/// An answer of the front end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontEnd {
    /// The status.
    pub status: StatusCode,
    /// `x-amzn-ErrorType`, for answers in JSON.
    pub error_type: Option<&'static str>,
    /// What it says: JSON's `message` where there is an error type, else plain text.
    pub message: &'static str,
}

impl FrontEnd {
    /// No such API, stage or endpoint.
    pub const FORBIDDEN: Self = Self::json(StatusCode::FORBIDDEN, "ForbiddenException", "Forbidden");
    /// A body above 10 MB, in plain text as AWS's front end says it.
    pub const TOO_LARGE: Self = Self {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        error_type: None,
        message: "HTTP content length exceeded 10485760 bytes.",
    };
    /// The node cannot serve now.
    pub const UNAVAILABLE: Self =
        Self::json(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableException", "Service Unavailable");
    /// The stage cannot be served, or the gateway itself failed.
    pub const INTERNAL: Self =
        Self::json(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerErrorException", "Internal server error");
    /// The client did not finish its body.
    pub const BODY_TIMEOUT: Self =
        Self::json(StatusCode::REQUEST_TIMEOUT, "RequestTimeoutException", "Request Timeout");

    const fn json(status: StatusCode, error_type: &'static str, message: &'static str) -> Self {
        Self { status, error_type: Some(error_type), message }
    }

    /// The answer to what the edge refused.
    pub fn of_edge(status: StatusCode) -> Self {
        let (error_type, message) = match status {
            StatusCode::URI_TOO_LONG => ("RequestUriTooLongException", "Request URI too long"),
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
                ("RequestHeaderFieldsTooLargeException", "Request Header Fields Too Large")
            }
            StatusCode::REQUEST_TIMEOUT => return Self::BODY_TIMEOUT,
            StatusCode::MISDIRECTED_REQUEST => ("MisdirectedRequestException", "Misdirected Request"),
            StatusCode::HTTP_VERSION_NOT_SUPPORTED => {
                ("HttpVersionNotSupportedException", "HTTP Version Not Supported")
            }
            StatusCode::INTERNAL_SERVER_ERROR => return Self::INTERNAL,
            // Whatever else the edge refuses is the client's malformed request.
            _ => ("BadRequestException", "Bad Request"),
        };
        Self::json(status, error_type, message)
    }
}

/// AWS's gateway response types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResponseType {
    /// `ACCESS_DENIED`.
    AccessDenied,
    /// `API_CONFIGURATION_ERROR`.
    ApiConfigurationError,
    /// `AUTHORIZER_CONFIGURATION_ERROR`.
    AuthorizerConfigurationError,
    /// `AUTHORIZER_FAILURE`.
    AuthorizerFailure,
    /// `BAD_REQUEST_PARAMETERS`.
    BadRequestParameters,
    /// `BAD_REQUEST_BODY`.
    BadRequestBody,
    /// `DEFAULT_4XX`: whatever the caller did wrong that has no type of its own.
    #[serde(rename = "DEFAULT_4XX")]
    Default4xx,
    /// `DEFAULT_5XX`: whatever failed that has no type of its own.
    #[serde(rename = "DEFAULT_5XX")]
    Default5xx,
    /// `EXPIRED_TOKEN`.
    ExpiredToken,
    /// `INTEGRATION_FAILURE`.
    IntegrationFailure,
    /// `INTEGRATION_TIMEOUT`.
    IntegrationTimeout,
    /// `INVALID_API_KEY`.
    InvalidApiKey,
    /// `INVALID_SIGNATURE`.
    InvalidSignature,
    /// `MISSING_AUTHENTICATION_TOKEN`.
    MissingAuthenticationToken,
    /// `QUOTA_EXCEEDED`.
    QuotaExceeded,
    /// `REQUEST_TOO_LARGE`.
    RequestTooLarge,
    /// `RESOURCE_NOT_FOUND`.
    ResourceNotFound,
    /// `THROTTLED`.
    Throttled,
    /// `UNAUTHORIZED`.
    Unauthorized,
    /// `UNSUPPORTED_MEDIA_TYPE`.
    UnsupportedMediaType,
    /// `WAF_FILTERED`.
    WafFiltered,
}

impl ResponseType {
    /// AWS's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "ACCESS_DENIED",
            Self::ApiConfigurationError => "API_CONFIGURATION_ERROR",
            Self::AuthorizerConfigurationError => "AUTHORIZER_CONFIGURATION_ERROR",
            Self::AuthorizerFailure => "AUTHORIZER_FAILURE",
            Self::BadRequestParameters => "BAD_REQUEST_PARAMETERS",
            Self::BadRequestBody => "BAD_REQUEST_BODY",
            Self::Default4xx => "DEFAULT_4XX",
            Self::Default5xx => "DEFAULT_5XX",
            Self::ExpiredToken => "EXPIRED_TOKEN",
            Self::IntegrationFailure => "INTEGRATION_FAILURE",
            Self::IntegrationTimeout => "INTEGRATION_TIMEOUT",
            Self::InvalidApiKey => "INVALID_API_KEY",
            Self::InvalidSignature => "INVALID_SIGNATURE",
            Self::MissingAuthenticationToken => "MISSING_AUTHENTICATION_TOKEN",
            Self::QuotaExceeded => "QUOTA_EXCEEDED",
            Self::RequestTooLarge => "REQUEST_TOO_LARGE",
            Self::ResourceNotFound => "RESOURCE_NOT_FOUND",
            Self::Throttled => "THROTTLED",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::WafFiltered => "WAF_FILTERED",
        }
    }

    /// AWS's default status, error type and message.
    fn defaults(self) -> (StatusCode, &'static str, Option<&'static str>) {
        const INTERNAL: &str = "InternalServerErrorException";
        let (status, error_type, message) = match self {
            Self::AccessDenied => (
                StatusCode::FORBIDDEN,
                "AccessDeniedException",
                "User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action",
            ),
            Self::ApiConfigurationError | Self::Default5xx => {
                (StatusCode::INTERNAL_SERVER_ERROR, INTERNAL, "Internal server error")
            }
            Self::AuthorizerConfigurationError => {
                return (StatusCode::INTERNAL_SERVER_ERROR, "AuthorizerConfigurationException", None);
            }
            Self::AuthorizerFailure => return (StatusCode::INTERNAL_SERVER_ERROR, "AuthorizerFailureException", None),
            Self::BadRequestParameters => {
                (StatusCode::BAD_REQUEST, "BadRequestException", "Missing required request parameters: []")
            }
            Self::BadRequestBody => (StatusCode::BAD_REQUEST, "BadRequestException", "Invalid request body"),
            Self::Default4xx => (StatusCode::BAD_REQUEST, "BadRequestException", "Bad Request"),
            Self::ExpiredToken => (
                StatusCode::FORBIDDEN,
                "ExpiredTokenException",
                "The security token included in the request is expired",
            ),
            Self::IntegrationFailure => {
                (StatusCode::GATEWAY_TIMEOUT, INTERNAL, "Network error communicating with endpoint")
            }
            Self::IntegrationTimeout => (StatusCode::GATEWAY_TIMEOUT, INTERNAL, "Endpoint request timed out"),
            Self::InvalidApiKey | Self::WafFiltered => (StatusCode::FORBIDDEN, "ForbiddenException", "Forbidden"),
            Self::InvalidSignature => (
                StatusCode::FORBIDDEN,
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
            ),
            Self::MissingAuthenticationToken => {
                (StatusCode::FORBIDDEN, "MissingAuthenticationTokenException", "Missing Authentication Token")
            }
            Self::QuotaExceeded => (StatusCode::TOO_MANY_REQUESTS, "LimitExceededException", "Limit Exceeded"),
            Self::RequestTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException", "Request Too Long"),
            Self::ResourceNotFound => (StatusCode::NOT_FOUND, "NotFoundException", "Not Found"),
            Self::Throttled => (StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException", "Too Many Requests"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "UnauthorizedException", "Unauthorized"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "BadRequestException", "Unsupported Media Type")
            }
        };
        (status, error_type, Some(message))
    }

    /// The gateway response with AWS's defaults.
    pub fn response(self) -> GatewayResponse {
        let (status, error_type, message) = self.defaults();
        GatewayResponse { kind: self, status, error_type, message: message.map(Cow::Borrowed) }
    }
}

impl Refused {
    /// Refuses with a gateway response's defaults.
    pub fn gateway(kind: ResponseType, reason: Reason) -> Self {
        Self { reason, refusal: Refusal::Gateway(kind.response()) }
    }

    /// Refuses with a web ACL's own answer.
    pub fn firewall(answer: FirewallAnswer, reason: Reason) -> Self {
        Self { reason, refusal: Refusal::Firewall(Box::new(answer)) }
    }

    /// Refuses in the front end's words.
    pub fn front_end(answer: FrontEnd, reason: Reason) -> Self {
        Self { reason, refusal: Refusal::FrontEnd(answer) }
    }
}
