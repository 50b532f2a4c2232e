//! CreateFunction. <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use model::lambda::{Configuration, Function};
use operation::{Call, Failure, Keys, Operation, Spec};

use crate::error::{Error, declared};
use crate::name::FunctionRef;
use crate::rules::{environment, layers, settings, tags, unenforced};
use crate::version::publish;
use crate::view::{
    AcceleratorConfig, CapacityProviderConfig, DeadLetterConfig, DurableConfig, Environment, EphemeralStorage,
    FileSystemConfig, FunctionCode, FunctionConfiguration, FunctionRuntimeConfig, ImageConfig, LoggingConfig,
    SnapStart, TenancyConfig, TracingConfig, VpcConfig,
};
use crate::{code, find, role};

/// The operation.
pub(crate) struct CreateFunction;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateFunctionRequest", upper)]
pub(crate) struct Input {
    function_name: String,
    runtime: Option<String>,
    role: String,
    handler: Option<String>,
    code: FunctionCode,
    description: Option<String>,
    timeout: Option<i32>,
    memory_size: Option<i32>,
    publish: Option<bool>,
    vpc_config: Option<VpcConfig>,
    package_type: Option<String>,
    dead_letter_config: Option<DeadLetterConfig>,
    environment: Option<Environment>,
    #[shape(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    tracing_config: Option<TracingConfig>,
    #[shape(default)]
    tags: BTreeMap<String, String>,
    #[shape(default)]
    layers: Vec<String>,
    file_system_configs: Option<Vec<FileSystemConfig>>,
    image_config: Option<ImageConfig>,
    code_signing_config_arn: Option<String>,
    architectures: Option<Vec<String>>,
    ephemeral_storage: Option<EphemeralStorage>,
    snap_start: Option<SnapStart>,
    logging_config: Option<LoggingConfig>,
    capacity_provider_config: Option<CapacityProviderConfig>,
    publish_to: Option<String>,
    durable_config: Option<DurableConfig>,
    accelerator_config: Option<AcceleratorConfig>,
    runtime_config: Option<FunctionRuntimeConfig>,
    tenancy_config: Option<TenancyConfig>,
}

impl Operation for CreateFunction {
    const SPEC: Spec = Spec::write("CreateFunction", "lambda:CreateFunction")
        .http(Verb::POST, "/2015-03-31/functions", 201)
        .errors(declared::CODE);
    type Input = Input;
    type Output = FunctionConfiguration;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::whole_resource(&input.function_name, scope)
    }

    fn further(input: &Input, _: &Scope) -> Vec<(&'static str, String)> {
        let layers = input.layers.iter().map(|arn| ("lambda:GetLayerVersion", arn.clone()));
        role::passed(Some(&input.role)).into_iter().chain(layers).collect()
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        let keys = role::keys(tags::keys(keys, &input.tags));
        if input.layers.is_empty() { keys } else { keys.texts("lambda:Layer", input.layers.iter().map(String::as_str)) }
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        super::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<FunctionConfiguration, Failure> {
        let named = own(&input.function_name, call)?;
        refuse_unenforced(input, &named.name)?;
        tags::check(&input.tags)?;
        if call.tx.get::<Function>(&call.scope, &named.name).await?.is_some() {
            return Err(Error::conflict(format!("Function already exist: {}", named.name)).into());
        }
        if call.ports.data_plane.is_configured(&call.scope, &named.name) {
            let taken = "this node's settings (portcullis.toml) already give that name to a function";
            return Err(Error::conflict(format!("Function already exist: {}: {taken}", named.name)).into());
        }
        let latest = configuration(input, &named, call).await?;
        let mut function = Function {
            scope: call.scope.clone(),
            name: named.name,
            created: call.now,
            latest,
            last_version: 0,
            published: None,
            aliases: BTreeMap::new(),
            policies: BTreeMap::new(),
            reserved_concurrency: None,
            tags: input.tags.clone(),
        };
        let shown = match input.publish {
            Some(true) => publish::publish(&mut function, None, call).await?,
            Some(false) | None => FunctionConfiguration::latest(&function, &call.ports.master_key)?,
        };
        call.tx.put(&call.scope, &function)?;
        Ok(shown)
    }
}

/// A function is made in one's own account.
fn own(text: &str, call: &Call<'_>) -> Result<FunctionRef, Error> {
    let named = FunctionRef::unqualified(text, &call.scope)?;
    if named.scope == call.scope {
        return Ok(named);
    }
    Err(Error::invalid("A function is created in the account of its caller."))
}

fn refuse_unenforced(input: &Input, function: &str) -> Result<(), Error> {
    unenforced::package_type(input.package_type.as_deref())?;
    unenforced::publish_to(input.publish_to.as_deref())?;
    unenforced::tenancy(input.tenancy_config.as_ref())?;
    if input.code_signing_config_arn.as_deref().is_some_and(|arn| !arn.is_empty()) {
        return Err(Error::not_enforced("CodeSigningConfigArn"));
    }
    let settings = unenforced::Settings {
        vpc: input.vpc_config.as_ref(),
        dead_letter: input.dead_letter_config.as_ref(),
        kms_key_arn: input.kms_key_arn.as_deref(),
        tracing: input.tracing_config.as_ref(),
        file_systems: input.file_system_configs.as_deref(),
        image: input.image_config.as_ref(),
        storage: input.ephemeral_storage.as_ref(),
        snap_start: input.snap_start.as_ref(),
        logging: input.logging_config.as_ref(),
        capacity: input.capacity_provider_config.as_ref(),
        durable: input.durable_config.as_ref(),
        accelerator: input.accelerator_config.as_ref(),
        runtime: input.runtime_config.as_ref(),
    };
    unenforced::check(&settings, function)
}

async fn configuration(input: &Input, named: &FunctionRef, call: &mut Call<'_>) -> Result<Configuration, Failure> {
    let mandatory = "Runtime and Handler are mandatory parameters for functions created with deployment packages.";
    let runtime = input.runtime.as_deref().ok_or_else(|| Error::invalid(mandatory))?;
    let runtime = settings::runtime(runtime)?;
    let handler = settings::handler(input.handler.as_deref())?;
    let description = settings::description(input.description.as_deref().unwrap_or_default())?;
    let timeout_s = input.timeout.map_or(Ok(settings::TIMEOUT_S), settings::timeout)?;
    let memory_mb = input.memory_size.map_or(Ok(settings::MEMORY_MB), settings::memory)?;
    let architecture = settings::architecture(input.architectures.as_deref())?;
    let variables = input.environment.as_ref().and_then(|environment| environment.variables.clone());
    let environment =
        environment::sealed(&variables.unwrap_or_default(), &call.scope, &named.name, &call.ports.master_key)?;
    let layers = layers::find(&input.layers, call).await?;
    role::check(&input.role, &named.arn(), call).await?;
    let code = code::keep(unenforced::zip_file(&input.code)?, &call.scope, call.ports, call.now).await?;
    Ok(Configuration {
        revision_id: find::revision_id(),
        modified: call.now,
        description,
        runtime,
        handler,
        role_arn: input.role.clone(),
        timeout_s,
        memory_mb,
        architecture,
        code,
        layers,
        environment,
    })
}
