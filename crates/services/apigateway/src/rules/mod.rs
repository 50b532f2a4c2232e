//! The rules of what may be set: pure functions over the model's types, shared by the operations and the import.
//!
//! They must not know: who calls, the store, wire formats. A rule either gives a valid part of the model or AWS's error.

pub(crate) mod api;
pub(crate) mod path_part;
pub(crate) mod tree;
pub(crate) mod media_type;
pub(crate) mod models;
pub(crate) mod parameters;
pub(crate) mod mapping;
pub(crate) mod template;
pub(crate) mod stage_reference;
pub(crate) mod uri;
pub(crate) mod status_code;
pub(crate) mod method;
pub(crate) mod method_response;
pub(crate) mod integration;
pub(crate) mod integration_response;
pub(crate) mod credentials;
pub(crate) mod authorizer;
pub(crate) mod deployment;
pub(crate) mod stage;
pub(crate) mod stage_variables;
pub(crate) mod access_log;
pub(crate) mod method_setting;
pub(crate) mod api_key;
pub(crate) mod usage_plan;
pub(crate) mod tags;
pub(crate) mod resource_policy;
