//! Walks the input shape of every operation and sets each member that is said to be refused.

use serde_json::{Value as Json, json};
use wire::Schema;

use super::fate::{self, Fate};
use super::input_table::INPUTS;
use crate::testing::{World, text, with};

/// A member that holds no further members: its path and what to try in it.
struct Leaf {
    path: String,
    probes: Vec<Json>,
}

#[test]
fn every_member_of_every_input_has_a_verdict() {
    let mut existing = Vec::new();
    for operation in crate::service().operations {
        for leaf in leaves(operation.input) {
            let name = operation.spec.name;
            assert!(
                fate::of(INPUTS, name, &leaf.path).is_some(),
                "{name} takes `{}`: say in input_table.rs whether it is enforced, harmless or refused",
                leaf.path
            );
            existing.push((name.to_owned(), leaf.path));
        }
    }
    fate::check_table(INPUTS, &existing);
}

#[tokio::test]
async fn a_member_that_is_not_enforced_is_refused_whatever_it_is_set_to() {
    let world = World::new().await;
    for operation in crate::service().operations {
        let name = operation.spec.name;
        for leaf in leaves(operation.input) {
            let Some(Fate::Refused { more, but }) = fate::of(INPUTS, name, &leaf.path) else { continue };
            let but = fate::values(but);
            let mut answers = Vec::new();
            for value in leaf.probes.into_iter().chain(fate::values(more)) {
                let mut input = base(&world, name).await;
                set(&mut input, &leaf.path, value.clone());
                let answer = world.call(name, input).await;
                if but.contains(&value) {
                    assert!(answer.is_ok(), "{name} refuses {} {value}, which asks for nothing: {answer:?}", leaf.path);
                } else {
                    answers.push((value, answer));
                }
            }
            fate::hold_refused(&format!("`{}` of {name}", leaf.path), &answers);
        }
    }
}

/// An input that is accepted as it is, so that a refusal is the probe's doing.
async fn base(world: &World, operation: &str) -> Json {
    let (api, root) = world.api().await;
    let method = json!({"restApiId": api, "resourceId": root, "httpMethod": "POST"});
    let http = json!({"type": "HTTP_PROXY", "uri": "http://upstream.example/", "integrationHttpMethod": "POST"});
    let open = with(&method, json!({"authorizationType": "NONE"}));
    match operation {
        "CreateRestApi" => json!({"name": "pets"}),
        "CreateAuthorizer" => authorizer(&api),
        "TestInvokeAuthorizer" => {
            let made = world.ok("CreateAuthorizer", authorizer(&api)).await;
            json!({"restApiId": api, "authorizerId": text(&made, "id")})
        }
        "CreateApiKey" => json!({}),
        "CreateDeployment" => json!({"restApiId": api, "stageName": "dev"}),
        "CreateStage" => {
            let deployment = world.ok("CreateDeployment", json!({"restApiId": api})).await;
            json!({"restApiId": api, "stageName": "dev", "deploymentId": text(&deployment, "id")})
        }
        "PutMethod" => open,
        "PutIntegration" => {
            world.ok("PutMethod", open).await;
            with(&method, http)
        }
        "PutIntegrationResponse" => {
            world.ok("PutMethod", open).await;
            world.ok("PutIntegration", with(&method, http)).await;
            with(&method, json!({"statusCode": "200"}))
        }
        other => panic!("{other} has members that are refused: give it an input that is accepted without them"),
    }
}

/// An authorizer that is accepted.
pub(super) fn authorizer(api: &str) -> Json {
    let uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/\
               arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations";
    json!({
        "restApiId": api, "name": "mine", "type": "TOKEN", "authorizerUri": uri,
        "identitySource": "method.request.header.Authorization",
    })
}

fn leaves(of: &'static Schema) -> Vec<Leaf> {
    let Schema::Structure(structure) = of.resolve() else { panic!("an input is a structure") };
    let mut found = Vec::new();
    for member in structure.members {
        let name = member.name;
        // A structure that needs several members at once is tried as one.
        if matches!(member.schema.resolve(), Schema::Structure(part) if part.members.iter().all(|one| !one.required)) {
            let within = |leaf: Leaf| Leaf { path: format!("{name}.{}", leaf.path), ..leaf };
            found.extend(leaves(member.schema).into_iter().map(within));
        } else {
            found.push(Leaf { path: name.to_owned(), probes: probes(member.schema) });
        }
    }
    found
}

/// Values that ask for something, and those that could.
fn probes(of: &'static Schema) -> Vec<Json> {
    match of.resolve() {
        Schema::Boolean => vec![json!(true), json!(false)],
        Schema::Integer | Schema::Long => vec![json!(0), json!(1), json!(1024), json!(-1), json!(i32::MAX)],
        Schema::Double => vec![json!(0.0), json!(10.0), json!(-1.0)],
        Schema::String => vec![json!("probe"), json!(""), json!("{}"), json!("true"), json!("arn:aws:iam::1:role/r")],
        Schema::Enum(values) => values.iter().map(|value| json!(value)).collect(),
        Schema::Blob | Schema::Timestamp(_) | Schema::Document | Schema::Structure(_) | Schema::Link(_) => Vec::new(),
        Schema::List(list) => probes(list.item).into_iter().map(|probe| json!([probe])).collect(),
        Schema::Map(map) => probes(map.value).into_iter().map(|probe| json!({"probe": probe})).collect(),
    }
}

fn set(input: &mut Json, path: &str, value: Json) {
    match path.split_once('.') {
        None => input[path] = value,
        Some((first, rest)) => set(&mut input[first], rest, value),
    }
}
