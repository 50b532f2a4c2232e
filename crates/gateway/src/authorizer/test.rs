//! Trying an authorizer: the same question that a request would ask, about a request that nobody sent.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeAuthorizer.html>

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use base::Clock;
use base::id::{DeploymentId, ResourceId, StageName};
use bytes::Bytes;
use edge::{Head, Limits};
use operation::data_plane::{AuthorizerTest, AuthorizerTested};
use serde_json::Value;
use snapshot::{
    Authorization, FunctionArn, FunctionCall, FunctionInvoker, Identity, Integration, Logging, Method, Routes,
    Snapshot, Stage,
};

use super::{Asking, Grant, Unanswered, identity};
use crate::invoke::Runner;
use crate::lambda::event::{self, Facts};
use crate::request::Request;
use crate::steps::route::Parameters;

/// The stage that AWS names in such a question.
const STAGE: &str = "ESTestInvoke-stage";

/// What a node lends a test.
#[derive(Debug)]
pub(crate) struct Bench {
    /// What is served.
    pub(crate) snapshot: Arc<Snapshot>,
    /// Runs functions.
    pub(crate) runner: Arc<dyn Runner>,
    /// Time.
    pub(crate) clock: Arc<dyn Clock>,
}

impl Bench {
    /// Asks the authorizer.
    pub(crate) async fn test(
        self,
        question: AuthorizerTest,
        connection: Arc<edge::Connection>,
    ) -> Result<AuthorizerTested, String> {
        let (identity, call) = (identity_of(&question)?, call_of(&question)?);
        let head = head(&question, &self.snapshot)?;
        let request = Arc::new(Request::new(Some(&head), connection, &*self.clock));
        let (stage, method) = (stage(&question)?, method()?);
        let facts = Facts {
            request: &request,
            stage: &stage,
            method: &method,
            received: &head.received,
            parameters: &Parameters::default(),
        };
        let id = request.shown_id().to_owned();
        let mut log = format!("Execution log for request {id}\nStarting authorizer: {}", question.authorizer_id);
        let event = match event(&identity, &facts) {
            Ok(event) => event,
            Err(why) => {
                let _ = write!(log, "\n{why}\nUnauthorized request: {id}");
                return Ok(AuthorizerTested { status: 401, log, ..AuthorizerTested::default() });
            }
        };
        let began = self.clock.elapsed();
        let asking = Asking {
            snapshot: self.snapshot,
            runner: self.runner,
            clock: Arc::clone(&self.clock),
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
        let latency_ms = self.clock.elapsed().saturating_sub(began).as_millis() as u64;
        Ok(AuthorizerTested { latency_ms, ..tested(answer, log, &id) })
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
    log.push_str("\nSuccessfully completed authorizer execution");
    let said: Value = serde_json::from_slice(&payload).unwrap_or_default();
    AuthorizerTested {
        status: 0,
        log,
        latency_ms: 0,
        principal_id: Some(grant.principal_id().to_owned()),
        policy: Some(said["policyDocument"].to_string()),
        context: grant.context().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
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
