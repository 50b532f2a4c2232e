//! AWS's enumerations, as the model lists them; most hold words that are refused so far.

use wire::Choice;

use crate::error::Error;

/// How the backend is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum IntegrationType {
    #[shape("HTTP")]
    Http,
    #[shape("AWS")]
    Aws,
    #[shape("MOCK")]
    Mock,
    #[shape("HTTP_PROXY")]
    HttpProxy,
    #[shape("AWS_PROXY")]
    AwsProxy,
}

/// Who judges callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum AuthorizerType {
    #[shape("TOKEN")]
    Token,
    #[shape("REQUEST")]
    Request,
    #[shape("COGNITO_USER_POOLS")]
    CognitoUserPools,
    #[shape("JWT")]
    Jwt,
}

/// The way to the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum ConnectionType {
    #[shape("INTERNET")]
    Internet,
    #[shape("VPC_LINK")]
    VpcLink,
}

/// How bodies are converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum ContentHandlingStrategy {
    #[shape("CONVERT_TO_BINARY")]
    ConvertToBinary,
    #[shape("CONVERT_TO_TEXT")]
    ConvertToText,
}

/// How answers are passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum ResponseTransferMode {
    #[shape("BUFFERED")]
    Buffered,
    #[shape("STREAM")]
    Stream,
}

/// How an API is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum EndpointType {
    #[shape("REGIONAL")]
    Regional,
    #[shape("EDGE")]
    Edge,
    #[shape("PRIVATE")]
    Private,
}

/// The addresses an API has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum IpAddressType {
    #[shape("ipv4")]
    Ipv4,
    #[shape("dualstack")]
    Dualstack,
}

/// Where API keys are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum ApiKeySourceType {
    #[shape("HEADER")]
    Header,
    #[shape("AUTHORIZER")]
    Authorizer,
}

/// The TLS policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum SecurityPolicy {
    #[shape("TLS_1_0")]
    Tls10,
    #[shape("TLS_1_2")]
    Tls12,
    #[shape("SecurityPolicy_TLS13_1_3_2025_09")]
    Tls13Only,
    #[shape("SecurityPolicy_TLS13_1_3_FIPS_2025_09")]
    Tls13OnlyFips,
    #[shape("SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09")]
    Tls12PfsPq,
    #[shape("SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09")]
    Tls12FipsPq,
    #[shape("SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09")]
    Tls12FipsPfsPq,
    #[shape("SecurityPolicy_TLS13_1_2_PQ_2025_09")]
    Tls12Pq,
    #[shape("SecurityPolicy_TLS13_1_2_2021_06")]
    Tls12Of2021,
    #[shape("SecurityPolicy_TLS13_2025_EDGE")]
    EdgeTls13,
    #[shape("SecurityPolicy_TLS12_PFS_2025_EDGE")]
    EdgeTls12Pfs,
    #[shape("SecurityPolicy_TLS12_2018_EDGE")]
    EdgeTls12Of2018,
    #[shape("SecurityPolicy_TLS13_1_2_Ext2_PQ_2025_09")]
    Tls12Ext2Pq,
    #[shape("SecurityPolicy_TLS13_1_2_Ext2_FIPS_PQ_2025_09")]
    Tls12Ext2FipsPq,
}

/// Whether host and server name must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum EndpointAccessMode {
    #[shape("BASIC")]
    Basic,
    #[shape("STRICT")]
    Strict,
}

/// Where an API's settings are on their way to the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum ApiStatus {
    #[shape("UPDATING")]
    Updating,
    #[shape("AVAILABLE")]
    Available,
    #[shape("PENDING")]
    Pending,
    #[shape("FAILED")]
    Failed,
}

/// The sizes of a stage's cache, in GB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum CacheClusterSize {
    #[shape("0.5")]
    Half,
    #[shape("1.6")]
    OneAndMore,
    #[shape("6.1")]
    Six,
    #[shape("13.5")]
    Thirteen,
    #[shape("28.4")]
    TwentyEight,
    #[shape("58.2")]
    FiftyEight,
    #[shape("118")]
    HundredEighteen,
    #[shape("237")]
    TwoHundredThirtySeven,
}

/// The state of a stage's cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum CacheClusterStatus {
    #[shape("CREATE_IN_PROGRESS")]
    CreateInProgress,
    #[shape("AVAILABLE")]
    Available,
    #[shape("DELETE_IN_PROGRESS")]
    DeleteInProgress,
    #[shape("NOT_AVAILABLE")]
    NotAvailable,
    #[shape("FLUSH_IN_PROGRESS")]
    FlushInProgress,
}

/// What becomes of a caller who may not steer the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum UnauthorizedCacheControlHeaderStrategy {
    #[shape("FAIL_WITH_403")]
    FailWith403,
    #[shape("SUCCEED_WITH_RESPONSE_HEADER")]
    SucceedWithResponseHeader,
    #[shape("SUCCEED_WITHOUT_RESPONSE_HEADER")]
    SucceedWithoutResponseHeader,
}

impl ContentHandlingStrategy {
    /// Reads a PATCH value; an empty one sets nothing.
    pub(crate) fn read(text: &str) -> Result<Option<Self>, Error> {
        read(text, "contentHandling")
    }
}

impl ConnectionType {
    /// Reads a PATCH value; an empty one sets nothing.
    pub(crate) fn read(text: &str) -> Result<Option<Self>, Error> {
        read(text, "connectionType")
    }
}

impl ResponseTransferMode {
    /// Reads a PATCH value; an empty one sets nothing.
    pub(crate) fn read(text: &str) -> Result<Option<Self>, Error> {
        read(text, "responseTransferMode")
    }
}

fn read<C: Choice>(text: &str, property: &str) -> Result<Option<C>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    C::from_text(text).map(Some).ok_or_else(|| Error::bad_request(format!("Invalid {property} specified: {text}")))
}

/// What a document does to the API that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum PutMode {
    #[shape("merge")]
    Merge,
    #[shape("overwrite")]
    Overwrite,
}

/// What a file of API keys is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum ApiKeysFormat {
    #[shape("csv")]
    Csv,
}

/// A quota's period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum QuotaPeriodType {
    #[shape("DAY")]
    Day,
    #[shape("WEEK")]
    Week,
    #[shape("MONTH")]
    Month,
}
