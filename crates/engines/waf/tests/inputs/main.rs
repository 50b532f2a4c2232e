//! What rules are given to inspect: parts of requests, JSON bodies, transformed texts.

mod support;
mod fields;
mod forms;
mod arguments;
mod cookies;
mod json;
mod hostile_json;
mod transformations;
mod decoders;
mod chains;
