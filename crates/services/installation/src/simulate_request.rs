//! SimulateRequest: what would be decided about a request that nobody sent, in words and as data.

use std::net::{IpAddr, Ipv4Addr};

use base::Scope;
use operation::{Call, Failure, Operation, Spec, WhatIf};
use wire::Json;

use crate::refusal::{VALIDATION, invalid};

/// The operation.
pub(crate) struct SimulateRequest;

/// The request.
#[derive(Debug, Default, wire::Shape)]
#[shape(name = "SimulateRequestRequest", upper)]
pub(crate) struct Input {
    /// Its verb.
    http_method: String,
    /// Its whole URL, as clients call it.
    url: String,
    /// The ARN of a root user, a user, a role or a role's session that is supposed to have signed; nobody signs without it.
    caller_arn: Option<String>,
    /// The address it is supposed to come from: 127.0.0.1 unless said otherwise.
    source_ip: Option<String>,
    /// Its headers besides `Host`.
    #[shape(default)]
    headers: Vec<Header>,
}

/// A header.
#[derive(Debug, wire::Shape)]
#[shape(upper)]
pub(crate) struct Header {
    name: String,
    value: String,
}

/// What would be decided, and why.
#[derive(Debug, wire::Shape)]
#[shape(name = "SimulateRequestResponse", upper)]
pub(crate) struct Output {
    /// One line a step, then every statement that did not apply.
    text: String,
    /// The same for programs.
    record: Json,
}

impl Operation for SimulateRequest {
    const SPEC: Spec = Spec::read("SimulateRequest", "portcullis:SimulateRequest").errors(&[(VALIDATION, 400)]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        let host = input.url.split_once("://").map_or("", |(_, rest)| rest);
        let id = host.split(['.', '/', ':', '?']).next().unwrap_or_default().to_ascii_lowercase();
        let is_id = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        // What is no id matches no statement that names one.
        crate::arn(scope, &format!("restapi/{}", if is_id { &id } else { "INVALID" }))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let source_ip = match input.source_ip.as_deref() {
            None => IpAddr::from(Ipv4Addr::LOCALHOST),
            Some(text) => text.parse().map_err(|_| invalid("SourceIp is not an IPv4 or IPv6 address."))?,
        };
        if let Some(arn) = &input.caller_arn {
            may_be_asked_about(arn, call)?;
        }
        let headers = input.headers.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
        let question = WhatIf {
            scope: call.scope.clone(),
            caller: input.caller_arn.clone(),
            source_ip,
            method: input.http_method.clone(),
            url: input.url.clone(),
            headers,
        };
        let answer = call.ports.data_plane.what_if(question).await.map_err(invalid)?;
        Ok(Output { text: answer.text, record: Json(answer.data) })
    }
}

/// SECURITY: an answer quotes the policies of whoever is asked about, and tells that it exists. So only the founding
/// account, whose the installation is, may ask about principals of others.
fn may_be_asked_about(arn: &str, call: &Call<'_>) -> Result<(), Failure> {
    let own = call.scope.account;
    let account = arn.split(':').nth(4);
    if own == call.ports.installation.account || account.is_none_or(|account| account == own.as_str()) {
        return Ok(());
    }
    Err(invalid(format!("CallerArn must name a principal of account {own}.")).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ONE, TWO, World, scope};

    fn of(url: &str) -> Input {
        Input { http_method: "GET".to_owned(), url: url.to_owned(), ..Input::default() }
    }

    #[tokio::test]
    async fn the_question_reaches_the_data_plane_with_the_callers_own_scope() {
        let world = World::new().await;
        let headers = vec![Header { name: "X-A".to_owned(), value: "1".to_owned() }];
        let arn = format!("arn:aws:iam::{TWO}:user/bob");
        let input = Input {
            caller_arn: Some(arn.clone()),
            source_ip: Some("2001:db8::1".to_owned()),
            headers,
            ..of("https://a1.x/prod")
        };
        let output = world.ask::<SimulateRequest>(TWO, &input).await.expect("an answer");
        for part in [TWO, &arn, "2001:db8::1", "X-A", "https://a1.x/prod"] {
            assert!(output.text.contains(part), "{part}: {}", output.text);
        }
        let output = world.ask::<SimulateRequest>(ONE, &of("https://a1.x/prod")).await.expect("an answer");
        assert!(output.text.contains("127.0.0.1") && output.text.contains("caller: None"), "{}", output.text);
    }

    #[tokio::test]
    async fn only_the_founding_account_asks_about_others() {
        let world = World::new().await;
        for (asks, about, may) in [(ONE, ONE, true), (ONE, TWO, true), (TWO, TWO, true), (TWO, ONE, false)] {
            let input = Input { caller_arn: Some(format!("arn:aws:iam::{about}:root")), ..of("https://a1.x/") };
            let answer = world.ask::<SimulateRequest>(asks, &input).await;
            assert_eq!(answer.is_ok(), may, "{asks} about {about}: {answer:?}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_asked_is_refused() {
        let world = World::new().await;
        for input in [Input { source_ip: Some("10.0.0.0/8".to_owned()), ..of("https://a1.x/") }, of("refused")] {
            let refused = world.ask::<SimulateRequest>(ONE, &input).await;
            assert!(matches!(refused, Err(Failure::Api(error)) if error.code == VALIDATION), "{input:?}");
        }
    }

    #[test]
    fn policies_name_the_api_that_is_asked_about() {
        for (url, id) in [
            ("https://A1b2.execute-api.us-east-1.localhost:8443/prod", "a1b2"),
            ("http://a1b2/prod", "a1b2"),
            ("a1b2", "INVALID"),
            ("https://", "INVALID"),
            ("https://*.x/", "INVALID"),
            ("https://a1/../b", "a1"),
        ] {
            let arn = SimulateRequest::resource(&of(url), &scope(ONE));
            assert!(arn.ends_with(&format!(":restapi/{id}")), "{url}: {arn}");
        }
    }
}
