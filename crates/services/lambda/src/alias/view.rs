//! An alias as callers see it.

use std::collections::BTreeMap;

use model::lambda::{Alias, Function};

/// AWS's shape.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct AliasConfiguration {
    alias_arn: Option<String>,
    name: Option<String>,
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<AliasRoutingConfiguration>,
    revision_id: Option<String>,
}

/// Weights of other versions.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct AliasRoutingConfiguration {
    pub(super) additional_version_weights: Option<BTreeMap<String, f64>>,
}

impl AliasConfiguration {
    /// An alias of a function.
    pub(super) fn of(function: &Function, name: &str, alias: &Alias) -> Self {
        let weights = alias.other.as_ref().map(|(version, share)| BTreeMap::from([(version.clone(), *share)]));
        Self {
            alias_arn: Some(format!("{}:{name}", function.arn())),
            name: Some(name.to_owned()),
            function_version: Some(alias.version.clone()),
            description: Some(alias.description.clone()),
            routing_config: weights
                .map(|weights| AliasRoutingConfiguration { additional_version_weights: Some(weights) }),
            revision_id: Some(alias.revision_id.clone()),
        }
    }
}
