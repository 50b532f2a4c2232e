//! An API's tree of resources: who may stand under whom, and what paths they have.

use base::id::ResourceId;
use model::apigateway::Resource;

use super::path_part::{self, PathPart};
use crate::error::Error;

/// Whether a resource of this segment may stand under `parent`, among `all` resources; `moving` is itself, when it is
/// there already. Answers its path.
pub(crate) fn place(
    all: &[Resource],
    parent: &Resource,
    part: &str,
    moving: Option<&ResourceId>,
) -> Result<String, Error> {
    let kind = path_part::parse(part)?;
    if parent.path_part.ends_with("+}") {
        let greedy = &parent.path_part;
        return Err(Error::bad_request(format!(
            "Cannot create a child of a resource with a greedy path variable: {greedy}"
        )));
    }
    let has_children = |id| all.iter().any(|resource| resource.parent_id.as_ref() == Some(id));
    if matches!(kind, PathPart::Greedy(_)) && moving.is_some_and(has_children) {
        return Err(Error::bad_request(format!(
            "Cannot create a child of a resource with a greedy path variable: {part}"
        )));
    }
    let is_sibling = |other: &&Resource| other.parent_id.as_ref() == Some(&parent.id) && Some(&other.id) != moving;
    for sibling in all.iter().filter(is_sibling) {
        let name = &sibling.path_part;
        if name == part {
            return Err(Error::conflict(format!(
                "Another resource with the same parent already has this name: {part}"
            )));
        }
        if !matches!(kind, PathPart::Text(_)) && name.starts_with('{') {
            return Err(Error::bad_request(format!(
                "A sibling ({name}) of this resource already has a variable path part -- only one is allowed"
            )));
        }
    }
    Ok(join(&parent.path, part))
}

/// The path of a segment under a parent.
pub(crate) fn join(parent: &str, part: &str) -> String {
    if parent == "/" { format!("/{part}") } else { format!("{parent}/{part}") }
}

/// A resource and everything under it, parents before children.
pub(crate) fn branch<'a>(all: &'a [Resource], top: &'a Resource) -> Vec<&'a Resource> {
    let mut branch = vec![top];
    let mut next = 0;
    while let Some(parent) = branch.get(next).map(|resource| &resource.id) {
        branch.extend(all.iter().filter(|resource| resource.parent_id.as_ref() == Some(parent)));
        next += 1;
    }
    branch
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use base::id::RestApiId;

    use super::*;

    fn id(text: &str) -> ResourceId {
        ResourceId::parse(text).expect("a good id")
    }

    fn resource(name: &str, parent: Option<&str>, path: &str) -> Resource {
        Resource {
            rest_api_id: RestApiId::parse("api").expect("a good id"),
            id: id(name),
            parent_id: parent.map(id),
            path_part: path.rsplit('/').next().unwrap_or_default().to_owned(),
            path: path.to_owned(),
            methods: BTreeMap::new(),
        }
    }

    fn tree() -> Vec<Resource> {
        vec![
            resource("root", None, "/"),
            resource("pets", Some("root"), "/pets"),
            resource("pet", Some("pets"), "/pets/{id}"),
            resource("rest", Some("root"), "/{proxy+}"),
        ]
    }

    #[test]
    fn a_resource_stands_only_where_the_router_can_tell_it_apart() {
        let sibling = |name| {
            format!("A sibling ({name}) of this resource already has a variable path part -- only one is allowed")
        };
        let greedy = |name| format!("Cannot create a child of a resource with a greedy path variable: {name}");
        for (parent, part, expected) in [
            (0, "dogs", Ok("/dogs".to_owned())),
            (1, "list", Ok("/pets/list".to_owned())),
            (2, "{proxy+}", Ok("/pets/{id}/{proxy+}".to_owned())),
            (0, "pets", Err("Another resource with the same parent already has this name: pets".to_owned())),
            (0, "{any}", Err(sibling("{proxy+}"))),
            (1, "{name}", Err(sibling("{id}"))),
            (1, "{rest+}", Err(sibling("{id}"))),
            (3, "deeper", Err(greedy("{proxy+}"))),
        ] {
            let all = tree();
            let found = place(&all, &all[parent], part, None).map_err(|error| error.to_string());
            assert_eq!(found, expected, "{part}");
        }
    }

    #[test]
    fn a_resource_may_keep_its_own_name_but_not_turn_greedy_above_children() {
        let all = tree();
        assert!(place(&all, &all[0], "pets", Some(&all[1].id)).is_ok());
        assert!(place(&all[..3], &all[0], "{pets+}", Some(&all[1].id)).is_err());
    }

    #[test]
    fn a_branch_is_a_resource_with_everything_below() {
        let all = tree();
        let names = |top: &Resource| branch(&all, top).iter().map(|one| one.id.to_string()).collect::<Vec<_>>();
        assert_eq!(names(&all[1]), ["pets", "pet"]);
        assert_eq!(names(&all[0]).len(), 4);
    }
}
