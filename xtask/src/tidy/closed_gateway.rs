//! Rule: the gateway reads the snapshot and nothing else, so it cannot name where configuration lives.

use super::metadata::Kind;
use super::{Finding, Workspace};

/// What the gateway must not know. Its `operation` dependency is the `DataPlane` port it implements.
const FORBIDDEN: &[&str] = &[
    "model",
    "store-resources",
    "store-sqlite",
    "store-postgres",
    "wire",
    "wire-derive",
    "compiler",
    "apigateway",
    "sts",
    "cloudtrail",
    "installation",
];

/// Checks the gateway's manifest.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let gateways = workspace.metadata.packages.iter().filter(|package| package.name == "gateway");
    gateways
        .flat_map(|package| {
            let used =
                package.uses.iter().filter(|(name, kind)| *kind == Kind::Normal && FORBIDDEN.contains(&name.as_str()));
            used.map(|(name, _)| {
                Finding::new(&package.manifest, 1, format!("`gateway` must not know `{name}`: it reads the snapshot"))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateway_may_not_open_the_store() {
        let findings = check(&Workspace::of_packages(&[("gateway", &["snapshot", "operation", "store-resources"])]));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].message.contains("`store-resources`"));
    }

    #[test]
    fn others_may() {
        assert_eq!(check(&Workspace::of_packages(&[("control", &["store-resources"])])), []);
    }
}
