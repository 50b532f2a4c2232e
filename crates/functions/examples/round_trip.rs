//! Prints how long functions take on this machine: cold starts and warm round trips, in medians.
//!
//! `cargo run --release -p functions --example round_trip -- target/release/functions-cell`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::AccountId;
use base::clock::SystemClock;
use base::id::RequestId;
use functions::{CodeSource, Functions, Invocation, Settings};
use snapshot::{FunctionBody, FunctionCode, FunctionName, FunctionNetwork, FunctionRuntime, LocalFunction, Version};

const COLD: usize = 20;
const WARM: usize = 2_000;

#[derive(Debug)]
struct NoCode;

#[async_trait::async_trait]
impl CodeSource for NoCode {
    async fn fetch(&self, _: &base::Scope, _: &[u8; 32]) -> Result<bytes::Bytes, String> {
        Err("the functions of this example lie in a folder".to_owned())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("round-trip-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("code"))?;
    std::fs::write(folder.join("code/app.py"), "def handler(event, context): return event\n")?;
    std::fs::write(folder.join("code/app.js"), "exports.handler = async (event) => event;\n")?;
    let mut settings = Settings::new(folder.join("scratch"));
    settings.helper = std::env::args_os().nth(1).map(PathBuf::from);
    let clock = Arc::new(SystemClock::new());
    let config = egress::Config::new(egress::Policy::default(), Vec::new(), None)?;
    let functions = Functions::new(settings, Arc::new(NoCode), egress::Egress::new(config, clock.clone()), clock);
    for found in &functions.isolation()?.found {
        println!("{:<18} {:?}", found.mechanism.to_string(), found.state);
    }
    for runtime in [FunctionRuntime::Python, FunctionRuntime::Node] {
        measure(&functions, runtime, &folder.join("code")).await?;
    }
    functions.drain().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

async fn measure(
    functions: &Functions,
    runtime: FunctionRuntime,
    code: &Path,
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
    println!(
        "{runtime:?}: cold start {:?}, warm round trip {:?} (p99 {:?})",
        at(&mut cold, 0.5),
        at(&mut warm, 0.5),
        at(&mut warm, 0.99)
    );
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
    if outcome.error.is_some() {
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
