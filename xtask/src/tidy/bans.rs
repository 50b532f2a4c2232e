//! Rule: nothing that deny.toml bans is built, also not through another dependency.

use super::{Finding, Workspace};

/// Compares the list with what cargo builds. The lock file would say too much: it also names what no feature turns on.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let Some(rules) = workspace.tree.get("deny.toml") else { return Vec::new() };
    let bans: Vec<_> = rules.lines().filter_map(|(number, line)| Some((number, ban(line)?))).collect();
    if bans.is_empty() {
        return vec![Finding::new("deny.toml", 1, "bans nothing; the rule has lost its list")];
    }
    let built = |ban: &Ban<'_>| {
        workspace.metadata.built.iter().any(|(name, user)| name == ban.name && !ban.wrappers.contains(&user.as_str()))
    };
    bans.into_iter()
        .filter(|(_, ban)| built(ban))
        .map(|(number, Ban { name, reason, .. })| {
            let message = format!("`{name}` is built (`cargo tree -i {name}` says why): {reason}");
            Finding::new("deny.toml", number, message)
        })
        .collect()
}

/// What is banned, why, and who may use it all the same.
struct Ban<'a> {
    name: &'a str,
    reason: &'a str,
    wrappers: Vec<&'a str>,
}

/// Reads `{ crate = "ring", wrappers = ["a"], reason = "…" },`.
fn ban(line: &str) -> Option<Ban<'_>> {
    let name = quoted_after(line, "crate = ").filter(|_| line.trim_start().starts_with('{'))?;
    let wrappers = line.split_once("wrappers = [").and_then(|(_, rest)| rest.split(']').next()).unwrap_or_default();
    let wrappers = wrappers.split('"').skip(1).step_by(2).collect();
    Some(Ban { name, reason: quoted_after(line, "reason = ")?, wrappers })
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
        let pair = |text: &&str| {
            text.split_once(" by ")
                .map_or(((*text).to_owned(), String::new()), |(name, user)| (name.to_owned(), user.to_owned()))
        };
        workspace.metadata.built = built.iter().map(pair).collect();
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
    fn only_those_named_may_use_it_all_the_same() {
        let rules = "deny = [\n  { crate = \"chrono\", wrappers = [\"oracle\", \"other\"], reason = \"a second calendar\" },\n]\n";
        assert_eq!(check(rules, &["chrono by oracle", "chrono by other"]), [""; 0]);
        assert_eq!(check(rules, &["chrono by oracle", "chrono by wire"]).len(), 1);
    }

    #[test]
    fn an_empty_list_is_a_finding() {
        assert_eq!(check("[bans]\n", &[]).len(), 1);
    }
}
