//! Rule: a crate uses crates of lower storeys only, never one of its own.

use super::metadata::Package;
use super::{Finding, Workspace};

/// The house, from the ground up. ARCHITECTURE.md draws it.
const STOREYS: &[&[&str]] = &[
    &["base"],
    &["model", "policy", "sigv4", "jwt", "waf"],
    &["store-resources", "store-records", "wire", "wire-derive", "egress"],
    &["snapshot", "issuers", "telemetry", "store-sqlite", "store-postgres"],
    &["operation", "compiler", "functions", "identity", "edge"],
    &["apigateway", "iam", "sts", "lambda", "wafv2", "cloudtrail", "installation"],
    &["control", "gateway"],
    &["portcullis"],
];

/// What stands beside the house: it looks at the product from outside.
const OUTSIDE: &[&str] = &["xtask", "tests", "benches"];

/// A proc-macro crate is part of the crate it serves.
const TWINS: &[(&str, &str)] = &[("wire", "wire-derive")];

/// Checks every edge between our crates.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.metadata.packages.iter().flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<Finding> {
    if OUTSIDE.contains(&package.name.as_str()) {
        return Vec::new();
    }
    let Some(own) = storey(&package.name) else {
        let message = format!("`{}` has no storey; give it one in xtask/src/tidy/storeys.rs", package.name);
        return vec![Finding::new(&package.manifest, 1, message)];
    };
    // A crate's own tests may turn on one of its features.
    let twin = |name: &str| name == package.name || TWINS.contains(&(package.name.as_str(), name));
    let wrong = package.uses.iter().filter(|(name, _)| !twin(name) && storey(name).is_none_or(|used| used >= own));
    wrong
        .map(|(name, _)| {
            let place = storey(name).map_or("no storey".to_owned(), |storey| format!("storey {storey}"));
            let message = format!("`{}` (storey {own}) must not use `{name}` ({place})", package.name);
            Finding::new(&package.manifest, 1, message)
        })
        .collect()
}

fn storey(name: &str) -> Option<usize> {
    STOREYS.iter().position(|storey| storey.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(package: &str, uses: &[&str]) -> Vec<String> {
        let findings = super::check(&Workspace::of_packages(&[(package, uses)]));
        findings.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn lower_storeys_and_twins_may_be_used() {
        assert_eq!(check("control", &["base", "apigateway", "dev:policy"]), [""; 0]);
        assert_eq!(check("wire", &["base", "wire-derive"]), [""; 0]);
        assert_eq!(check("tests", &["portcullis"]), [""; 0]);
        assert_eq!(check("sts", &["dev:sts"]), [""; 0]);
    }

    #[test]
    fn services_never_use_each_other_even_in_tests() {
        let message = "`cloudtrail` (storey 5) must not use `sts` (storey 5)";
        assert_eq!(check("cloudtrail", &["sts"]), [message]);
        assert_eq!(check("cloudtrail", &["dev:sts"]), [message]);
    }

    #[test]
    fn upper_storeys_and_strangers_are_refused() {
        assert_eq!(check("base", &["model"]), ["`base` (storey 0) must not use `model` (storey 1)"]);
        assert_eq!(check("model", &["xtask"]), ["`model` (storey 1) must not use `xtask` (no storey)"]);
        assert!(check("newcomer", &[])[0].contains("has no storey"));
    }
}
