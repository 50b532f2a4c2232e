//! `paths`: every path with its methods.

use model::apigateway::HttpMethod;
use serde_json::Value;

use super::{EXTENSION, LATER, members, operation, stray};
use crate::openapi::description::{Path, Protection};
use crate::openapi::document::Document;
use crate::openapi::report::Report;

/// Reads all paths.
pub(super) fn read_all(document: &Document, protection: &Protection, report: &mut Report) -> Vec<Path> {
    let Some(paths) = document.root.get("paths") else {
        report.error("The document has no paths");
        return Vec::new();
    };
    let Some(paths) = members(paths, "paths", report) else { return Vec::new() };
    let mut found = Vec::with_capacity(paths.len());
    for (path, item) in paths {
        if path.starts_with(EXTENSION) {
            report.error(format!("{path}: {LATER}"));
        } else if path.starts_with("x-") {
            // Other people's extensions say nothing to a gateway.
        } else if path.starts_with('/') {
            found.extend(read((document, protection), path, item, report));
        } else {
            report.error(format!("The path '{path}' does not begin with '/'"));
        }
    }
    found
}

fn read(
    (document, protection): (&Document, &Protection),
    path: &str,
    item: &Value,
    report: &mut Report,
) -> Option<Path> {
    let item = match document.resolve(item) {
        Ok(item) => members(item, &format!("The path '{path}'"), report)?,
        Err(why) => {
            report.error(format!("The path '{path}': {why}"));
            return None;
        }
    };
    let shared = item.get("parameters");
    let mut methods = Vec::new();
    for (name, value) in item {
        match verb(name) {
            Member::Method(verb) => {
                let place = operation::Place { verb, path };
                let found = operation::read((document, protection), place, value, shared, report);
                methods.extend(found.map(|found| (verb, found)));
            }
            Member::Known => stray::refuse(Some(value), &format!("{name} of '{path}'"), report),
            Member::NotServed => report.warn(format!("The method '{name}' of '{path}' is not served")),
            Member::Later => report.error(format!("{name} of '{path}': {LATER}")),
            Member::Unknown => report.warn(format!("'{name}' of '{path}' is not known and is left out")),
        }
    }
    Some(Path { path: path.to_owned(), methods })
}

enum Member {
    Method(HttpMethod),
    Known,
    NotServed,
    Later,
    Unknown,
}

fn verb(name: &str) -> Member {
    match name {
        "get" => Member::Method(HttpMethod::Get),
        "put" => Member::Method(HttpMethod::Put),
        "post" => Member::Method(HttpMethod::Post),
        "delete" => Member::Method(HttpMethod::Delete),
        "options" => Member::Method(HttpMethod::Options),
        "head" => Member::Method(HttpMethod::Head),
        "patch" => Member::Method(HttpMethod::Patch),
        "x-amazon-apigateway-any-method" => Member::Method(HttpMethod::Any),
        "trace" => Member::NotServed,
        "parameters" | "summary" | "description" | "servers" => Member::Known,
        name if name.starts_with(EXTENSION) => Member::Later,
        name if name.starts_with("x-") => Member::Known,
        _ => Member::Unknown,
    }
}
