//! A deployment as it is answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_Deployment.html>

use std::collections::BTreeMap;

use base::Timestamp;
use model::apigateway::Deployment;

use crate::error::Error;

/// A deployment on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Deployment")]
pub(crate) struct DeploymentView {
    pub(crate) id: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) created_date: Option<Timestamp>,
    pub(crate) api_summary: Option<BTreeMap<String, BTreeMap<String, MethodSnapshot>>>,
}

/// What protects a deployed method.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
pub(crate) struct MethodSnapshot {
    pub(crate) authorization_type: Option<String>,
    pub(crate) api_key_required: Option<bool>,
}

/// Whether the deployed methods are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Summary {
    /// They are not.
    Absent,
    /// They are (`embed=apisummary`).
    Embedded,
}

impl Summary {
    /// Reads `embed`.
    pub(crate) fn read(embed: &[String]) -> Result<Self, Error> {
        match embed.iter().find(|word| *word != "apisummary") {
            Some(word) => Err(Error::bad_request(format!("Invalid embed parameter specified: {word}"))),
            None if embed.is_empty() => Ok(Summary::Absent),
            None => Ok(Summary::Embedded),
        }
    }
}

impl DeploymentView {
    /// A deployment as AWS answers it.
    pub(crate) fn of(deployment: &Deployment, summary: Summary) -> Self {
        Self {
            id: Some(deployment.id.to_string()),
            description: deployment.description.clone(),
            created_date: Some(deployment.created),
            api_summary: Some(deployment).filter(|_| summary == Summary::Embedded).map(api_summary),
        }
    }
}

fn api_summary(deployment: &Deployment) -> BTreeMap<String, BTreeMap<String, MethodSnapshot>> {
    let shown = |protection: model::apigateway::MethodSnapshot| MethodSnapshot {
        authorization_type: Some(protection.authorization_type),
        api_key_required: Some(protection.api_key_required),
    };
    let paths = deployment.summary().into_iter();
    paths
        .map(|(path, methods)| (path, methods.into_iter().map(|(verb, one)| (verb.to_string(), shown(one))).collect()))
        .collect()
}
