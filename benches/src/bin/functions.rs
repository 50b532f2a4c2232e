//! Functions: how long a start and a warm round trip take, walls and all.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::AccountId;
use base::clock::SystemClock;
use base::id::RequestId;
use benches::folder::Folder;
use benches::{node, report};
use functions::isolation::MECHANISMS;
use functions::{CodeSource, Functions, Invocation, Settings};
use snapshot::{FunctionBody, FunctionCode, FunctionName, FunctionNetwork, FunctionRuntime, LocalFunction, Version};

const COLD: usize = 20;
const WARM: usize = 2_000;

#[derive(Debug)]
struct NoCode;

#[async_trait::async_trait]
impl CodeSource for NoCode {
    async fn fetch(&self, _: &base::Scope, _: &[u8; 32]) -> Result<bytes::Bytes, String> {
        Err("what is measured lies in a folder".to_owned())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Folder::make()?;
    let code = folder.0.join("code");
    std::fs::create_dir_all(&code)?;
    std::fs::write(code.join("app.py"), "def handler(event, context): return event\n")?;
    std::fs::write(code.join("app.js"), "exports.handler = async (event) => event;\n")?;
    let mut settings = Settings::new(folder.0.join("scratch"));
    // What puts up the walls is the product's own binary.
    settings.helper = Some(node::binary());
    let clock = Arc::new(SystemClock::new());
    let config = egress::Config::new(egress::Policy::default(), Vec::new(), None)?;
    let functions = Functions::new(settings, Arc::new(NoCode), egress::Egress::new(config, clock.clone()), clock);
    let report = functions.isolation()?;
    let walls: Vec<String> = MECHANISMS.iter().filter(|&&wall| report.has(wall)).map(ToString::to_string).collect();
    let mut table = "| runtime | start, median | warm round trip, median | p99 |\n|---|---|---|---|\n".to_owned();
    for (name, runtime) in [("Python", FunctionRuntime::Python), ("Node", FunctionRuntime::Node)] {
        measure(&functions, (name, runtime), &code, &mut table).await?;
    }
    functions.drain(Duration::from_mins(1)).await;
    let about = format!(
        "A handler that answers its event. A start is the first invocation of a new version, from the call to the answer ({COLD} \
         of them); a round trip one of {WARM} that follow each other on the same instance. Walls: {}.",
        walls.join(", ")
    );
    report::section("functions", "What a function costs", &format!("{about}\n\n{table}"))?;
    Ok(())
}

async fn measure(
    functions: &Functions,
    (name, runtime): (&str, FunctionRuntime),
    code: &Path,
    table: &mut String,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut cold = Vec::new();
    let mut version = version(runtime, code);
    for number in 0..COLD {
        version = self::version(runtime, code);
        functions.forget(|_| false);
        let took = once(functions, &version).await?;
        // The first one finds the interpreter.
        if number > 0 {
            cold.push(took);
        }
    }
    let mut warm = Vec::new();
    for _ in 0..WARM {
        warm.push(once(functions, &version).await?);
    }
    let (start, half, slow) = (at(&mut cold, 0.5), at(&mut warm, 0.5), at(&mut warm, 0.99));
    writeln!(table, "| {name} | {start:.0?} | {half:.2?} | {slow:.2?} |")?;
    Ok(())
}

async fn once(functions: &Functions, version: &Arc<Version>) -> Result<Duration, Box<dyn std::error::Error>> {
    let begun = Instant::now();
    let invocation = Invocation {
        request_id: RequestId::random(),
        invoked_arn: Arc::clone(&version.function_arn),
        payload: r#"{"key":"value"}"#.into(),
        trace_id: None,
        client_context: None,
        patience: None,
    };
    let outcome = functions.invoke(version, invocation).await?;
    if outcome.failed {
        return Err(format!(
            "{} {}",
            String::from_utf8_lossy(&outcome.payload),
            String::from_utf8_lossy(&outcome.log_tail)
        )
        .into());
    }
    Ok(begun.elapsed())
}

fn at(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default()
}

fn version(runtime: FunctionRuntime, code: &Path) -> Arc<Version> {
    Arc::new(Version {
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:measured".into(),
        function_name: FunctionName {
            account: AccountId::parse("123456789012").expect("twelve digits"),
            name: "measured".into(),
        },
        number: "$LATEST".into(),
        revision: RequestId::random().to_string().into(),
        body: FunctionBody::Local(LocalFunction {
            runtime,
            handler: "app.handler".into(),
            code: FunctionCode::Folder(code.to_path_buf()),
            layers: Box::default(),
            environment: Box::default(),
            network: FunctionNetwork::None,
        }),
        timeout: Duration::from_secs(10),
        memory_mb: 256,
        reserved_concurrency: None,
    })
}
