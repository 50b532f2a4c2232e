//! GetExport: a stage's API as a document. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetExport.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use model::apigateway::Authorizer;
use operation::{Call, Failure, Operation, Spec};
use snapshot::JwtAuthorizer;

use crate::error::{Error, declared};
use crate::openapi::document::Dialect;
use crate::openapi::export::{Export, Extensions, Served};
use crate::{arn, find};

/// The operation.
pub(crate) struct GetExport;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetExportRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "stage_name")]
    stage_name: String,
    #[shape(uri = "export_type")]
    export_type: String,
    #[shape(query, default)]
    parameters: BTreeMap<String, String>,
    #[shape(header = "Accept")]
    accepts: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ExportResponse")]
pub(crate) struct Output {
    #[shape(header = "Content-Type")]
    content_type: Option<String>,
    #[shape(header = "Content-Disposition")]
    content_disposition: Option<String>,
    #[shape(payload)]
    body: Option<Vec<u8>>,
}

impl Operation for GetExport {
    const SPEC: Spec = Spec::read("GetExport", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/stages/{stage_name}/exports/{export_type}", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        let Input { rest_api_id, stage_name, export_type, .. } = input;
        arn::of(scope, format!("/restapis/{rest_api_id}/stages/{stage_name}/exports/{export_type}"))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let dialect = match input.export_type.as_str() {
            "oas30" => Dialect::OpenApi3,
            "swagger" => Dialect::Swagger2,
            other => {
                let wrong = format!(
                    "Invalid export type '{other}' specified. Only swagger and oas30 export types are supported."
                );
                return Err(Error::bad_request(wrong).into());
            }
        };
        let extensions = extensions(&input.parameters)?;
        let format = Format::accepted(input.accepts.as_deref())?;
        let api = find::api(call, &input.rest_api_id).await?;
        let stage = find::stage(call, &api.id, &input.stage_name).await?;
        let deployment = find::deployment(call, &api.id, stage.deployment_id.as_str()).await?;
        // AWS has no such authorizer on REST APIs: a document that named one could not be imported there.
        let native = |authorizer: &&Authorizer| JwtAuthorizer::is_meant(&authorizer.uri);
        if extensions.secured()
            && let Some(found) = deployment.authorizers.values().find(native)
        {
            let name = &found.name;
            return Err(Error::bad_request(format!(
                "The authorizer '{name}' has a `jwt://` URI, which AWS does not know; export without extensions, or with \
                 `integrations` alone"
            ))
            .into());
        }
        let place = &call.ports.installation;
        let host = format!("{}.execute-api.{}.{}", api.id, place.region, place.zone);
        let served = Served { host, stage: stage.name.to_string() };
        let document = Export { deployment: &deployment, dialect, extensions, served }.document();
        let name = format!("{}_{}", input.export_type, call.now.strftime("%Y-%m-%dT%H-%M-%SZ"));
        Ok(Output {
            content_type: Some(format.media_type().to_owned()),
            content_disposition: Some(format!("attachment; filename=\"{name}.{}\"", format.ending())),
            body: Some(format.write(&document)?),
        })
    }
}

fn extensions(parameters: &BTreeMap<String, String>) -> Result<Extensions, Error> {
    if let Some(unknown) = parameters.keys().find(|name| name.as_str() != "extensions") {
        return Err(Error::bad_request(format!("The export parameter '{unknown}' is not known")));
    }
    let mut found = Extensions::default();
    for word in parameters.get("extensions").map(|list| list.split(',')).into_iter().flatten() {
        match word.trim() {
            "integrations" => found.integrations = true,
            "apigateway" => found = Extensions { integrations: true, authorizers: true, api: true },
            "authorizers" => found.authorizers = true,
            other => return Err(Error::bad_request(format!("Invalid extension '{other}' specified"))),
        }
    }
    Ok(found)
}

/// How a document is written.
#[derive(Debug, Clone, Copy)]
enum Format {
    Json,
    Yaml,
}

impl Format {
    fn accepted(accept: Option<&str>) -> Result<Self, Error> {
        let first = accept.unwrap_or_default().split([',', ';']).next().unwrap_or_default().trim();
        match first {
            "" | "*/*" | "application/json" => Ok(Format::Json),
            "application/yaml" => Ok(Format::Yaml),
            other => Err(Error::bad_request(format!(
                "Invalid Accept header '{other}': it is application/json or application/yaml"
            ))),
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Yaml => "application/yaml",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Yaml => "yaml",
        }
    }

    fn write(self, document: &serde_json::Value) -> Result<Vec<u8>, Failure> {
        let broken = |fault: String| Failure::Broken { what: format!("cannot write an export: {fault}") };
        match self {
            Format::Json => serde_json::to_vec_pretty(document).map_err(|fault| broken(fault.to_string())),
            Format::Yaml => {
                serde_saphyr::to_string(document).map(String::into_bytes).map_err(|fault| broken(fault.to_string()))
            }
        }
    }
}
