//! Functions that no document holds: those of a node's own settings.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base::{Scope, Secret};
use policy::{Kind, Policy};
use snapshot::{
    Function, FunctionBody, FunctionCode, FunctionName, FunctionNetwork, FunctionRuntime, LATEST, LocalFunction,
    NamedPolicy, Version,
};

/// A function as settings describe it.
#[derive(Debug)]
pub struct Configured<'a> {
    /// Its name.
    pub name: &'a str,
    /// How it runs.
    pub runs: Runs,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// What an instance may hold, in MiB.
    pub memory_mb: u32,
}

/// Where a function of the settings runs.
#[derive(Debug)]
pub enum Runs {
    /// On this node, out of a folder.
    Here {
        /// The folder.
        folder: PathBuf,
        /// What runs it.
        runtime: FunctionRuntime,
        /// `module.function`.
        handler: String,
        /// Its environment.
        environment: BTreeMap<String, Secret<String>>,
        /// What it reaches.
        network: FunctionNetwork,
    },
    /// At a URL.
    Elsewhere(http::Uri),
}

impl Configured<'_> {
    /// The function in the account and region of `scope`. API Gateway may invoke it for that account's APIs: whoever
    /// wrote the settings meant it so, and no call can permit it.
    pub fn compile(self, scope: &Scope) -> Function {
        let name = FunctionName { account: scope.account, name: self.name.into() };
        let arn: Arc<str> = format!("arn:aws:lambda:{}:{}:function:{}", scope.region, scope.account, self.name).into();
        let latest = Version {
            function_arn: Arc::clone(&arn),
            function_name: name.clone(),
            number: LATEST.into(),
            // A node that starts again starts them anew.
            revision: format!("configured/{}", self.name).into(),
            body: body(self.runs),
            timeout: self.timeout,
            memory_mb: self.memory_mb,
            reserved_concurrency: None,
        };
        Function {
            scope: scope.clone(),
            reserved_concurrency: None,
            latest: Arc::new(latest),
            published: BTreeMap::new(),
            aliases: BTreeMap::new(),
            policies: policy(&arn, scope).map(|policy| (None, policy)).into_iter().collect(),
            name,
            arn,
        }
    }
}

fn body(runs: Runs) -> FunctionBody {
    match runs {
        Runs::Here { folder, runtime, handler, environment, network } => FunctionBody::Local(LocalFunction {
            runtime,
            handler: handler.into(),
            code: FunctionCode::Folder(folder),
            layers: Box::default(),
            environment: environment.into_iter().map(|(name, value)| (name.into(), value)).collect(),
            network,
        }),
        Runs::Elsewhere(url) => FunctionBody::Remote { url },
    }
}

fn policy(arn: &str, scope: &Scope) -> Option<Arc<NamedPolicy>> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"configured","Effect":"Allow","Principal":{{"Service":"apigateway.amazonaws.com"}},"Action":"lambda:InvokeFunction","Resource":"{arn}","Condition":{{"StringEquals":{{"AWS:SourceAccount":"{}"}}}}}}]}}"#,
        scope.account
    );
    // Names hold letters, digits, hyphens and underscores, so the text is JSON; without a policy nobody is permitted.
    let policy = Policy::parse(&text, Kind::Resource).ok()?;
    Some(Arc::new(NamedPolicy { name: "portcullis.toml".into(), policy }))
}

#[cfg(test)]
mod tests {
    use base::{AccountId, Region};

    use super::*;

    #[test]
    fn a_configured_function_may_be_invoked_for_the_own_accounts_apis() {
        let account = AccountId::parse("111111111111").expect("digits");
        let scope = Scope { account, region: Region::parse("eu-west-1").expect("a region") };
        let runs = Runs::Elsewhere("http://127.0.0.1:9000".parse().expect("a URL"));
        let configured = Configured { name: "f", runs, timeout: Duration::from_secs(3), memory_mb: 128 };
        let function = configured.compile(&scope);
        assert_eq!(&*function.arn, "arn:aws:lambda:eu-west-1:111111111111:function:f");
        assert_eq!(function.policies.len(), 1);
        assert!(matches!(function.latest.body, FunctionBody::Remote { .. }));
    }
}
