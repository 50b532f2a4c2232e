//! The one door to all protocols: a caller names its [`Protocol`] and never sees a wire format.
//! <https://smithy.io/2.0/aws/protocols/index.html>

/// How a service is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// JSON bodies, REST paths, methods and headers (API Gateway, Lambda).
    RestJson,
    /// JSON bodies, the operation named by `X-Amz-Target`, version 1.0.
    Json10,
    /// JSON bodies, the operation named by `X-Amz-Target`, version 1.1 (CloudTrail, WAF).
    Json11,
    /// Form parameters in, XML out (STS, IAM).
    Query,
    /// XML bodies, REST paths, methods and headers (Route 53).
    RestXml,
}
