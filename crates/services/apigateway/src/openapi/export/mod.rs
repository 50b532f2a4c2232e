//! A deployment becomes a document: OpenAPI 3.0 or Swagger 2.0, with the extensions that were asked for.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-export-api.html>

mod document;
mod operation;
mod authorizer;
mod integration;

pub(crate) use document::{Export, Extensions, Served};
