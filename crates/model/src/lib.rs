//! What is stored: one file per resource, one folder per service.
//!
//! It must not know: how or where it is stored, any wire shape, any rule about what may be set.
//! Begin with [`Record`]; [`apigateway::RestApi`] is a typical one.

pub mod record;
pub mod apigateway;
pub mod iam;
pub mod lambda;
pub mod wafv2;
pub mod installation;

pub use record::Record;
