//! What every test of the engine needs: a node's engine over a scratch folder, and functions whose code is a few lines.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::collections::HashMap;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base::clock::SystemClock;
use base::id::RequestId;
use base::{AccountId, Clock, Scope, Secret};
use bytes::Bytes;
use functions::{CodeSource, Functions, Invocation, InvokeRefusal, Line, LineSink, Outcome, Settings};
use serde_json::{Value, json};
use snapshot::{FunctionBody, FunctionCode, FunctionName, FunctionNetwork, FunctionRuntime, LocalFunction, Version};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(crate) struct Bench {
    pub(crate) functions: Functions,
    pub(crate) scratch: tempfile::TempDir,
    pub(crate) archives: Arc<Archives>,
    pub(crate) lines: Arc<Lines>,
}

/// Archives by their digest.
#[derive(Debug, Default)]
pub(crate) struct Archives(Mutex<HashMap<[u8; 32], Bytes>>);

#[async_trait]
impl CodeSource for Archives {
    async fn fetch(&self, _: &Scope, digest: &[u8; 32]) -> Result<Bytes, String> {
        self.0
            .lock()
            .expect("no test panics here")
            .get(digest)
            .cloned()
            .ok_or_else(|| "there is no such archive".to_owned())
    }
}

/// Every line that was printed, with whether it belongs to an invocation.
#[derive(Debug, Default)]
pub(crate) struct Lines(pub(crate) Mutex<Vec<(bool, String)>>);

impl LineSink for Lines {
    fn take(&self, line: Line<'_>) {
        let text = String::from_utf8_lossy(line.text).into_owned();
        self.0.lock().expect("no test panics here").push((line.request_id.is_some(), text));
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::with_clock(Arc::new(SystemClock::new()), change)
    }

    pub(crate) fn with_clock(clock: Arc<dyn Clock>, change: impl FnOnce(&mut Settings)) -> Self {
        let scratch = tempfile::tempdir().expect("a folder");
        let lines = Arc::new(Lines::default());
        let mut settings = Settings::new(scratch.path().join("functions"));
        settings.helper = Some(PathBuf::from(env!("CARGO_BIN_EXE_functions-cell")));
        settings.lines = Some(lines.clone());
        change(&mut settings);
        let policy = egress::Policy::default();
        let config = egress::Config::new(policy, Vec::new(), None).expect("no private root");
        let archives = Arc::new(Archives::default());
        let functions =
            Functions::new(settings, archives.clone(), egress::Egress::new(config, Arc::clone(&clock)), clock);
        Self { functions, scratch, archives, lines }
    }

    /// A function whose code is these files.
    pub(crate) fn function(&self, runtime: FunctionRuntime, handler: &str, files: &[(&str, &str)]) -> Made {
        let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        Made {
            version: Version {
                function_arn: "arn:aws:lambda:eu-central-1:123456789012:function:made".into(),
                function_name: FunctionName { account: account(), name: "made".into() },
                number: "$LATEST".into(),
                revision: RequestId::random().to_string().into(),
                body: FunctionBody::Broken { why: "".into() },
                timeout: Duration::from_secs(10),
                memory_mb: 256,
                reserved_concurrency: None,
            },
            local: LocalFunction {
                runtime,
                handler: handler.into(),
                code: self.store(&files),
                layers: Box::default(),
                environment: Box::default(),
                network: FunctionNetwork::None,
            },
        }
    }

    pub(crate) fn python(&self, code: &str) -> Made {
        self.function(FunctionRuntime::Python, "app.handler", &[("app.py", code)])
    }

    pub(crate) fn node(&self, code: &str) -> Made {
        self.function(FunctionRuntime::Node, "app.handler", &[("app.js", code)])
    }

    /// Keeps an archive of files, all executable.
    pub(crate) fn store(&self, files: &[(&str, &[u8])]) -> FunctionCode {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            writer.start_file(*name, SimpleFileOptions::default().unix_permissions(0o755)).expect("a file");
            writer.write_all(text).expect("its text");
        }
        self.store_bytes(writer.finish().expect("an archive").into_inner())
    }

    pub(crate) fn store_bytes(&self, bytes: Vec<u8>) -> FunctionCode {
        let digest: [u8; 32] =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes).as_ref().try_into().expect("32 bytes");
        self.archives.0.lock().expect("no test panics here").insert(digest, bytes.into());
        FunctionCode::Stored { scope: scope(), digest }
    }

    pub(crate) async fn call(&self, version: &Arc<Version>, event: &str) -> Result<Outcome, InvokeRefusal> {
        self.functions.invoke(version, invocation(event)).await
    }

    /// Invokes, and reads the answer as JSON.
    pub(crate) async fn ask(&self, version: &Arc<Version>, event: &str) -> (Value, Outcome) {
        let outcome = self.call(version, event).await.expect("it runs");
        let value = serde_json::from_slice(&outcome.payload).unwrap_or(Value::Null);
        (value, outcome)
    }
}

/// A function that is still being put together.
pub(crate) struct Made {
    version: Version,
    local: LocalFunction,
}

impl Made {
    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.version.timeout = timeout;
        self
    }

    pub(crate) fn memory(mut self, memory_mb: u32) -> Self {
        self.version.memory_mb = memory_mb;
        self
    }

    pub(crate) fn reserved(mut self, limit: u32) -> Self {
        self.version.reserved_concurrency = Some(limit);
        self
    }

    pub(crate) fn layers(mut self, layers: Vec<FunctionCode>) -> Self {
        self.local.layers = layers.into();
        self
    }

    pub(crate) fn code(mut self, code: FunctionCode) -> Self {
        self.local.code = code;
        self
    }

    pub(crate) fn host_network(mut self) -> Self {
        self.local.network = FunctionNetwork::Host;
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        let mut all = self.local.environment.into_vec();
        all.push((name.into(), Secret::new(value.to_owned())));
        self.local.environment = all.into();
        self
    }

    pub(crate) fn done(mut self) -> Arc<Version> {
        self.version.body = FunctionBody::Local(self.local);
        Arc::new(self.version)
    }
}

pub(crate) fn account() -> AccountId {
    AccountId::parse("123456789012").expect("twelve digits")
}

pub(crate) fn scope() -> Scope {
    Scope { account: account(), region: base::Region::parse("eu-central-1").expect("a region") }
}

pub(crate) fn invocation(event: &str) -> Invocation {
    Invocation {
        request_id: RequestId::random(),
        invoked_arn: "arn:aws:lambda:eu-central-1:123456789012:function:made:live".into(),
        payload: Bytes::copy_from_slice(event.as_bytes()),
        trace_id: Some("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0".to_owned()),
        client_context: Some(r#"{"client":{"app_title":"shop"},"custom":{"a":"b"}}"#.to_owned()),
        patience: None,
    }
}

pub(crate) fn tail(outcome: &Outcome) -> String {
    String::from_utf8_lossy(&outcome.log_tail).into_owned()
}

/// Invokes once; the engine must still serve another function afterwards.
pub(crate) async fn survives(bench: &Bench, made: Made) -> (Value, Outcome) {
    let answer = bench.ask(&made.done(), "{}").await;
    let (fine, outcome) = bench.ask(&bench.python("def handler(event, context): return 'fine'").done(), "{}").await;
    assert_eq!(fine, json!("fine"), "{}", tail(&outcome));
    answer
}

/// Has a function fail so, which leaves the engine as it was.
pub(crate) async fn dies(made: impl FnOnce(&Bench) -> Made, kind: &str, message: &str) {
    let bench = Bench::new();
    let (value, outcome) = survives(&bench, made(&bench)).await;
    assert_eq!((value["errorType"].as_str(), outcome.failed), (Some(kind), true), "{value}");
    assert!(value["errorMessage"].as_str().is_some_and(|text| text.ends_with(message)), "{value}");
    assert!(tail(&outcome).contains("REPORT RequestId: "), "{}", tail(&outcome));
}
