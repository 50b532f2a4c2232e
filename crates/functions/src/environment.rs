//! The environment that a function finds.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>

use std::collections::BTreeMap;

use snapshot::{FunctionRuntime, LocalFunction, Version};

use crate::cell::Seen;
use crate::clients::interpreter::Interpreter;

/// All variables but `AWS_LAMBDA_RUNTIME_API`. What Lambda reserves, the function's own variables do not change.
pub(crate) fn environment(
    version: &Version,
    function: &LocalFunction,
    interpreter: Option<&Interpreter>,
    seen: &Seen,
    stream: &str,
) -> Vec<(String, String)> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let (task, layers, clients) = (seen.task.display(), seen.layers.display(), seen.clients.display());
    let mut set = |name: &str, value: String| drop(all.insert(name.to_owned(), value));
    // These may be changed.
    set("LANG", "en_US.UTF-8".to_owned());
    set("TZ", ":UTC".to_owned());
    set("PATH", format!("/usr/local/bin:/usr/bin:/bin:{layers}/bin"));
    set("LD_LIBRARY_PATH", format!("/lib64:/usr/lib64:{clients}:{clients}/lib:{task}:{task}/lib:{layers}/lib"));
    let major = interpreter.map_or("", |interpreter| interpreter.version.as_str());
    match function.runtime {
        FunctionRuntime::Python => {
            set(
                "PYTHONPATH",
                format!("{task}:{layers}/python/lib/python{major}/site-packages:{layers}/python:{clients}"),
            );
            // Code is shown to read only.
            set("PYTHONDONTWRITEBYTECODE", "1".to_owned());
        }
        FunctionRuntime::Node => set(
            "NODE_PATH",
            format!(
                "{layers}/nodejs/node{major}/node_modules:{layers}/nodejs/node_modules:{clients}/node_modules:{clients}:{task}"
            ),
        ),
        FunctionRuntime::Provided => {}
    }
    if let Some(tmp) = &seen.tmp {
        set("TMPDIR", tmp.display().to_string());
    }
    for (name, value) in &function.environment {
        set(name, value.expose().clone());
    }
    // These may not.
    let arn_region = version.function_arn.split(':').nth(3).unwrap_or_default().to_owned();
    let name = &version.function_name.name;
    set("_HANDLER", function.handler.to_string());
    set("AWS_REGION", arn_region.clone());
    set("AWS_DEFAULT_REGION", arn_region);
    set("AWS_LAMBDA_FUNCTION_NAME", name.to_string());
    set("AWS_LAMBDA_FUNCTION_VERSION", version.number.to_string());
    set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", version.memory_mb.to_string());
    set("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned());
    set("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}"));
    set("AWS_LAMBDA_LOG_STREAM_NAME", stream.to_owned());
    set("LAMBDA_TASK_ROOT", task.to_string());
    set("LAMBDA_RUNTIME_DIR", clients.to_string());
    match function.runtime {
        FunctionRuntime::Python => set("AWS_EXECUTION_ENV", format!("AWS_Lambda_python{major}")),
        FunctionRuntime::Node => set("AWS_EXECUTION_ENV", format!("AWS_Lambda_nodejs{major}.x")),
        FunctionRuntime::Provided => {}
    }
    all.into_iter().collect()
}

/// An instance's log stream, as Lambda names it: the day, the version, and 32 random digits.
pub(crate) fn log_stream(version: &Version, now: jiff::Timestamp) -> String {
    let day = now.strftime("%Y/%m/%d");
    format!("{day}/[{}]{}", version.number, uuid::Uuid::new_v4().simple())
}
