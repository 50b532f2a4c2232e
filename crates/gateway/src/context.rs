//! The values of `$context` variables, for access logs and parameter mappings.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use base::Timestamp;
use base::id::{AccessKeyId, ApiKeyId};
use snapshot::{Stage, Variable};

use crate::authorizer::Granted;
use crate::execution_log::masked;
use crate::reason::{Answer, Answered, Integrate};
use crate::refused::ResponseType;
use crate::request::{Request, ScreenNote, ScreenVerdict, Signer};
use crate::trail::Trail;

/// Where values come from. A variable whose time has not come has no value.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// The request.
    pub request: &'a Request,
    /// The stage, once the request is located.
    pub stage: Option<&'a Stage>,
    /// How it ended, once it has.
    pub ending: Option<Ending<'a>>,
}

/// How a request ended.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    /// The status that was answered; AWS's load balancers log 460 where the client went away before.
    pub status: u16,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// What was decided.
    pub trail: &'a Trail,
}

impl Values<'_> {
    /// Writes a variable's value. Without one nothing is written and the answer is `false`.
    pub fn write(&self, variable: Variable, out: &mut Vec<u8>) -> bool {
        let before = out.len();
        self.put(variable, out);
        out.len() > before
    }

    /// Writes what the authorizer said under `key`. Without it nothing is written and the answer is `false`.
    pub fn write_authorizer(&self, key: &str, out: &mut Vec<u8>) -> bool {
        let before = out.len();
        if let Some(Granted { said, latency_ms }) = self.request.notes.authorizer.get().map(Box::as_ref) {
            match key {
                "integrationLatency" | "latency" => put_number(*latency_ms, out),
                key => put_text(said.value(key).as_deref(), out),
            }
        }
        out.len() > before
    }

    /// A variable's value as text.
    pub fn get(&self, variable: Variable) -> Option<Vec<u8>> {
        let mut value = Vec::new();
        self.write(variable, &mut value).then_some(value)
    }

    fn put(&self, variable: Variable, out: &mut Vec<u8>) {
        let request = self.request;
        match variable {
            Variable::AccountId => self.put_stage(out, |stage| stage.scope.account.as_str()),
            Variable::ApiId => self.put_stage(out, |stage| stage.api_id.as_str()),
            Variable::Stage => self.put_stage(out, |stage| stage.name.as_str()),
            Variable::DeploymentId => self.put_stage(out, |stage| stage.deployment_id.as_str()),
            Variable::EndpointType => self.put_stage(out, |stage| stage.endpoint_type),
            Variable::ResourceId => put_text(request.notes.method.get().map(|method| method.resource_id.as_str()), out),
            Variable::ResourcePath => put_text(request.notes.method.get().map(|method| &*method.resource_path), out),
            Variable::Path => put_text(request.target.as_ref().map(|target| target.raw().path()), out),
            Variable::HttpMethod => put_text(request.verb.as_ref().map(http::Method::as_str), out),
            // AWS says so whatever the client speaks.
            Variable::Protocol => put_text(Some("HTTP/1.1"), out),
            Variable::RequestId => out.extend_from_slice(request.shown_id_bytes()),
            Variable::ExtendedRequestId => out.extend_from_slice(&request.extended_id),
            Variable::RequestTime => put_clf_time(request.received, out),
            Variable::RequestTimeEpoch => put_number(request.received.as_millisecond().unsigned_abs(), out),
            Variable::DomainName => put_text(request.host.as_deref(), out),
            Variable::DomainPrefix => put_text(request.host.as_deref().and_then(|host| host.split('.').next()), out),
            Variable::TlsVersion => put_text(request.connection.tls.as_ref().map(|tls| tls.version), out),
            Variable::CipherSuite => put_text(request.connection.tls.as_ref().map(|tls| tls.cipher_suite), out),
            Variable::IdentitySourceIp => put_address(request.source_ip(), out),
            Variable::IdentityUserAgent => {
                out.extend_from_slice(request.user_agent.as_ref().map_or(b"", |value| value.as_bytes()));
            }
            Variable::IdentityCaller | Variable::IdentityUser => self.put_signer(out, |signer| Some(&signer.id)),
            Variable::IdentityUserArn => self.put_signer(out, |signer| Some(&signer.arn)),
            Variable::IdentityAccountId => self.put_signer(out, |signer| Some(signer.account.as_str())),
            Variable::IdentityAccessKey => {
                self.put_signer(out, |signer| signer.access_key.as_ref().map(AccessKeyId::as_str));
            }
            Variable::IdentityApiKey => self.put_key(out),
            Variable::IdentityApiKeyId => {
                put_text(request.notes.key.get().and_then(|key| key.id.as_ref()).map(ApiKeyId::as_str), out);
            }
            Variable::XrayTraceId => out.extend_from_slice(root_of_trace(request.trace_id.as_bytes())),
            Variable::ErrorMessage => self.put_error(out, |_, message| message.map(Cow::Borrowed)),
            Variable::ErrorMessageString => self.put_error(out, |_, message| message.map(quoted)),
            Variable::ErrorResponseType => self.put_error(out, |kind, _| kind.map(|kind| kind.name().into())),
            Variable::IntegrationError | Variable::IntegrationErrorMessage => {
                put_text(self.integrate().and_then(error_of).as_deref(), out);
            }
            Variable::IntegrationStatus | Variable::IntegrationIntegrationStatus | Variable::IntegrationStatusAlias => {
                self.put_exchange(out, |exchange, out| put_number(exchange.status.into(), out));
            }
            Variable::IntegrationLatency | Variable::IntegrationLatencyAlias => {
                self.put_exchange(out, |exchange, out| put_number(exchange.latency_us / 1000, out));
            }
            Variable::IntegrationRequestId | Variable::AwsEndpointRequestId => {
                self.put_exchange(out, |exchange, out| put_text(exchange.request_id.as_deref(), out));
            }
            Variable::ResponseLatency => self.put_ending(out, |ending| ending.latency().as_millis() as u64),
            Variable::ResponseLength => self.put_ending(out, |ending| ending.bytes),
            Variable::Status => self.put_ending(out, |ending| u64::from(ending.status)),
            // No layer that would give these a value is enforced yet.
            Variable::ErrorValidationErrorString
            | Variable::AuthorizeError
            | Variable::AuthorizeLatency
            | Variable::AuthorizeStatus
            | Variable::AuthenticateError
            | Variable::AuthenticateLatency
            | Variable::AuthenticateStatus => {}
            Variable::WebaclArn => self.put_firewall(out, |note, out| put_text(Some(&note.arn), out)),
            Variable::WafResponseCode => {
                self.put_firewall(out, |note, out| put_text(note.verdict.map(ScreenVerdict::name), out));
            }
            Variable::WafError => self.put_firewall(out, |note, out| put_text(note.error.as_deref(), out)),
            Variable::WafLatency => self.put_firewall(out, |note, out| put_number(note.latency_us / 1000, out)),
            Variable::WafStatus => {
                self.put_firewall(out, |note, out| put_number(if note.error.is_none() { 200 } else { 500 }, out));
            }
        }
    }

    fn put_stage(&self, out: &mut Vec<u8>, text: impl FnOnce(&Stage) -> &str) {
        put_text(self.stage.map(text), out);
    }

    fn put_signer(&self, out: &mut Vec<u8>, text: impl FnOnce(&Signer) -> Option<&str>) {
        put_text(self.request.notes.signer.get().and_then(|signer| text(signer)), out);
    }

    fn put_firewall(&self, out: &mut Vec<u8>, put: impl FnOnce(&ScreenNote, &mut Vec<u8>)) {
        if let Some(note) = self.request.notes.firewall.get() {
            put(note, out);
        }
    }

    // SECURITY: a backend may be told the key, a log shows its last characters alone.
    fn put_key(&self, out: &mut Vec<u8>) {
        let Some(key) = self.request.notes.key.get() else { return };
        match self.ending {
            Some(_) => put_text(Some(&masked(key.value.expose())), out),
            None => put_text(Some(key.value.expose()), out),
        }
    }

    fn put_error<'t>(
        &'t self,
        out: &mut Vec<u8>,
        text: impl FnOnce(Option<ResponseType>, Option<&'t str>) -> Option<Cow<'t, str>>,
    ) {
        let answer = self.ending.and_then(|ending| ending.trail.answer());
        let text = match answer.map(|(answer, _)| answer) {
            Some(Answer::Gateway { kind, message, .. }) => text(Some(*kind), message.as_deref()),
            Some(Answer::FrontEnd { message, .. }) => text(None, Some(message)),
            Some(Answer::Integration { .. } | Answer::Firewall { .. }) | None => None,
        };
        put_text(text.as_deref(), out);
    }

    fn integrate(&self) -> Option<&Integrate> {
        self.ending.and_then(|ending| ending.trail.integrate())
    }

    fn put_exchange(&self, out: &mut Vec<u8>, put: impl FnOnce(&Answered, &mut Vec<u8>)) {
        if let Some(Integrate::Answered(answered)) = self.integrate() {
            put(answered, out);
        }
    }

    fn put_ending(&self, out: &mut Vec<u8>, number: impl FnOnce(&Ending<'_>) -> u64) {
        if let Some(ending) = &self.ending {
            put_number(number(ending), out);
        }
    }
}

impl Ending<'_> {
    /// From arrival to the answer's head; to the end where there was none.
    fn latency(&self) -> Duration {
        self.trail.answer().map_or_else(|| self.trail.elapsed(), |(_, at)| at)
    }
}

/// What AWS's logs say where an integration failed.
pub(crate) fn error_of(integrate: &Integrate) -> Option<Cow<'_, str>> {
    let text = match integrate {
        Integrate::FunctionFailed { message, request_id, .. } => {
            return Some(Cow::Owned(format!(
                "Lambda execution failed with status 200 due to customer function error: {message}. Lambda request id: {request_id}"
            )));
        }
        Integrate::Answered(_) | Integrate::Mocked { .. } | Integrate::Queued { .. } => None,
        Integrate::TimedOut { .. } => Some("Execution failed due to a timeout error"),
        Integrate::Unreachable { .. } => Some("Network error communicating with endpoint"),
        Integrate::BadAnswer { .. } | Integrate::NoRoom | Integrate::FunctionNotRun { .. } => {
            Some("Execution failed due to an internal error")
        }
        Integrate::Untrusted { .. } => Some("Execution failed due to configuration error: General SSLEngine problem"),
        Integrate::Unresolvable { .. } | Integrate::Forbidden { .. } | Integrate::Broken { .. } => {
            Some("Execution failed due to configuration error: Invalid endpoint address")
        }
        Integrate::Unmappable { .. } => Some("Execution failed due to configuration error: Invalid mapping"),
        Integrate::NoResponseFits { .. } => Some(
            "Execution failed due to configuration error: No match for output mapping and no default output mapping configured",
        ),
        Integrate::NoMockStatus => Some(
            "Execution failed due to configuration error: statusCode should be an integer which defined in request template",
        ),
        Integrate::UnsupportedMediaType { .. } => Some("Unsupported Media Type"),
        Integrate::BodyTooLarge { .. } => Some("HTTP content length exceeded 10485760 bytes."),
        Integrate::BodyBroke { .. } => Some("The request's body did not arrive"),
        Integrate::FunctionNotInvoked { .. } => {
            Some("Execution failed due to configuration error: Invalid permissions on Lambda function")
        }
        Integrate::MalformedAnswer { .. } => {
            Some("Execution failed due to configuration error: Malformed Lambda proxy response")
        }
        Integrate::EventTooLarge { .. } => Some("Execution failed: the Lambda payload is too large"),
    };
    text.map(Cow::Borrowed)
}

/// `1-…` out of `Root=1-…;Parent=…`.
fn root_of_trace(header: &[u8]) -> &[u8] {
    let root = header.split(|byte| *byte == b';').find_map(|part| part.strip_prefix(b"Root="));
    root.unwrap_or_default()
}

fn put_text(text: Option<&str>, out: &mut Vec<u8>) {
    out.extend_from_slice(text.unwrap_or_default().as_bytes());
}

/// Writes a number's digits without the formatting machinery.
pub(crate) fn put_number(mut number: u64, out: &mut Vec<u8>) {
    // An octet, a status, a latency: most numbers are short.
    if number < 10 {
        out.push(b'0' + number as u8);
        return;
    }
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Writes an address, IPv4 without the formatting machinery.
pub(crate) fn put_address(address: IpAddr, out: &mut Vec<u8>) {
    match address {
        IpAddr::V4(v4) => {
            // Written in place first: eight small writes to a list cost more than the digits.
            let (mut text, mut end) = ([0; "255.255.255.255.".len()], 0);
            for octet in v4.octets() {
                if octet >= 100 {
                    text[end] = b'0' + octet / 100;
                    end += 1;
                }
                if octet >= 10 {
                    text[end] = b'0' + octet / 10 % 10;
                    end += 1;
                }
                text[end] = b'0' + octet % 10;
                text[end + 1] = b'.';
                end += 2;
            }
            out.extend_from_slice(&text[..end - 1]);
        }
        v6 @ IpAddr::V6(_) => put_display(&v6, out),
    }
}

fn put_display(value: &dyn std::fmt::Display, out: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = write!(out, "{value}");
}

fn quoted(text: &str) -> Cow<'_, str> {
    Cow::Owned(serde_json::Value::from(text).to_string())
}

thread_local! {
    /// The last second that was written and its text: requests of one second share it.
    static SECOND: RefCell<(i64, String)> = const { RefCell::new((i64::MIN, String::new())) };
}

/// `dd/MMM/yyyy:HH:mm:ss +0000`.
fn put_clf_time(time: Timestamp, out: &mut Vec<u8>) {
    SECOND.with_borrow_mut(|(second, text)| {
        if *second != time.as_second() {
            *second = time.as_second();
            *text = time.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string();
        }
        out.extend_from_slice(text.as_bytes());
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_is_written_as_in_the_common_log_format() {
        for (second, want) in [(0, "01/Jan/1970:00:00:00 +0000"), (1_700_000_000, "14/Nov/2023:22:13:20 +0000")] {
            let mut out = Vec::new();
            put_clf_time(Timestamp::from_second(second).unwrap(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), want);
        }
    }

    #[test]
    fn numbers_and_addresses_are_written_as_everywhere() {
        for number in [0, 9, 10, 80, 255, 443, 65_535, u64::MAX] {
            let mut out = Vec::new();
            put_number(number, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
        for address in ["0.0.0.0", "127.0.0.1", "255.10.9.100", "::1", "2001:db8::7"] {
            let mut out = Vec::new();
            put_address(address.parse().unwrap(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), address);
        }
    }

    #[test]
    fn a_trace_shows_its_root() {
        for (header, root) in [("Root=1-a-b;Parent=c", "1-a-b"), ("Self=x;Root=1-a-b", "1-a-b"), ("x", ""), ("", "")] {
            assert_eq!(root_of_trace(header.as_bytes()), root.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn any_trace_shows_a_part_of_itself(header in proptest::collection::vec(any::<u8>(), 0..100)) {
            let root = root_of_trace(&header);
            prop_assert!(root.is_empty() || header.windows(root.len()).any(|part| part == root));
        }
    }
}
