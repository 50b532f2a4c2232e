//! Amazon resource names. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use std::fmt;

use crate::id::InvalidId;

/// A name such as `arn:aws:apigateway:us-east-1::/restapis/abc`, cut at its first five colons.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The service's name in ARNs.
    pub service: String,
    /// Empty for services without a region.
    pub region: String,
    /// Empty for services that leave it out (API Gateway's management plane).
    pub account: String,
    /// Everything behind the fifth colon.
    pub resource: String,
}

impl Arn {
    /// An ARN of the `aws` partition.
    pub fn new(service: &str, region: &str, account: &str, resource: impl Into<String>) -> Self {
        Self {
            partition: "aws".to_owned(),
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.into(),
        }
    }

    /// Reads the text of an ARN; it needs all six parts and a service.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().ok_or_else(|| InvalidId::new("ARN", text));
        if next()? != "arn" {
            return Err(InvalidId::new("ARN", text));
        }
        let arn = Self {
            partition: next()?.to_owned(),
            service: next()?.to_owned(),
            region: next()?.to_owned(),
            account: next()?.to_owned(),
            resource: next()?.to_owned(),
        };
        if arn.partition.is_empty() || arn.service.is_empty() || arn.resource.is_empty() {
            return Err(InvalidId::new("ARN", text));
        }
        Ok(arn)
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

impl TryFrom<String> for Arn {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> String {
        arn.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_keeps_colons_in_its_resource() {
        let text = "arn:aws:logs:us-east-1:123456789012:log-group:a:b";
        let arn = Arn::parse(text).expect("a good ARN");
        assert_eq!(arn.resource, "log-group:a:b");
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn an_arn_without_all_parts_is_refused() {
        for text in [
            "",
            "arn",
            "arn:aws:iam::",
            "arn:aws:iam::123456789012",
            "urn:aws:iam::1:x",
            "arn::iam::1:x",
            "arn:aws:iam::1:",
        ] {
            assert!(Arn::parse(text).is_err(), "{text}");
        }
    }
}
