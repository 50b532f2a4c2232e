//! A function: its versions with their secrets opened, its aliases checked, and its policies parsed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base::seal::MasterKey;
use base::{Scope, Secret};
use model::lambda::{self as stored, Code, Configuration, Environment, FunctionVersion, Runtime};
use policy::{Kind, Policy};
use snapshot::{
    Alias, Function, FunctionBody, FunctionCode, FunctionName, FunctionNetwork, FunctionRuntime, LocalFunction,
    NamedPolicy, Version,
};

use crate::{Finding, FunctionInput, Unit};

/// What everything of one function shares.
struct Of<'a> {
    master_key: &'a MasterKey,
    name: FunctionName,
    arn: Arc<str>,
    stored: &'a stored::Function,
}

/// Compiles a function. What is wrong with one version closes that version; what is wrong with the rest closes it all.
pub(crate) fn compile(
    master_key: &MasterKey,
    scope: &Scope,
    name: &FunctionName,
    found: Result<Box<FunctionInput>, String>,
) -> (Option<Function>, Vec<Finding>) {
    let finding = |why: String| Finding {
        scope: scope.clone(),
        unit: Unit::Function(name.clone()),
        method: None,
        why,
        remedy: "Whoever invokes it is refused. Update the function's code or configuration, or delete it.",
    };
    let input = match found {
        Ok(input) => *input,
        Err(why) => return (None, vec![finding(why)]),
    };
    let of = Of { master_key, name: name.clone(), arn: input.function.arn().into(), stored: &input.function };
    let policies = match policies(&input.function) {
        Ok(policies) => policies,
        Err(why) => return (None, vec![finding(why)]),
    };
    let mut findings = Vec::new();
    let mut version = |number: &str, configuration: Result<&Configuration, String>| {
        let body = configuration.and_then(|configuration| of.body(configuration).map(|body| (configuration, body)));
        match body {
            Ok((configuration, body)) => of.version(number, configuration, body),
            Err(why) => {
                findings.push(finding(format!("version {number}: {why}")));
                of.broken(number, why)
            }
        }
    };
    let latest = Arc::new(version("$LATEST", Ok(&input.function.latest)));
    let mut published = BTreeMap::new();
    for (number, read) in &input.versions {
        let configuration = read.as_ref().map(|read| &read.configuration).map_err(Clone::clone);
        published.insert(*number, Arc::new(version(&number.to_string(), configuration)));
    }
    let compiled = Function {
        name: name.clone(),
        scope: scope.clone(),
        arn: Arc::clone(&of.arn),
        reserved_concurrency: input.function.reserved_concurrency,
        latest,
        published,
        aliases: input.function.aliases.iter().map(|(name, alias)| (name.as_str().into(), of_alias(alias))).collect(),
        policies,
    };
    (Some(compiled), findings)
}

/// SECURITY: a policy that cannot be read closes the function, as everywhere: nobody can tell what it would have denied.
fn policies(function: &stored::Function) -> Result<BTreeMap<Option<Arc<str>>, Arc<NamedPolicy>>, String> {
    let compiled = |(qualifier, policy): (&String, &stored::Policy)| {
        let text = policy.document_by_id();
        let policy = Policy::parse(&text, Kind::Resource)
            .map_err(|fault| format!("its policy for the qualifier `{qualifier}` cannot be read: {fault}"))?;
        let qualifier = Some(qualifier.as_str()).filter(|qualifier| !qualifier.is_empty());
        Ok((qualifier.map(Into::into), Arc::new(NamedPolicy { name: "function policy".into(), policy })))
    };
    // One without statements says nothing, and the language has no empty policies.
    function.policies.iter().filter(|(_, policy)| !policy.statements.is_empty()).map(compiled).collect()
}

fn of_alias(alias: &stored::Alias) -> Alias {
    let other = alias.other.as_ref().map(|(version, share)| (version.as_str().into(), *share));
    Alias { version: alias.version.as_str().into(), other }
}

impl Of<'_> {
    fn version(&self, number: &str, configuration: &Configuration, body: FunctionBody) -> Version {
        // Whether it reaches the network is a tag of the whole function, which no revision of a version knows of.
        let network = if self.stored.reaches_network() { "host" } else { "none" };
        Version {
            function_arn: Arc::clone(&self.arn),
            function_name: self.name.clone(),
            number: number.into(),
            revision: format!("{}/{number}/{network}", configuration.revision_id).into(),
            body,
            timeout: Duration::from_secs(u64::from(configuration.timeout_s)),
            memory_mb: configuration.memory_mb,
            reserved_concurrency: self.stored.reserved_concurrency,
        }
    }

    fn broken(&self, number: &str, why: String) -> Version {
        Version {
            function_arn: Arc::clone(&self.arn),
            function_name: self.name.clone(),
            number: number.into(),
            revision: format!("broken/{number}").into(),
            body: FunctionBody::Broken { why: why.into() },
            timeout: Duration::from_secs(1),
            memory_mb: 128,
            reserved_concurrency: self.stored.reserved_concurrency,
        }
    }

    fn body(&self, configuration: &Configuration) -> Result<FunctionBody, String> {
        let layers = configuration.layers.iter().map(|layer| self.code(&layer.code)).collect::<Result<_, _>>()?;
        let environment = match &configuration.environment {
            Some(environment) => self.variables(environment)?,
            None => Box::default(),
        };
        Ok(FunctionBody::Local(LocalFunction {
            runtime: runtime(configuration.runtime),
            handler: configuration.handler.as_str().into(),
            code: self.code(&configuration.code)?,
            layers,
            environment,
            network: if self.stored.reaches_network() { FunctionNetwork::Host } else { FunctionNetwork::None },
        }))
    }

    fn code(&self, code: &Code) -> Result<FunctionCode, String> {
        let digest = code.digest().ok_or_else(|| format!("`{}` is not the digest of any code", code.sha256))?;
        Ok(FunctionCode::Stored { scope: self.stored.scope.clone(), digest })
    }

    fn variables(&self, environment: &Environment) -> Result<Variables, String> {
        let place_id = Environment::place_id(&self.stored.scope, &self.stored.name, &environment.id);
        let opened = self.master_key.open_text(Environment::place(&place_id), &environment.sealed);
        let opened = opened.map_err(|fault| format!("its environment does not open: {fault}"))?;
        let variables: BTreeMap<String, String> = serde_json::from_str(opened.expose())
            .map_err(|_| "its environment is not an object of texts".to_owned())?;
        Ok(variables.into_iter().map(|(name, value)| (Arc::from(name), Secret::new(value))).collect())
    }
}

/// What runs the code of a runtime of AWS's.
pub fn runtime(runtime: Runtime) -> FunctionRuntime {
    match runtime {
        Runtime::Python39
        | Runtime::Python310
        | Runtime::Python311
        | Runtime::Python312
        | Runtime::Python313
        | Runtime::Python314 => FunctionRuntime::Python,
        Runtime::Node18 | Runtime::Node20 | Runtime::Node22 | Runtime::Node24 => FunctionRuntime::Node,
        Runtime::ProvidedAl2 | Runtime::ProvidedAl2023 => FunctionRuntime::Provided,
    }
}

/// Environment variables, by name.
type Variables = Box<[(Arc<str>, Secret<String>)]>;

/// The versions that were read for a function, by number.
pub(crate) type Versions = Vec<(u64, Result<FunctionVersion, String>)>;
