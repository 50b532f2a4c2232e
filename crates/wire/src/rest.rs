//! What rest-json and rest-xml share: members that travel in the path, the query string, headers and the status.
//! <https://smithy.io/2.0/spec/http-bindings.html>

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::fault::Unreadable;
use crate::protocol::answer;
use crate::schema::{Map, Structure};
use crate::{Invalid, Labels, Location, Member, Request, Schema, Success, TimestampFormat, Value, header, pairs, text};

/// The part that differs: how bodies are written.
pub(crate) trait Format {
    /// Reads the members that travel in the body.
    fn read_members(structure: &'static Structure, body: &[u8]) -> Result<Vec<(String, Value)>, Unreadable>;
    /// Reads a member that is the whole body.
    fn read_payload(schema: &'static Schema, body: &[u8]) -> Result<Value, Unreadable>;
    /// Writes the members that travel in the body.
    fn write_members(success: &Success<'_>, structure: &'static Structure, value: &Value) -> http::Response<Bytes>;
    /// Writes a member that is the whole body.
    fn write_payload(success: &Success<'_>, member: &'static Member, value: &Value) -> http::Response<Bytes>;
}

/// Reads an input from all the places its members travel in.
pub(crate) fn decode<F: Format>(request: &Request<'_>, input: &'static Schema) -> Result<Value, Unreadable> {
    let Schema::Structure(structure) = input.resolve() else { return Ok(Value::Map(Vec::new())) };
    let parameters = pairs::parse(request.query)?;
    let mut members = Vec::new();
    for member in structure.members {
        let found = match member.location {
            Location::Uri => label(request.labels, member)?,
            Location::QueryString => query(structure, member, &parameters, request.labels)?,
            Location::Header => header::read(request.headers, member)?,
            Location::Headers => header::read_prefixed(request.headers, member)?,
            Location::Payload => payload::<F>(request.body, member)?,
            Location::Body | Location::StatusCode => None,
        };
        members.extend(found.map(|value| (member.name.to_owned(), value)));
    }
    if structure.members.iter().any(is_in_body) && !request.body.trim_ascii().is_empty() {
        members.extend(F::read_members(structure, request.body)?);
    }
    Ok(Value::Map(members))
}

/// Writes an output to all the places its members travel in.
pub(crate) fn encode<F: Format>(
    success: &Success<'_>,
    output: &'static Schema,
    value: &Value,
) -> http::Response<Bytes> {
    let mut response = http::Response::default();
    let Schema::Structure(structure) = output.resolve() else { return response };
    let present = |member: &&'static Member| value.get(member.name).is_some_and(|value| *value != Value::Null);
    if let Some(member) = structure.members.iter().find(|member| member.location == Location::Payload) {
        if let Some(value) = value.get(member.name).filter(|_| present(&member)) {
            response = whole_body::<F>(success, member, value);
        }
    } else if structure.members.iter().any(is_in_answer) {
        response = F::write_members(success, structure, value);
    }
    *response.status_mut() = StatusCode::from_u16(success.status).unwrap_or(StatusCode::OK);
    for member in structure.members.iter().filter(present) {
        let Some(value) = value.get(member.name) else { continue };
        match member.location {
            Location::Header => header::write(response.headers_mut(), member.wire_name(), member.schema, value),
            Location::Headers => header::write_prefixed(response.headers_mut(), member, value),
            Location::StatusCode => {
                *response.status_mut() = status_of(value).unwrap_or(response.status());
            }
            Location::Body | Location::Uri | Location::QueryString | Location::Payload => {}
        }
    }
    response
}

/// Writes the header members of an error.
pub(crate) fn write_error_headers(headers: &mut HeaderMap, members: Option<&(&'static Schema, Value)>) {
    let Some((schema, value)) = members else { return };
    let Schema::Structure(structure) = schema.resolve() else { return };
    for member in structure.members.iter().filter(|member| member.location == Location::Header) {
        if let Some(value) = value.get(member.name).filter(|value| **value != Value::Null) {
            header::write(headers, member.wire_name(), member.schema, value);
        }
    }
}

/// Whether a member of an input travels in the body beside others.
pub(crate) fn is_in_body(member: &Member) -> bool {
    member.location == Location::Body
}

/// Whether a member travels in headers or the status.
pub(crate) fn is_in_header(member: &Member) -> bool {
    matches!(member.location, Location::Header | Location::Headers | Location::StatusCode)
}

/// Whether a member of an output travels in the body: an answer has no path and no query string.
pub(crate) fn is_in_answer(member: &Member) -> bool {
    matches!(member.location, Location::Body | Location::Uri | Location::QueryString)
}

fn status_of(value: &Value) -> Option<StatusCode> {
    let Value::Int(code) = value else { return None };
    u16::try_from(*code).ok().and_then(|code| StatusCode::from_u16(code).ok())
}

fn label(labels: &Labels, member: &Member) -> Result<Option<Value>, Invalid> {
    let Some(text) = labels.get(member.wire_name()) else { return Ok(None) };
    let value =
        text::parse(member.schema, text, TimestampFormat::Iso8601).map_err(|fault| fault.within(member.name))?;
    Ok(Some(value))
}

fn query(
    structure: &'static Structure,
    member: &Member,
    parameters: &[(String, String)],
    labels: &Labels,
) -> Result<Option<Value>, Invalid> {
    let found = match (member.wire_name, member.schema.resolve()) {
        (None, Schema::Map(map)) => remaining(structure, map, parameters, labels),
        _ => named(member.schema, member.wire_name(), parameters),
    };
    found.map_err(|fault| fault.within(member.name))
}

fn named(schema: &'static Schema, name: &str, parameters: &[(String, String)]) -> Result<Option<Value>, Invalid> {
    let mut texts = parameters.iter().filter(|(given, _)| given == name).map(|(_, text)| text.as_str());
    let parse = |schema, text| text::parse(schema, text, TimestampFormat::Iso8601);
    if let Schema::List(list) = schema.resolve() {
        let items: Vec<_> = texts.map(|text| parse(list.item, text)).collect::<Result<_, _>>()?;
        return Ok((!items.is_empty()).then_some(Value::List(items)));
    }
    match (texts.next(), texts.next()) {
        (None, _) => Ok(None),
        (Some(text), None) => parse(schema, text).map(Some),
        // SECURITY: two values of one name are refused, because a proxy may have judged the other one.
        (Some(_), Some(_)) => Err(Invalid::expected("single query parameter")),
    }
}

fn remaining(
    structure: &'static Structure,
    map: &'static Map,
    parameters: &[(String, String)],
    labels: &Labels,
) -> Result<Option<Value>, Invalid> {
    let taken = |name: &str| {
        let bound = |member: &Member| member.location == Location::QueryString && member.wire_name == Some(name);
        // A presigned request carries its signature here.
        let signature = name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"));
        signature || labels.is_constant(name) || structure.members.iter().any(bound)
    };
    let names: BTreeSet<&str> = parameters.iter().map(|(name, _)| name.as_str()).filter(|name| !taken(name)).collect();
    let mut entries = Vec::new();
    for name in names {
        let value = named(map.value, name, parameters).map_err(|fault| fault.within(name))?;
        entries.extend(value.map(|value| (name.to_owned(), value)));
    }
    Ok((!entries.is_empty()).then_some(Value::Map(entries)))
}

fn payload<F: Format>(body: &[u8], member: &Member) -> Result<Option<Value>, Unreadable> {
    if body.is_empty() {
        return Ok(None);
    }
    let value = match member.schema.resolve() {
        Schema::Blob => Value::Blob(body.to_vec()),
        Schema::String | Schema::Enum(_) => {
            let text = std::str::from_utf8(body).map_err(|_| Invalid::expected("string").within(member.name))?;
            Value::Text(text.to_owned())
        }
        schema => match F::read_payload(schema, body) {
            Err(Unreadable::Misfit(fault)) => return Err(fault.within(member.name).into()),
            other => other?,
        },
    };
    Ok(Some(value))
}

fn whole_body<F: Format>(success: &Success<'_>, member: &'static Member, value: &Value) -> http::Response<Bytes> {
    match (member.schema.resolve(), value) {
        (Schema::Blob, Value::Blob(bytes)) => answer("application/octet-stream", bytes.clone()),
        (Schema::String | Schema::Enum(_), Value::Text(text)) => answer("text/plain", text.clone()),
        _ => F::write_payload(success, member, value),
    }
}
