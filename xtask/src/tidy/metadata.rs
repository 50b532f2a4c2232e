//! Which of our crates uses which, as cargo tells it.

use std::path::Path;

use serde_json::Value;

use crate::{Failure, Outcome, workspace};

/// When a dependency is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// In the product.
    Normal,
    /// In tests and build scripts only.
    Aside,
}

/// One of our crates.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) name: String,
    /// Its manifest, from the root.
    pub(super) manifest: String,
    /// The crates of ours that it uses.
    pub(super) uses: Vec<(String, Kind)>,
}

/// All of our crates.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) packages: Vec<Package>,
    /// Everything that is built, ours and others': its name and the name of what uses it, empty for our own crates.
    pub(super) built: Vec<(String, String)>,
}

impl Metadata {
    /// Asks cargo.
    pub(super) fn read(root: &Path) -> Outcome<Metadata> {
        let document = ask(&["metadata", "--no-deps", "--format-version", "1"])?;
        let document: Value = serde_json::from_slice(&document)
            .map_err(|fault| Failure::new(format!("cannot read cargo's metadata: {fault}")))?;
        let tree = ask(&["tree", "--workspace", "--edges", "normal,build,dev", "--prefix", "depth"])?;
        let built = built(&String::from_utf8_lossy(&tree));
        Ok(Metadata { built, ..Metadata::parse(&document, root) })
    }

    fn parse(document: &Value, root: &Path) -> Metadata {
        let packages = document["packages"].as_array().into_iter().flatten();
        Metadata { packages: packages.map(|package| Package::parse(package, root)).collect(), built: Vec::new() }
    }

    /// Packages made up for a rule's test.
    #[cfg(test)]
    pub(super) fn of(packages: &[(&str, &[&str])]) -> Metadata {
        let used = |name: &&str| match name.strip_prefix("dev:") {
            Some(name) => (name.to_owned(), Kind::Aside),
            None => ((*name).to_owned(), Kind::Normal),
        };
        let package = |(name, uses): &(&str, &[&str])| Package {
            name: (*name).to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            uses: uses.iter().map(used).collect(),
        };
        Metadata { packages: packages.iter().map(package).collect(), built: Vec::new() }
    }
}

/// Reads `0base v0.1.0`, `1serde v1.0.0`: the depth stands right before the name.
fn built(tree: &str) -> Vec<(String, String)> {
    let mut above: Vec<&str> = Vec::new();
    let mut built = Vec::new();
    for line in tree.lines() {
        let start = line.find(|char: char| !char.is_ascii_digit()).unwrap_or(0);
        let (depth, rest) = line.split_at(start);
        let (Ok(depth), Some(name)) = (depth.parse::<usize>(), rest.split(' ').next()) else { continue };
        above.truncate(depth);
        built.push((name.to_owned(), above.last().copied().unwrap_or_default().to_owned()));
        above.push(name);
    }
    built.sort();
    built.dedup();
    built
}

fn ask(arguments: &[&str]) -> Outcome<Vec<u8>> {
    let answer = workspace::cargo().args(arguments).output();
    let answer = answer.map_err(|fault| Failure::new(format!("cannot run cargo: {fault}")))?;
    if answer.status.success() {
        return Ok(answer.stdout);
    }
    Err(Failure::new(String::from_utf8_lossy(&answer.stderr).trim().to_owned()))
}

impl Package {
    fn parse(package: &Value, root: &Path) -> Package {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let manifest = text(&package["manifest_path"]);
        let manifest = Path::new(&manifest).strip_prefix(root).unwrap_or(Path::new(&manifest));
        let ours = |used: &&Value| used["path"].is_string();
        let edge =
            |used: &Value| (text(&used["name"]), if used["kind"].is_null() { Kind::Normal } else { Kind::Aside });
        Package {
            name: text(&package["name"]),
            manifest: manifest.to_string_lossy().into_owned(),
            uses: package["dependencies"].as_array().into_iter().flatten().filter(ours).map(edge).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_built_is_known_with_what_uses_it() {
        let tree = "0base v0.1.0 (/a)\n1serde v1.0.0\n2serde_core v1.0.0\n1jiff v0.2.0 (*)\n\n0wire v0.1.0\n1serde v1.0.0 (*)\n";
        let expected = [
            ("base", ""),
            ("jiff", "base"),
            ("serde", "base"),
            ("serde", "wire"),
            ("serde_core", "serde"),
            ("wire", ""),
        ];
        assert_eq!(built(tree), expected.map(|(name, user)| (name.to_owned(), user.to_owned())));
    }

    #[test]
    fn only_path_dependencies_are_ours() {
        let document = json!({"packages": [{
            "name": "wire",
            "manifest_path": "/a/crates/wire/Cargo.toml",
            "dependencies": [
                {"name": "base", "path": "/a/crates/base", "kind": null},
                {"name": "sigv4", "path": "/a/crates/sigv4", "kind": "dev"},
                {"name": "serde", "kind": null},
            ],
        }]});
        let metadata = Metadata::parse(&document, Path::new("/a"));
        assert_eq!(metadata.packages[0].manifest, "crates/wire/Cargo.toml");
        let uses = [("base".to_owned(), Kind::Normal), ("sigv4".to_owned(), Kind::Aside)];
        assert_eq!(metadata.packages[0].uses, uses);
    }
}
