//! `portcullis shapes`: every operation's shapes as JSON, compared with AWS's published models by the conformance test.

use std::process::ExitCode;

use operation::{Http, Kind, Registered, Service};
use serde_json::{Map, Value, json};
use wire::{Location, Member, Schema};

use crate::node::services;

pub(super) fn run() -> ExitCode {
    let services: Map<String, Value> =
        services().into_iter().map(|known| (known.name.to_owned(), service(&known))).collect();
    println!("{:#}", json!({ "services": services }));
    ExitCode::SUCCESS
}

fn service(service: &Service) -> Value {
    let operations: Map<String, Value> =
        service.operations.iter().map(|known| (known.spec.name.to_owned(), operation(known))).collect();
    let refused: Map<String, Value> =
        service.refused.iter().map(|known| (known.name.to_owned(), json!(known.reason))).collect();
    let bindings: Map<String, Value> =
        service.refused.iter().filter_map(|known| Some((known.name.to_owned(), http(known.http.as_ref()?)))).collect();
    json!({
        "protocol": format!("{:?}", service.protocol),
        "version": service.api_version,
        "targets": service.targets,
        "operations": operations,
        "refused": refused,
        "refusedBindings": bindings,
    })
}

fn operation(known: &Registered) -> Value {
    let errors: Vec<Value> =
        known.spec.errors.iter().map(|(code, status)| json!({ "code": code, "status": status })).collect();
    json!({
        "http": known.spec.http.as_ref().map(http),
        "kind": match known.spec.kind { Kind::Read => "read", Kind::Write => "write" },
        "action": known.spec.action,
        "input": schema(known.input),
        "output": schema(known.output),
        "errors": errors,
    })
}

fn http(http: &Http) -> Value {
    let (path, query) = http.uri.split_once('?').unwrap_or((http.uri, ""));
    json!({ "method": http.method.as_str(), "path": path, "query": query, "status": http.status })
}

fn schema(of: &'static Schema) -> Value {
    match of.resolve() {
        Schema::Boolean => json!({ "type": "boolean" }),
        Schema::Integer => json!({ "type": "integer" }),
        Schema::Long => json!({ "type": "long" }),
        Schema::Double => json!({ "type": "double" }),
        Schema::String => json!({ "type": "string" }),
        Schema::Enum(values) => json!({ "type": "enum", "values": values }),
        Schema::Blob => json!({ "type": "blob" }),
        Schema::Timestamp(_) => json!({ "type": "timestamp" }),
        Schema::Document => json!({ "type": "document" }),
        Schema::List(list) => json!({ "type": "list", "item": schema(list.item) }),
        Schema::Map(map) => json!({ "type": "map", "value": schema(map.value) }),
        Schema::Structure(structure) => {
            let members: Vec<Value> = structure.members.iter().map(member).collect();
            json!({ "type": "structure", "name": structure.name, "members": members })
        }
        Schema::Link(_) => json!({ "type": "recursive" }),
    }
}

fn member(member: &Member) -> Value {
    let location = match member.location {
        Location::Body => "body",
        Location::Uri => "uri",
        Location::QueryString => "querystring",
        Location::Header => "header",
        Location::Headers => "headers",
        Location::StatusCode => "statusCode",
        Location::Payload => "payload",
    };
    json!({
        "name": member.name,
        "wireName": member.wire_name(),
        "location": location,
        "required": member.required,
        "secret": member.secret,
        "shape": schema(member.schema),
    })
}
