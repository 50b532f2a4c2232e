//! GetRestApis. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApis.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::RestApi;
use operation::{Call, Failure, Operation, Spec};

use super::{RestApiView, Tags};
use crate::arn;
use crate::error::declared;
use crate::page::{Page, position};

/// The operation.
pub(crate) struct GetRestApis;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRestApisRequest")]
pub(crate) struct Input {
    #[shape(query = "position")]
    position: Option<String>,
    #[shape(query = "limit")]
    limit: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "RestApis")]
pub(crate) struct Output {
    position: Option<String>,
    #[shape(wire = "item")]
    items: Vec<RestApiView>,
}

impl Operation for GetRestApis {
    const SPEC: Spec =
        Spec::read("GetRestApis", "apigateway:GET").http(Verb::GET, "/restapis", 200).errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn::of(scope, "/restapis")
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let page = Page::read(input.position.as_deref(), input.limit)?;
        let found = call.tx.page::<RestApi>(&call.scope, "", page.after.as_deref(), page.limit).await?;
        Ok(Output {
            position: found.next.as_deref().map(position),
            items: found.items.iter().map(|api| RestApiView::of(api, Tags::WhenPresent)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, text};

    #[tokio::test]
    async fn pages_show_every_api_once() {
        let world = World::new().await;
        let mut made = Vec::new();
        for number in 0..5 {
            made.push(text(&world.ok("CreateRestApi", json!({"name": format!("api {number}")})).await, "id"));
        }
        let mut seen = Vec::new();
        let mut position = json!(null);
        loop {
            let page = world.ok("GetRestApis", json!({"limit": 2, "position": position})).await;
            seen.extend(page["items"].as_array().expect("a list").iter().map(|item| text(item, "id")));
            position = page["position"].clone();
            if position.is_null() {
                break;
            }
        }
        made.sort();
        assert_eq!(seen, made);
        let (code, _) = world.refused("GetRestApis", json!({"position": "not ours"})).await;
        assert_eq!(code, "BadRequestException");
    }
}
