//! Brings one document into the node through its own AWS API, as any client would.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::client::{AskError, Client};
use crate::commands::coverage;
use crate::data_dir::Endpoints;

/// Where documents go.
pub(super) struct Plan {
    pub(super) client: Client,
    pub(super) stage: String,
    pub(super) variables: Vec<(String, String)>,
    pub(super) endpoints: Endpoints,
}

/// What was deployed.
pub(super) struct Deployed {
    pub(super) api_id: String,
    pub(super) name: String,
    pub(super) stage: String,
    /// The stage variables given on the command line.
    pub(super) variables: Vec<(String, String)>,
    /// `resource` documents with their methods embedded.
    pub(super) resources: Vec<Value>,
    /// The stage's methods with what protects each, as the node itself tells it.
    pub(super) protection: Vec<Value>,
    pub(super) warnings: Vec<String>,
}

/// Why a document was not deployed.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeployError {
    #[error("cannot be read: {0}")]
    Unreadable(std::io::Error),
    #[error(transparent)]
    Ask(#[from] AskError),
}

/// Marks the API that a file became, so that the next start finds it again.
const FILE_TAG: &str = "portcullis:file";

/// One line a request, for `portcullis logs`.
const ACCESS_LOG: &str = "{ \"requestId\":\"$context.requestId\", \"ip\":\"$context.identity.sourceIp\", \
\"requestTime\":\"$context.requestTime\", \"httpMethod\":\"$context.httpMethod\", \"path\":\"$context.path\", \
\"resourcePath\":\"$context.resourcePath\", \"status\":\"$context.status\", \
\"responseLength\":\"$context.responseLength\", \"responseLatency\":\"$context.responseLatency\" }";

impl Plan {
    /// Imports, deploys and points the stage at the new deployment.
    pub(super) async fn deploy(&self, file: &Path) -> Result<Deployed, DeployError> {
        let document = tokio::fs::read(file).await.map_err(DeployError::Unreadable)?;
        let file = std::fs::canonicalize(file).unwrap_or_else(|_| PathBuf::from(file));
        let tag = file.display().to_string();
        let api = if let Some(id) = self.find(&tag).await? {
            self.client.rest("PUT", &format!("/restapis/{id}?mode=overwrite"), document).await?
        } else {
            let api = self.client.rest("POST", "/restapis?mode=import", document).await?;
            self.tag(text(&api, "id"), &tag).await?;
            api
        };
        let id = text(&api, "id").to_owned();
        let deployment = self.client.rest_json("POST", &format!("/restapis/{id}/deployments"), &json!({})).await?;
        self.point_stage(&id, text(&deployment, "id")).await?;
        self.forget_old_deployments(&id, text(&deployment, "id")).await?;
        let resources = self.pages(&format!("/restapis/{id}/resources?embed=methods&limit=500")).await?;
        let mut protection = coverage::methods(&self.client, Some(&id)).await?;
        protection.retain(|method| text(method, "Stage") == self.stage);
        Ok(Deployed {
            protection,
            name: text(&api, "name").to_owned(),
            warnings: api["warnings"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            stage: self.stage.clone(),
            variables: self.variables.clone(),
            api_id: id,
            resources,
        })
    }

    async fn find(&self, tag: &str) -> Result<Option<String>, AskError> {
        let apis = self.pages("/restapis?limit=500").await?;
        let ours = apis.iter().find(|api| api["tags"][FILE_TAG].as_str() == Some(tag));
        Ok(ours.map(|api| text(api, "id").to_owned()))
    }

    async fn tag(&self, id: &str, tag: &str) -> Result<(), AskError> {
        let arn = format!("arn:aws:apigateway:{}::/restapis/{id}", self.endpoints.region).replace('/', "%2F");
        self.client.rest_json("PUT", &format!("/tags/{arn}"), &json!({ "tags": { FILE_TAG: tag } })).await?;
        Ok(())
    }

    async fn point_stage(&self, id: &str, deployment: &str) -> Result<(), AskError> {
        let path = format!("/restapis/{id}/stages/{}", self.stage);
        let variables = self.variables.iter().map(|(name, value)| (name.clone(), json!(value)));
        let variables: serde_json::Map<String, Value> = variables.collect();
        match self.client.rest("GET", &path, Vec::new()).await {
            Err(AskError::Refused { status: 404, .. }) => {
                let stage = json!({ "stageName": self.stage, "deploymentId": deployment, "variables": variables });
                self.client.rest_json("POST", &format!("/restapis/{id}/stages"), &stage).await?;
            }
            Err(fault) => return Err(fault),
            Ok(_) => {
                let mut patches = vec![replace("/deploymentId", deployment)];
                patches
                    .extend(self.variables.iter().map(|(name, value)| replace(&format!("/variables/{name}"), value)));
                self.client.rest_json("PATCH", &path, &json!({ "patchOperations": patches })).await?;
            }
        }
        let role = format!("arn:aws:iam::{}:role/portcullis-logs", self.endpoints.account);
        let account = json!({ "patchOperations": [replace("/cloudwatchRoleArn", &role)] });
        self.client.rest_json("PATCH", "/account", &account).await?;
        let group =
            format!("arn:aws:logs:{}:{}:log-group:portcullis-run", self.endpoints.region, self.endpoints.account);
        let patches =
            [replace("/accessLogSettings/destinationArn", &group), replace("/accessLogSettings/format", ACCESS_LOG)];
        self.client.rest_json("PATCH", &path, &json!({ "patchOperations": patches })).await?;
        Ok(())
    }

    /// Every change of the file makes a deployment; only the served one is kept.
    async fn forget_old_deployments(&self, id: &str, served: &str) -> Result<(), AskError> {
        for deployment in self.pages(&format!("/restapis/{id}/deployments?limit=500")).await? {
            let old = text(&deployment, "id");
            if old != served {
                match self.client.rest("DELETE", &format!("/restapis/{id}/deployments/{old}"), Vec::new()).await {
                    // Another stage serves it: it stays.
                    Ok(_) | Err(AskError::Refused { .. }) => {}
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(())
    }

    async fn pages(&self, path: &str) -> Result<Vec<Value>, AskError> {
        let mut items = Vec::new();
        let mut position = String::new();
        loop {
            let page = self.client.rest("GET", &format!("{path}{position}"), Vec::new()).await?;
            items.extend(page["item"].as_array().cloned().unwrap_or_default());
            match page["position"].as_str() {
                Some(next) => position = format!("&position={next}"),
                None => return Ok(items),
            }
        }
    }
}

fn replace(path: &str, value: &str) -> Value {
    json!({ "op": "replace", "path": path, "value": value })
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
