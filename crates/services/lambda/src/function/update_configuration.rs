//! UpdateFunctionConfiguration. <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::Function;
use operation::{Call, Failure, Keys, Operation, Spec};

use crate::error::{Error, declared};
use crate::name::FunctionRef;
use crate::rules::{environment, layers, settings, unenforced};
use crate::view::{
    AcceleratorConfig, CapacityProviderConfig, DeadLetterConfig, DurableConfig, Environment, EphemeralStorage,
    FileSystemConfig, FunctionConfiguration, FunctionRuntimeConfig, ImageConfig, LoggingConfig, SnapStart,
    TracingConfig, VpcConfig,
};
use crate::{find, role};

/// The operation.
pub(crate) struct UpdateFunctionConfiguration;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateFunctionConfigurationRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    role: Option<String>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<i32>,
    memory_size: Option<i32>,
    vpc_config: Option<VpcConfig>,
    environment: Option<Environment>,
    runtime: Option<String>,
    dead_letter_config: Option<DeadLetterConfig>,
    #[shape(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    tracing_config: Option<TracingConfig>,
    revision_id: Option<String>,
    layers: Option<Vec<String>>,
    file_system_configs: Option<Vec<FileSystemConfig>>,
    image_config: Option<ImageConfig>,
    ephemeral_storage: Option<EphemeralStorage>,
    snap_start: Option<SnapStart>,
    logging_config: Option<LoggingConfig>,
    capacity_provider_config: Option<CapacityProviderConfig>,
    durable_config: Option<DurableConfig>,
    accelerator_config: Option<AcceleratorConfig>,
    runtime_config: Option<FunctionRuntimeConfig>,
}

impl Operation for UpdateFunctionConfiguration {
    const SPEC: Spec = Spec::write("UpdateFunctionConfiguration", "lambda:UpdateFunctionConfiguration")
        .http(Verb::PUT, "/2015-03-31/functions/{FunctionName}/configuration", 200)
        .errors(declared::REVISED);
    type Input = Input;
    type Output = FunctionConfiguration;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::whole_resource(&input.function_name, scope)
    }

    fn further(input: &Input, _: &Scope) -> Vec<(&'static str, String)> {
        let layers = input.layers.iter().flatten().map(|arn| ("lambda:GetLayerVersion", arn.clone()));
        role::passed(input.role.as_deref()).into_iter().chain(layers).collect()
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        let keys = role::keys(keys);
        match input.layers.as_deref() {
            None | Some([]) => keys,
            Some(layers) => keys.texts("lambda:Layer", layers.iter().map(String::as_str)),
        }
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        super::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<FunctionConfiguration, Failure> {
        let named = FunctionRef::unqualified(&input.function_name, &call.scope)?;
        refuse_unenforced(input, &named.name)?;
        let mut function = find::function(call, &named).await?;
        find::check_revision(input.revision_id.as_deref(), &function.latest.revision_id, "GetFunction")?;
        // SECURITY: roles and layers are of the function's own account, which a caller by its policy is not.
        if named.scope != call.scope && (input.role.is_some() || input.layers.is_some()) {
            return Err(Error::ForeignRole.into());
        }
        change(&mut function, input, call).await?;
        function.latest.revision_id = find::revision_id();
        function.latest.modified = call.now;
        let shown = FunctionConfiguration::latest(&function, &call.ports.master_key)?;
        call.tx.put(&named.scope, &function)?;
        Ok(shown)
    }
}

fn refuse_unenforced(input: &Input, function: &str) -> Result<(), Error> {
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

async fn change(function: &mut Function, input: &Input, call: &mut Call<'_>) -> Result<(), Failure> {
    let latest = &mut function.latest;
    if let Some(runtime) = &input.runtime {
        latest.runtime = settings::runtime(runtime)?;
    }
    if input.handler.is_some() {
        latest.handler = settings::handler(input.handler.as_deref())?;
    }
    if let Some(description) = &input.description {
        latest.description = settings::description(description)?;
    }
    if let Some(seconds) = input.timeout {
        latest.timeout_s = settings::timeout(seconds)?;
    }
    if let Some(megabytes) = input.memory_size {
        latest.memory_mb = settings::memory(megabytes)?;
    }
    if let Some(variables) = input.environment.as_ref().and_then(|environment| environment.variables.as_ref()) {
        let master_key = &call.ports.master_key;
        latest.environment = environment::sealed(variables, &function.scope, &function.name, master_key)?;
    }
    if let Some(layers) = &input.layers {
        latest.layers = layers::find(layers, call).await?;
    }
    if let Some(role_arn) = &input.role {
        let arn = Function::arn_of(&function.scope, &function.name);
        role::check(role_arn, &arn, call).await?;
        function.latest.role_arn.clone_from(role_arn);
    }
    Ok(())
}
