//! Trying an authorizer: the same question that a request would ask, about a request that nobody sent.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeAuthorizer.html>

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use base::id::{DeploymentId, ResourceId, StageName};
use bytes::Bytes;
use edge::{Head, Limits};
use http::StatusCode;
use operation::data_plane::{AuthorizerTest, AuthorizerTested};
use serde_json::Value;
use snapshot::{
    Authorization, FunctionArn, FunctionCall, FunctionInvoker, Identity, Integration, JwtAuthorizer, Logging, Method,
    Routes, Snapshot, Stage,
};

use super::{Asking, Grant, Unanswered, identity};
use crate::execution_log::one_line;
use crate::explain;
use crate::lambda::event::{self, Facts};
use crate::reason::{Authorize, Reason};
use crate::refused::{Refusal, Refused};
use crate::request::Request;
use crate::steps::authorize::native_jwt::{self, Bearer};
use crate::steps::route::Parameters;
use crate::world::Handles;

/// The stage that AWS names in such a question.
const STAGE: &str = "ESTestInvoke-stage";
/// The log's last line where somebody is let in.
const COMPLETED: &str = "Successfully completed authorizer execution";

/// What a node lends a test.
#[derive(Debug)]
pub(crate) struct Bench {
    /// What is served.
    pub(crate) snapshot: Arc<Snapshot>,
    /// What a step's world holds, too.
    pub(crate) handles: Arc<Handles>,
}

impl Bench {
    /// Asks the authorizer: its function, or what it is itself.
    pub(crate) async fn test(
        self,
        question: AuthorizerTest,
        connection: Arc<edge::Connection>,
    ) -> Result<AuthorizerTested, String> {
        if JwtAuthorizer::is_meant(&question.uri) {
            self.prove(&question, connection).await
        } else {
            self.ask(&question, connection).await
        }
    }

    /// Proves the token, by the very check that a request's meets.
    async fn prove(
        &self,
        question: &AuthorizerTest,
        connection: Arc<edge::Connection>,
    ) -> Result<AuthorizerTested, String> {
        let authorizer = native(question)?;
        let head = head(question, &self.snapshot)?;
        let clock = &*self.handles.clock;
        let request = Request::new(Some(&head), connection, clock);
        let log = begun(&request, question);
        let proven = native_jwt::prove(&head.received, &authorizer, &self.handles.tokens, request.received).await;
        let latency_ms = clock.elapsed().saturating_sub(request.started).as_millis() as u64;
        Ok(AuthorizerTested { latency_ms, ..proven_or_not(proven, log, request.shown_id()) })
    }

    /// Asks the function.
    async fn ask(
        self,
        question: &AuthorizerTest,
        connection: Arc<edge::Connection>,
    ) -> Result<AuthorizerTested, String> {
        let (identity, call) = (identity_of(question)?, call_of(question)?);
        let head = head(question, &self.snapshot)?;
        let clock = Arc::clone(&self.handles.clock);
        let request = Arc::new(Request::new(Some(&head), connection, &*clock));
        let (stage, method) = (stage(question)?, method()?);
        let facts = Facts {
            request: &request,
            stage: &stage,
            method: &method,
            received: &head.received,
            parameters: &Parameters::default(),
        };
        let id = request.shown_id().to_owned();
        let mut log = begun(&request, question);
        let event = match event(&identity, &facts) {
            Ok(event) => event,
            Err(why) => {
                let _ = write!(log, "\n{why}\nUnauthorized request: {id}");
                return Ok(AuthorizerTested { status: 401, log, ..AuthorizerTested::default() });
            }
        };
        let began = clock.elapsed();
        let asking = Asking {
            snapshot: self.snapshot,
            runner: Arc::clone(self.handles.invoker.runner()),
            clock: Arc::clone(&clock),
            owner: question.scope.account,
            call,
            event: event.into(),
            request: Arc::clone(&request),
            logged: true,
        };
        let answer = asking.ask().await;
        for line in request.notes.authorizer_log() {
            let _ = write!(log, "\n{line}");
        }
        let latency_ms = clock.elapsed().saturating_sub(began).as_millis() as u64;
        Ok(AuthorizerTested { latency_ms, ..tested(answer, log, &id) })
    }
}

/// The first lines of the log.
fn begun(request: &Request, question: &AuthorizerTest) -> String {
    format!("Execution log for request {}\nStarting authorizer: {}", request.shown_id(), question.authorizer_id)
}

fn proven_or_not(proven: Result<Bearer, Refused>, mut log: String, id: &str) -> AuthorizerTested {
    let mut tell = |reason: &Reason, line: &str| {
        // What a token says of itself is a stranger's text.
        let _ = write!(log, "\n{}\n{line}", one_line(&explain::sentence(reason)));
    };
    match proven {
        Ok(bearer) => {
            let reason = Reason::Authorize(Authorize::Token(bearer.reason().clone()));
            tell(&reason, COMPLETED);
            let claims = bearer.claims().map(|(name, value)| (name.to_owned(), value.into_owned()));
            AuthorizerTested {
                principal_id: bearer.principal_id().map(str::to_owned),
                claims: Some(claims.collect()),
                log,
                ..AuthorizerTested::default()
            }
        }
        Err(Refused { reason, refusal }) => {
            let status = match refusal {
                Refusal::Gateway(response) => response.status,
                Refusal::FrontEnd(front_end) => front_end.status,
                Refusal::Firewall(answer) => answer.status(),
            };
            let line = match status {
                StatusCode::INTERNAL_SERVER_ERROR => {
                    "Execution failed due to configuration error: Authorizer error".to_owned()
                }
                _ => format!("Unauthorized request: {id}"),
            };
            tell(&reason, &line);
            AuthorizerTested { status: status.as_u16(), log, ..AuthorizerTested::default() }
        }
    }
}

fn tested(answer: Result<(Grant, Bytes), Unanswered>, mut log: String, id: &str) -> AuthorizerTested {
    let (grant, payload) = match answer {
        Ok(answer) => answer,
        Err(unanswered) => {
            let (status, line) = match unanswered {
                Unanswered::Unauthorized => (401, format!("Unauthorized request: {id}")),
                Unanswered::NotInvoked { why } | Unanswered::Failed { why } | Unanswered::Malformed { why } => {
                    (500, format!("Execution failed due to configuration error: {why}"))
                }
            };
            let _ = write!(log, "\n{line}");
            return AuthorizerTested { status, log, ..AuthorizerTested::default() };
        }
    };
    let _ = write!(log, "\n{COMPLETED}");
    let said: Value = serde_json::from_slice(&payload).unwrap_or_default();
    AuthorizerTested {
        status: 0,
        log,
        latency_ms: 0,
        principal_id: Some(grant.principal_id().to_owned()),
        policy: Some(said["policyDocument"].to_string()),
        context: grant.context().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        claims: None,
    }
}

/// The authorizer as a stage would compile it.
fn native(question: &AuthorizerTest) -> Result<JwtAuthorizer, String> {
    match Identity::token(&question.identity_source, None).map_err(|fault| fault.to_string())? {
        Identity::Token { header, .. } => JwtAuthorizer::parse(&question.uri, &header)
            .map_err(|fault| format!("Invalid Authorizer URI: {}: {fault}", question.uri)),
        Identity::Request { .. } => Err("its token stands in no header".to_owned()),
    }
}

fn identity_of(question: &AuthorizerTest) -> Result<Identity, String> {
    let read = match question.kind {
        "TOKEN" => Identity::token(&question.identity_source, question.identity_validation_expression.as_deref()),
        _ => Identity::request(&question.identity_source),
    };
    read.map_err(|fault| fault.to_string())
}

fn call_of(question: &AuthorizerTest) -> Result<FunctionCall, String> {
    let AuthorizerTest { scope, rest_api_id, authorizer_id, .. } = question;
    let mut uri = question.uri.clone();
    for (name, value) in &question.stage_variables {
        uri = uri.replace(&format!("${{stageVariables.{name}}}"), value);
    }
    let function =
        FunctionArn::of_invocation(&uri).map_err(|fault| format!("Invalid Authorizer URI: {uri}: {fault}"))?;
    let source =
        format!("arn:aws:execute-api:{}:{}:{rest_api_id}/authorizers/{authorizer_id}", scope.region, scope.account);
    let invoker = match &question.credentials {
        Some(role) => FunctionInvoker::Role(role.as_str().into()),
        None => FunctionInvoker::Gateway,
    };
    Ok(function.call(source.into(), invoker))
}

/// The head that a client would send, read by the edge's own parser.
fn head(question: &AuthorizerTest, snapshot: &Snapshot) -> Result<Head, String> {
    let slash = if question.path.starts_with('/') { "" } else { "/" };
    let host = format!("{}{}", question.rest_api_id, snapshot.place.host_suffix);
    let mut raw = format!("GET /{STAGE}{slash}{} HTTP/1.1\r\nHost: {host}\r\n", question.path);
    let mut lines = vec![question.path.as_str()];
    for (name, value) in &question.headers {
        // Writing to a string cannot fail.
        let _ = write!(raw, "{name}: {value}\r\n");
        lines.extend([name.as_str(), value.as_str()]);
    }
    // SECURITY: a line end would end its line, and what follows would be read as another.
    if lines.iter().any(|part| part.contains(['\r', '\n', '\0'])) {
        return Err("neither the path nor a header may hold a line end".to_owned());
    }
    raw.push_str("\r\n");
    Head::read(&Bytes::from(raw), &Limits::default()).map_err(|refusal| format!("such a request is refused: {refusal}"))
}

fn event(identity: &Identity, facts: &Facts<'_>) -> Result<Vec<u8>, String> {
    let arn = format!(
        "{}GET/{}",
        facts.stage.arn,
        facts.request.target.as_ref().map_or("", |target| target.rest()).trim_matches('/')
    );
    match identity {
        Identity::Token { header, pattern } => {
            let token = identity::token(header, facts).map_err(|why| format!("The header {header} {why}"))?;
            if pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&token)) {
                return Err(format!("The header {header} is not what the validation expression asks for"));
            }
            Ok(event::of_token(&token, &arn))
        }
        Identity::Request { sources } => {
            for source in sources {
                identity::value(source, facts).ok_or_else(|| format!("{source} is not there"))?;
            }
            Ok(event::of_request(facts, &arn))
        }
    }
}

fn stage(question: &AuthorizerTest) -> Result<Stage, String> {
    let broken = |fault: base::id::InvalidId| fault.to_string();
    let name = StageName::parse(STAGE).map_err(broken)?;
    Ok(Stage {
        arn: Stage::arn_of(&question.scope, &question.rest_api_id, &name),
        api_id: question.rest_api_id.clone(),
        scope: question.scope.clone(),
        name,
        deployment_id: DeploymentId::parse("test").map_err(broken)?,
        default_endpoint_disabled: false,
        api_key_source: snapshot::ApiKeySource::Header,
        account: Arc::default(),
        endpoint_type: "REGIONAL",
        resource_policy: None,
        web_acl: None,
        routes: Routes::new(),
        binary_media_types: Box::new([]),
        variables: question.stage_variables.clone().into_iter().collect::<BTreeMap<_, _>>(),
        access_log: None,
        access_stream: "".into(),
        execution_stream: "".into(),
    })
}

fn method() -> Result<Method, String> {
    Ok(Method {
        resource_id: ResourceId::parse("test").map_err(|fault| fault.to_string())?,
        resource_path: "/".into(),
        verb: "GET",
        operation_name: None,
        authorization: Authorization::None,
        api_key_required: false,
        throttle: None,
        plan_key: "/GET".into(),
        logging: Logging::OFF,
        integration: Integration::Broken { why: "a test calls nothing".into() },
    })
}
