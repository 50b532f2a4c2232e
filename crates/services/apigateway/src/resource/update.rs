//! UpdateResource: renames or moves a resource with everything below it.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateResource.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::Resource;
use operation::{Call, Failure, Operation, Spec};

use super::{Methods, ResourceView};
use crate::error::{Error, declared};
use crate::patch::{PatchOperation, REPLACE, Rule, Table, Tone};
use crate::rules::tree;
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateResourceRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    ParentId,
    PathPart,
}

const TABLE: Table<Property> = Table {
    tone: Tone::Listing,
    rules: &[Rule::new("/parentId", REPLACE, Property::ParentId), Rule::new("/pathPart", REPLACE, Property::PathPart)],
};

impl Operation for UpdateResource {
    const SPEC: Spec = Spec::write("UpdateResource", "apigateway:PATCH")
        .http(Verb::PATCH, "/restapis/{restapi_id}/resources/{resource_id}", 200)
        .errors(declared::REMOVE);
    type Input = Input;
    type Output = ResourceView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/resources/{}", input.rest_api_id, input.resource_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<ResourceView, Failure> {
        let mut resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        let mut all = call.tx.all::<Resource>(&call.scope, &Resource::prefix(&resource.rest_api_id)).await?;
        for change in TABLE.read(&input.patch_operations)? {
            match change.property {
                Property::ParentId => move_to(&mut resource, &all, &change.text())?,
                Property::PathPart => rename(&mut resource, &all, &change.text())?,
            }
            follow(&mut all, &resource);
        }
        for changed in tree::branch(&all, &resource) {
            call.tx.put(&call.scope, changed)?;
        }
        Ok(ResourceView::of(&resource, Methods::Named))
    }
}

fn rename(resource: &mut Resource, all: &[Resource], part: &str) -> Result<(), Error> {
    let parent = all.iter().find(|other| Some(&other.id) == resource.parent_id.as_ref());
    let parent = parent.ok_or_else(|| Error::bad_request("Root resource cannot update its pathPart."))?;
    resource.path = tree::place(all, parent, part, Some(&resource.id))?;
    part.clone_into(&mut resource.path_part);
    Ok(())
}

fn move_to(resource: &mut Resource, all: &[Resource], parent: &str) -> Result<(), Error> {
    if resource.parent_id.is_none() {
        return Err(Error::bad_request("Root resource cannot update its parentId."));
    }
    let parent = all.iter().find(|other| other.id.as_str() == parent);
    let parent = parent.ok_or_else(|| Error::not_found("Invalid Resource identifier specified"))?;
    if tree::branch(all, resource).iter().any(|below| below.id == parent.id) {
        return Err(Error::bad_request("Resources cannot be cyclical."));
    }
    resource.path = tree::place(all, parent, &resource.path_part, Some(&resource.id))?;
    resource.parent_id = Some(parent.id.clone());
    Ok(())
}

/// Takes the resource's new place into the tree, and gives everything below it its new path.
fn follow(all: &mut [Resource], moved: &Resource) {
    let mut paths = vec![(moved.id.clone(), moved.path.clone())];
    while let Some((id, path)) = paths.pop() {
        for child in all.iter_mut().filter(|other| other.parent_id.as_ref() == Some(&id)) {
            child.path = tree::join(&path, &child.path_part);
            paths.push((child.id.clone(), child.path.clone()));
        }
    }
    if let Some(own) = all.iter_mut().find(|other| other.id == moved.id) {
        own.clone_from(moved);
    }
}

#[cfg(test)]
impl crate::patch::Patches for UpdateResource {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{World, patch, text, with};

    struct Tree {
        world: World,
        api: String,
        root: String,
        pets: String,
        sub: String,
        deep: String,
    }

    /// `/pets/subpets/pets`.
    async fn tree() -> Tree {
        let world = World::new().await;
        let api = world.ok("CreateRestApi", json!({"name": "pets"})).await;
        let (api, root) = (text(&api, "id"), text(&api, "rootResourceId"));
        let mut ids = vec![root.clone()];
        for part in ["pets", "subpets", "pets"] {
            let made =
                world.ok("CreateResource", json!({"restApiId": api, "parentId": ids.last(), "pathPart": part})).await;
            ids.push(text(&made, "id"));
        }
        Tree { world, api, root, pets: ids[1].clone(), sub: ids[2].clone(), deep: ids[3].clone() }
    }

    fn input(api: &str, resource: &str, patch: Value) -> Value {
        with(&json!({"restApiId": api, "resourceId": resource}), patch)
    }

    #[tokio::test]
    async fn a_moved_branch_takes_its_children_along() {
        let Tree { world, api, root, pets, sub, deep } = tree().await;
        let renamed = world.ok("UpdateResource", input(&api, &pets, patch("replace", "/pathPart", "dogs"))).await;
        assert_eq!(renamed, json!({"id": pets, "parentId": root, "path": "/dogs", "pathPart": "dogs"}));
        let found = world.ok("GetResource", json!({"restApiId": api, "resourceId": deep})).await;
        assert_eq!(found["path"], "/dogs/subpets/pets");
        let moved = world.ok("UpdateResource", input(&api, &sub, patch("replace", "/parentId", &root))).await;
        assert_eq!((&moved["path"], &moved["parentId"]), (&json!("/subpets"), &json!(root)));
        let found = world.ok("GetResource", json!({"restApiId": api, "resourceId": deep})).await;
        assert_eq!(found["path"], "/subpets/pets");
    }

    #[tokio::test]
    async fn what_would_break_the_tree_is_refused() {
        let Tree { world, api, root, pets, sub, deep } = tree().await;
        for (resource, patch, code, message) in [
            (
                &deep,
                patch("replace", "/parentId", &root),
                "ConflictException",
                "Another resource with the same parent already has this name: pets",
            ),
            (&pets, patch("replace", "/parentId", &sub), "BadRequestException", "Resources cannot be cyclical."),
            (
                &pets,
                patch("replace", "/parentId", "fake"),
                "NotFoundException",
                "Invalid Resource identifier specified",
            ),
            (
                &root,
                patch("replace", "/pathPart", "x"),
                "BadRequestException",
                "Root resource cannot update its pathPart.",
            ),
            (
                &root,
                patch("replace", "/parentId", &sub),
                "BadRequestException",
                "Root resource cannot update its parentId.",
            ),
            (
                &pets,
                patch("remove", "/pathPart", ""),
                "BadRequestException",
                "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
            ),
        ] {
            let refusal = world.refused("UpdateResource", input(&api, resource, patch)).await;
            assert_eq!(refusal, (code.to_owned(), message.to_owned()));
        }
    }

    #[tokio::test]
    async fn a_list_with_one_bad_operation_changes_nothing() {
        let Tree { world, api, pets, .. } = tree().await;
        let list = json!({"patchOperations": [
            {"op": "replace", "path": "/pathPart", "value": "dogs"},
            {"op": "replace", "path": "/parentId", "value": "fake"},
        ]});
        world.refused("UpdateResource", input(&api, &pets, list)).await;
        let found = world.ok("GetResource", json!({"restApiId": api, "resourceId": pets})).await;
        assert_eq!(found["path"], "/pets");
    }
}
