//! Functions of these tests: what is in the snapshot of them, and a script that runs instead of their code.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use functions::{Invocation, InvokeRefusal, Outcome};
use gateway::Runner;
use policy::{Kind, Policy};
use serde_json::{Value, json};
use snapshot::{
    Alias, Authorization, Authorizer, AuthorizerJudge, Function, FunctionArn, FunctionAuthorizer, FunctionBody,
    FunctionCall, FunctionInvoker, FunctionName, Identity, NamedPolicy, Snapshot, Version,
};
use tokio::sync::Semaphore;

use super::{API, OWNER, STAGE, scope};

/// What a function is to do.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    Answer(Bytes),
    Fail(Value),
    Refuse(InvokeRefusal),
    Hang,
}

/// Runs no code: does what the test says, and keeps what it was told.
#[derive(Debug)]
pub(crate) struct Script {
    does: Mutex<Does>,
    told: Mutex<Vec<Invocation>>,
    versions: Mutex<Vec<Arc<str>>>,
    /// Invocations wait for a permit each.
    gate: Semaphore,
}

impl Script {
    pub(crate) fn new(does: Does) -> Arc<Self> {
        let gate = Semaphore::new(Semaphore::MAX_PERMITS);
        Arc::new(Self { does: Mutex::new(does), told: Mutex::default(), versions: Mutex::default(), gate })
    }

    pub(crate) fn answering(value: &Value) -> Arc<Self> {
        Self::new(Does::Answer(value.to_string().into()))
    }

    /// Holds every invocation until [`Script::open`].
    pub(crate) fn closed(self: Arc<Self>) -> Arc<Self> {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
        self
    }

    pub(crate) fn open(&self) {
        self.gate.add_permits(1_000);
    }

    pub(crate) fn now_does(&self, does: Does) {
        *self.does.lock().expect("sound") = does;
    }

    pub(crate) fn count(&self) -> usize {
        self.told.lock().expect("sound").len()
    }

    /// The event of the last invocation.
    pub(crate) fn event(&self) -> Value {
        let told = self.told.lock().expect("sound");
        serde_json::from_slice(&told.last().expect("it was invoked").payload).expect("JSON")
    }

    pub(crate) fn versions(&self) -> Vec<Arc<str>> {
        self.versions.lock().expect("sound").clone()
    }
}

#[async_trait]
impl Runner for Script {
    async fn invoke(&self, version: &Arc<Version>, invocation: Invocation) -> Result<Outcome, InvokeRefusal> {
        self.told.lock().expect("sound").push(invocation);
        self.versions.lock().expect("sound").push(Arc::clone(&version.number));
        self.gate.acquire().await.expect("open").forget();
        let does = self.does.lock().expect("sound").clone();
        let (payload, failed) = match does {
            Does::Answer(payload) => (payload, false),
            Does::Fail(said) => (said.to_string().into(), true),
            Does::Refuse(refusal) => return Err(refusal),
            Does::Hang => std::future::pending().await,
        };
        let (version, log_tail) = (Arc::clone(&version.number), Bytes::new());
        Ok(Outcome { payload, failed, version, log_tail, took: Duration::from_millis(1) })
    }
}

/// Puts a function into a snapshot, with this policy and an alias `live` of the versions 1 and 2.
pub(crate) fn put(snapshot: &mut Snapshot, name: &str, statements: Option<Value>) {
    let function_name = FunctionName { account: scope(OWNER).account, name: name.into() };
    let version = |number: &str| {
        Arc::new(Version {
            function_arn: arn(name).into(),
            function_name: function_name.clone(),
            number: number.into(),
            revision: number.into(),
            body: FunctionBody::Broken { why: "a script runs instead".into() },
            timeout: Duration::from_secs(3),
            memory_mb: 128,
            reserved_concurrency: None,
        })
    };
    let policy = statements.map(|statements| {
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let policy = Policy::parse(&text, Kind::Resource).expect("a sound policy");
        Arc::new(NamedPolicy { name: "function policy".into(), policy })
    });
    let qualifiers = [None, Some(Arc::from("live"))];
    let function = Function {
        scope: scope(OWNER),
        arn: arn(name).into(),
        reserved_concurrency: None,
        latest: version("$LATEST"),
        published: [1, 2].map(|number: u64| (number, version(&number.to_string()))).into(),
        aliases: [("live".into(), Alias { version: "1".into(), other: Some(("2".into(), 0.5)) })].into(),
        policies: policy.map_or_else(BTreeMap::new, |policy| qualifiers.map(|one| (one, policy.clone())).into()),
        name: function_name.clone(),
    };
    snapshot.functions.insert(function_name, Arc::new(function));
}

/// A statement that lets API Gateway in, for what `source` says.
pub(crate) fn permission(source: &str) -> Value {
    json!({
        "Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "lambda:InvokeFunction",
        "Resource": "*", "Condition": {"ArnLike": {"AWS:SourceArn": source}},
    })
}

pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:{OWNER}:function:{name}")
}

/// A call of a function for `source`, behind the API's ARN.
pub(crate) fn call(name: &str, source: &str, invoker: FunctionInvoker) -> FunctionCall {
    let function = FunctionArn::parse(&arn(name)).expect("a function");
    function.call(format!("arn:aws:execute-api:us-east-1:{OWNER}:{API}/{source}").into(), invoker)
}

/// An authorizer that asks the function `auth`.
pub(crate) fn authorizer(identity: Identity, ttl_s: u64) -> Authorization {
    Authorization::Custom(Arc::new(Authorizer {
        id: "auth01".parse().expect("an id"),
        name: "mine".into(),
        judge: AuthorizerJudge::Function(FunctionAuthorizer {
            identity,
            call: call("auth", "authorizers/auth01", FunctionInvoker::Gateway),
            ttl: Duration::from_secs(ttl_s),
            cache_scope: format!("{API}/{STAGE}/d1/0/auth01").into(),
        }),
    }))
}

/// What an authorizer answers: these statements, as `me`.
pub(crate) fn grant(statements: &Value) -> Value {
    json!({"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": statements}})
}

/// A statement about this API.
pub(crate) fn invoke(effect: &str, path: &str) -> Value {
    json!({
        "Effect": effect, "Action": "execute-api:Invoke",
        "Resource": format!("arn:aws:execute-api:us-east-1:{OWNER}:{API}/{STAGE}/{path}"),
    })
}
