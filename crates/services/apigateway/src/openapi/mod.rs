//! OpenAPI 3.0 and Swagger 2.0 documents: read into an API, and written from a stage.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api.html>
//!
//! [`document`] reads bytes, [`read`] makes a [`description::Description`] of them, [`apply`] brings that into an API's
//! records; [`export`] goes the other way.

pub(crate) mod document;
pub(crate) mod description;
pub(crate) mod report;
pub(crate) mod read;
pub(crate) mod apply;
pub(crate) mod export;
#[cfg(test)]
mod tests;
