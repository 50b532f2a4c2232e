//! `$context` variables, by name.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html>

/// A `$context` variable that exists so far. Variables without a value are logged as `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variable {
    /// The API's account.
    AccountId,
    /// The API.
    ApiId,
    /// The stage.
    Stage,
    /// The deployment.
    DeploymentId,
    /// The resource.
    ResourceId,
    /// The resource's path template.
    ResourcePath,
    /// The request's path, stage included.
    Path,
    /// The request's verb.
    HttpMethod,
    /// Such as `HTTP/1.1`.
    Protocol,
    /// The request's id; a client may choose it.
    RequestId,
    /// The id in `x-amz-apigw-id`.
    ExtendedRequestId,
    /// The backend's own request id.
    AwsEndpointRequestId,
    /// `dd/MMM/yyyy:HH:mm:ss +0000`.
    RequestTime,
    /// Milliseconds since 1970.
    RequestTimeEpoch,
    /// The request's host.
    DomainName,
    /// The host's first label.
    DomainPrefix,
    /// `REGIONAL` or `EDGE`.
    EndpointType,
    /// Such as `TLSv1.3`.
    TlsVersion,
    /// The suite's name.
    CipherSuite,
    /// What the gateway response says.
    ErrorMessage,
    /// The same, quoted.
    ErrorMessageString,
    /// The gateway response's type.
    ErrorResponseType,
    /// What validation found.
    ErrorValidationErrorString,
    /// The client's address.
    IdentitySourceIp,
    /// The client's `User-Agent`.
    IdentityUserAgent,
    /// The signer's id.
    IdentityCaller,
    /// The signer's id.
    IdentityUser,
    /// The signer's ARN.
    IdentityUserArn,
    /// The signer's account.
    IdentityAccountId,
    /// The signer's key.
    IdentityAccessKey,
    /// The API key.
    IdentityApiKey,
    /// The API key's id.
    IdentityApiKeyId,
    /// Why authorization failed.
    AuthorizeError,
    /// Milliseconds of authorization.
    AuthorizeLatency,
    /// Its status.
    AuthorizeStatus,
    /// Why authentication failed.
    AuthenticateError,
    /// Milliseconds of authentication.
    AuthenticateLatency,
    /// Its status.
    AuthenticateStatus,
    /// Why the integration failed.
    IntegrationError,
    /// The backend's status.
    IntegrationStatus,
    /// The backend's status, by its other name.
    IntegrationIntegrationStatus,
    /// Milliseconds the backend took.
    IntegrationLatency,
    /// The backend's own request id.
    IntegrationRequestId,
    /// Why the integration failed, by its old name.
    IntegrationErrorMessage,
    /// Milliseconds the backend took, by its old name.
    IntegrationLatencyAlias,
    /// The backend's status, by its old name.
    IntegrationStatusAlias,
    /// Milliseconds from receipt to the answer's head.
    ResponseLatency,
    /// Bytes of the answer's body.
    ResponseLength,
    /// The answer's status.
    Status,
    /// The trace's root.
    XrayTraceId,
    /// The web ACL's verdict.
    WafResponseCode,
    /// The web ACL.
    WebaclArn,
    /// Why the web ACL failed.
    WafError,
    /// Milliseconds it took.
    WafLatency,
    /// Its status.
    WafStatus,
}

impl Variable {
    /// Every variable with the name behind `$context.`.
    pub const ALL: &'static [(&'static str, Variable)] = &[
        ("accountId", Variable::AccountId),
        ("apiId", Variable::ApiId),
        ("stage", Variable::Stage),
        ("deploymentId", Variable::DeploymentId),
        ("resourceId", Variable::ResourceId),
        ("resourcePath", Variable::ResourcePath),
        ("path", Variable::Path),
        ("httpMethod", Variable::HttpMethod),
        ("protocol", Variable::Protocol),
        ("requestId", Variable::RequestId),
        ("extendedRequestId", Variable::ExtendedRequestId),
        ("awsEndpointRequestId", Variable::AwsEndpointRequestId),
        ("requestTime", Variable::RequestTime),
        ("requestTimeEpoch", Variable::RequestTimeEpoch),
        ("domainName", Variable::DomainName),
        ("domainPrefix", Variable::DomainPrefix),
        ("endpointType", Variable::EndpointType),
        ("tlsVersion", Variable::TlsVersion),
        ("cipherSuite", Variable::CipherSuite),
        ("error.message", Variable::ErrorMessage),
        ("error.messageString", Variable::ErrorMessageString),
        ("error.responseType", Variable::ErrorResponseType),
        ("error.validationErrorString", Variable::ErrorValidationErrorString),
        ("identity.sourceIp", Variable::IdentitySourceIp),
        ("identity.userAgent", Variable::IdentityUserAgent),
        ("identity.caller", Variable::IdentityCaller),
        ("identity.user", Variable::IdentityUser),
        ("identity.userArn", Variable::IdentityUserArn),
        ("identity.accountId", Variable::IdentityAccountId),
        ("identity.accessKey", Variable::IdentityAccessKey),
        ("identity.apiKey", Variable::IdentityApiKey),
        ("identity.apiKeyId", Variable::IdentityApiKeyId),
        ("authorize.error", Variable::AuthorizeError),
        ("authorize.latency", Variable::AuthorizeLatency),
        ("authorize.status", Variable::AuthorizeStatus),
        ("authenticate.error", Variable::AuthenticateError),
        ("authenticate.latency", Variable::AuthenticateLatency),
        ("authenticate.status", Variable::AuthenticateStatus),
        ("integration.error", Variable::IntegrationError),
        ("integration.status", Variable::IntegrationStatus),
        ("integration.integrationStatus", Variable::IntegrationIntegrationStatus),
        ("integration.latency", Variable::IntegrationLatency),
        ("integration.requestId", Variable::IntegrationRequestId),
        ("integrationErrorMessage", Variable::IntegrationErrorMessage),
        ("integrationLatency", Variable::IntegrationLatencyAlias),
        ("integrationStatus", Variable::IntegrationStatusAlias),
        ("responseLatency", Variable::ResponseLatency),
        ("responseLength", Variable::ResponseLength),
        ("status", Variable::Status),
        ("xrayTraceId", Variable::XrayTraceId),
        ("wafResponseCode", Variable::WafResponseCode),
        ("webaclArn", Variable::WebaclArn),
        ("waf.error", Variable::WafError),
        ("waf.latency", Variable::WafLatency),
        ("waf.status", Variable::WafStatus),
    ];

    /// Reads the name behind `$context.`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, variable)| *variable)
    }

    /// The name behind `$context.`.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_has_one_name() {
        for (name, variable) in Variable::ALL {
            assert_eq!(Variable::parse(name), Some(*variable));
            assert_eq!(variable.name(), *name);
        }
        assert_eq!(Variable::parse("nonsense"), None);
    }
}
