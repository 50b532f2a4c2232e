//! Rule: nothing that deny.toml bans is built, also not through another dependency.

use super::{Finding, Workspace};

/// Compares the list with what cargo builds. The lock file would say too much: it also names what no feature turns on.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let Some(rules) = workspace.tree.get("deny.toml") else { return Vec::new() };
    let bans: Vec<_> = rules.lines().filter_map(|(number, line)| Some((number, ban(line)?))).collect();
    if bans.is_empty() {
        return vec![Finding::new("deny.toml", 1, "bans nothing; the rule has lost its list")];
    }
    let built = |name: &str| workspace.metadata.built.iter().any(|built| built == name);
    bans.into_iter()
        .filter(|(_, (name, _))| built(name))
        .map(|(number, (name, reason))| {
            let message = format!("`{name}` is built (`cargo tree -i {name}` says why): {reason}");
            Finding::new("deny.toml", number, message)
        })
        .collect()
}

/// Reads `{ crate = "ring", reason = "…" },`.
fn ban(line: &str) -> Option<(&str, &str)> {
    let name = quoted_after(line, "crate = ").filter(|_| line.trim_start().starts_with('{'))?;
    Some((name, quoted_after(line, "reason = ")?))
}

fn quoted_after<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.split_once(key)?.1.strip_prefix('"')?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "deny = [\n  { crate = \"ring\", reason = \"a second library\" },\n]\n";

    fn check(rules: &str, built: &[&str]) -> Vec<String> {
        let mut workspace = Workspace::of_files(&[("deny.toml", rules)]);
        workspace.metadata.built = built.iter().map(ToString::to_string).collect();
        super::check(&workspace).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_banned_crate_is_found_with_its_reason() {
        let finding = "deny.toml:2: `ring` is built (`cargo tree -i ring` says why): a second library";
        assert_eq!(check(RULES, &["serde", "ring"]), [finding]);
    }

    #[test]
    fn a_name_that_only_contains_it_is_not_banned() {
        assert_eq!(check(RULES, &["string"]), [""; 0]);
    }

    #[test]
    fn an_empty_list_is_a_finding() {
        assert_eq!(check("[bans]\n", &[]).len(), 1);
    }
}
