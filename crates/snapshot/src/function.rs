//! Lambda functions, compiled: what an invocation needs, and who may ask for one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base::{AccountId, Scope, Secret};

use crate::NamedPolicy;

/// The key of a function: names are unique in their account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionName {
    /// The account.
    pub account: AccountId,
    /// The function's name.
    pub name: Arc<str>,
}

/// A function with everything that hangs below its name.
#[derive(Debug)]
pub struct Function {
    /// Its account and name.
    pub name: FunctionName,
    /// Whose it is and where.
    pub scope: Scope,
    /// `arn:aws:lambda:{region}:{account}:function:{name}`, without a qualifier.
    pub arn: Arc<str>,
    /// What may run at the same time of all versions together; the installation's own limit where `None`.
    pub reserved_concurrency: Option<u32>,
    /// `$LATEST`.
    pub latest: Arc<Version>,
    /// What was published, by number.
    pub published: BTreeMap<u64, Arc<Version>>,
    /// Names of versions.
    pub aliases: BTreeMap<Arc<str>, Alias>,
    /// Who may invoke, by qualifier; the function's own policy has none. Each counts for invocations with its qualifier.
    pub policies: BTreeMap<Option<Arc<str>>, Arc<NamedPolicy>>,
}

impl Function {
    /// The version that a qualifier leads to: a number, an alias, `$LATEST`, or none for the last. `draw` is a number
    /// from 0 up to 1, and chooses between the versions that share an alias.
    pub fn version(&self, qualifier: Option<&str>, draw: f64) -> Option<&Arc<Version>> {
        let Some(qualifier) = qualifier else { return Some(&self.latest) };
        match self.aliases.get(qualifier) {
            Some(alias) => {
                let other = alias.other.as_ref().filter(|(_, share)| draw < *share);
                self.numbered(other.map_or(&alias.version, |(version, _)| version))
            }
            None => self.numbered(qualifier),
        }
    }

    fn numbered(&self, number: &str) -> Option<&Arc<Version>> {
        if number == LATEST { Some(&self.latest) } else { self.published.get(&number.parse().ok()?) }
    }
}

/// The version that is edited.
pub const LATEST: &str = "$LATEST";

/// A name for a version, or for two that share the calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// The version's number, or `$LATEST`.
    pub version: Arc<str>,
    /// Another version, and the share of calls that it gets: above 0, at most 1.
    pub other: Option<(Arc<str>, f64)>,
}

/// What runs.
#[derive(Debug)]
pub struct Version {
    /// The function's ARN without a qualifier.
    pub function_arn: Arc<str>,
    /// The function's name.
    pub function_name: FunctionName,
    /// Its number, or `$LATEST`.
    pub number: Arc<str>,
    /// Tells apart what may not share an instance: it changes with every change of code or configuration.
    pub revision: Arc<str>,
    /// How it runs.
    pub body: FunctionBody,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// What an instance may hold, in MiB.
    pub memory_mb: u32,
    /// The same as [`Function::reserved_concurrency`], where whoever runs it looks.
    pub reserved_concurrency: Option<u32>,
}

/// How a function runs.
#[derive(Debug)]
pub enum FunctionBody {
    /// As processes on this node that speak the Runtime API.
    Local(LocalFunction),
    /// At a URL that speaks Lambda's Invoke API.
    Remote {
        /// Where, without the `/2015-03-31/functions/{name}/invocations` that follows.
        url: http::Uri,
    },
    /// It cannot run: whoever invokes it is refused, and its owner is told why.
    Broken {
        /// The finding's sentence.
        why: Arc<str>,
    },
}

/// A function whose instances are processes on this node.
#[derive(Debug)]
pub struct LocalFunction {
    /// Which client of the Runtime API runs the code.
    pub runtime: FunctionRuntime,
    /// `module.function` for the interpreters; passed on to a bootstrap as it is.
    pub handler: Arc<str>,
    /// What becomes `/var/task`.
    pub code: FunctionCode,
    /// What is laid over one another in `/opt`, in this order.
    pub layers: Box<[FunctionCode]>,
    /// What the process finds in its environment besides what Lambda sets.
    pub environment: Box<[(Arc<str>, Secret<String>)]>,
    /// Whether it may reach the network.
    pub network: FunctionNetwork,
}

/// The runtimes that are run here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FunctionRuntime {
    /// `python3.*`: the interpreter on the PATH.
    Python,
    /// `nodejs*`: the interpreter on the PATH.
    Node,
    /// `provided.*`: the code brings an executable named `bootstrap`.
    Provided,
}

/// Where code lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FunctionCode {
    /// A zip archive in the blobs port, under the SHA-256 of its bytes.
    Stored {
        /// Whose it is.
        scope: Scope,
        /// The digest.
        digest: [u8; 32],
    },
    /// A folder of this machine, used as it lies there (`[functions.NAME]` in `portcullis.toml`).
    Folder(PathBuf),
}

/// What a function reaches beyond its own instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionNetwork {
    /// Nothing.
    None,
    /// What the node itself reaches.
    Host,
}

#[cfg(test)]
mod tests {
    use base::Region;

    use super::*;

    fn version(name: &FunctionName, number: &str) -> Arc<Version> {
        Arc::new(Version {
            function_arn: "arn".into(),
            function_name: name.clone(),
            number: number.into(),
            revision: number.into(),
            body: FunctionBody::Broken { why: "a test".into() },
            timeout: Duration::from_secs(3),
            memory_mb: 128,
            reserved_concurrency: None,
        })
    }

    #[test]
    fn a_qualifier_leads_to_a_version_and_a_weight_to_one_of_two() {
        let account = AccountId::parse("111111111111").expect("digits");
        let name = FunctionName { account, name: "f".into() };
        let alias = |version: &str, other: Option<(&str, f64)>| Alias {
            version: version.into(),
            other: other.map(|(version, share)| (version.into(), share)),
        };
        let function = Function {
            scope: Scope { account, region: Region::parse("eu-west-1").expect("a region") },
            arn: "arn".into(),
            reserved_concurrency: None,
            latest: version(&name, LATEST),
            published: [1, 2].map(|number: u64| (number, version(&name, &number.to_string()))).into(),
            aliases: [
                ("live".into(), alias("1", Some(("2", 0.25)))),
                ("next".into(), alias(LATEST, None)),
                ("gone".into(), alias("7", None)),
            ]
            .into(),
            policies: BTreeMap::new(),
            name,
        };
        for (qualifier, draw, expected) in [
            (None, 0.0, Some(LATEST)),
            (Some(LATEST), 0.0, Some(LATEST)),
            (Some("2"), 0.0, Some("2")),
            (Some("3"), 0.0, None),
            (Some("live"), 0.0, Some("2")),
            (Some("live"), 0.2499, Some("2")),
            (Some("live"), 0.25, Some("1")),
            (Some("live"), 0.9999, Some("1")),
            (Some("next"), 0.5, Some(LATEST)),
            (Some("gone"), 0.5, None),
            (Some("nobody"), 0.5, None),
            (Some(""), 0.5, None),
        ] {
            let found = function.version(qualifier, draw).map(|version| &*version.number);
            assert_eq!(found, expected, "{qualifier:?} {draw}");
        }
    }
}
