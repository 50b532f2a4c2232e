//! Where and how a stage logs its requests.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>

use base::Arn;
use model::apigateway::AccessLogSettings;
use snapshot::LogFormat;
use snapshot::log_format::InvalidFormat;

use crate::error::Error;

/// AWS's words where the account has no role to write logs with.
pub(crate) fn role_missing() -> Error {
    Error::bad_request("CloudWatch Logs role ARN must be set in account settings to enable logging")
}

/// Checks what is set of the settings; a stage logs once both halves are there.
pub(crate) fn check(settings: &AccessLogSettings) -> Result<(), Error> {
    if !settings.destination_arn.is_empty() {
        destination(&settings.destination_arn)?;
    }
    if settings.format.is_empty() {
        return Ok(());
    }
    LogFormat::parse(&settings.format).map(|_| ()).map_err(|fault| {
        Error::bad_request(match fault {
            InvalidFormat::ManyLines => {
                "Access Log format must be single line, new line character is allowed only at end of the format"
            }
            InvalidFormat::NoRequestId => {
                "Access Log format must include at least $context.requestId or $context.extendedRequestId"
            }
            InvalidFormat::TooLong => "Access Log format can be at most 3072 bytes",
        })
    })
}

fn destination(text: &str) -> Result<(), Error> {
    let arn =
        Arn::parse(text).map_err(|_| Error::bad_request(format!("Invalid ARN specified in the request: {text}")))?;
    match arn.service.as_str() {
        "logs" => {}
        "firehose" => {
            return Err(Error::not_enforced("accessLogSettings.destinationArn of a Firehose delivery stream"));
        }
        _ => return Err(Error::bad_request(format!("Invalid ARN specified in the request: {text}"))),
    }
    let group = arn.resource.strip_prefix("log-group:");
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.#".contains(&byte);
    if group.is_some_and(|group| !group.is_empty() && group.len() <= 512 && group.bytes().all(fits)) {
        return Ok(());
    }
    Err(Error::bad_request(
        "Access Log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': '*'",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_a_log_group() {
        for (arn, good) in [
            ("arn:aws:logs:us-east-1:123456789012:log-group:pets", true),
            ("arn:aws:logs:us-east-1:123456789012:log-group:/aws/pets-1.x", true),
            ("arn:aws:logs:us-east-1:123456789012:log-group:pets:*", false),
            ("arn:aws:logs:us-east-1:123456789012:log-group:", false),
            ("arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-x", false),
            ("arn:aws:s3:::bucket", false),
            ("pets", false),
        ] {
            let settings = AccessLogSettings { destination_arn: arn.to_owned(), format: String::new() };
            assert_eq!(check(&settings).is_ok(), good, "{arn}");
        }
    }

    #[test]
    fn a_format_is_one_line_with_an_id() {
        for (format, good) in [
            ("$context.requestId $context.status", true),
            ("$context.extendedRequestId\n", true),
            ("$context.status", false),
            ("$context.requestId\n$context.status", false),
            (&format!("$context.requestId{}", "x".repeat(4000)), false),
        ] {
            let settings = AccessLogSettings { destination_arn: String::new(), format: format.to_owned() };
            assert_eq!(check(&settings).is_ok(), good, "{format}");
        }
    }
}
