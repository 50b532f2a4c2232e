//! Rule: the steps have one order: in `steps/mod.rs`, in the `Step` enum, and where `journey.rs` calls them.

use super::tree::File;
use super::{Finding, Workspace};

const STEPS: &str = "crates/gateway/src/steps/mod.rs";
const JOURNEY: &str = "crates/gateway/src/journey.rs";

/// Compares the three; a checkout without a journey has nothing to compare.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let (Some(steps), Some(journey)) = (workspace.tree.get(STEPS), workspace.tree.get(JOURNEY)) else {
        return Vec::new();
    };
    let modules = modules(steps);
    let mut findings = Vec::new();
    match step_enum(workspace) {
        Some((file, line, variants)) => {
            let names: Vec<String> = variants.iter().map(|variant| snake(variant)).collect();
            if names != modules {
                let message = format!("`Step` is {}, but {STEPS} is {}", names.join(" "), modules.join(" "));
                findings.push(Finding::new(&file.path, line, message));
            }
        }
        None => findings.push(Finding::new(STEPS, 1, "no `enum Step` in the gateway")),
    }
    let mut called = calls(&journey.text, &modules);
    // The last step runs when the answer has left, so the journey only hands its evidence over.
    if let Some(last) = modules.last()
        && journey.text.contains(&format!("steps::{last}::"))
        && !called.contains(last)
    {
        called.push(last.clone());
    }
    if called != modules {
        let message = format!("calls {}, but {STEPS} is {}", called.join(" "), modules.join(" "));
        findings.push(Finding::new(JOURNEY, 1, message));
    }
    findings
}

/// The modules that `steps/mod.rs` declares.
fn modules(steps: &File) -> Vec<String> {
    let name = |line: &str| {
        let line = line.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ").trim_start_matches("pub ");
        line.strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
    };
    steps.text.lines().filter_map(name).collect()
}

/// The one `enum Step` of the gateway: its file, line and variants.
fn step_enum(workspace: &Workspace) -> Option<(&File, usize, Vec<String>)> {
    let ours = |file: &&File| file.path.starts_with("crates/gateway/src/");
    workspace.tree.rust().filter(ours).find_map(|file| {
        let (line, _) = file.lines().find(|(_, text)| text.trim_end().ends_with("enum Step {"))?;
        let body = file.text.lines().skip(line).take_while(|text| text.trim() != "}");
        let variants = body.map(str::trim).filter(|text| text.starts_with(char::is_uppercase));
        Some((file, line, variants.map(|text| text.trim_end_matches(',').to_owned()).collect()))
    })
}

/// The steps in the order in which the journey's first function reaches them, through the functions it calls.
fn calls(text: &str, modules: &[String]) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).fold(String::new(), join);
    let functions = functions(code.split("#[cfg(test)]").next().unwrap_or_default());
    let mut called = Vec::new();
    if let Some((name, _)) = functions.first() {
        follow(name, &functions, modules, &mut Vec::new(), &mut called);
    }
    called
}

fn follow<'a>(
    name: &'a str,
    functions: &'a [(String, String)],
    modules: &[String],
    seen: &mut Vec<&'a str>,
    called: &mut Vec<String>,
) {
    let Some((name, body)) = functions.iter().find(|(other, _)| other == name) else { return };
    if seen.contains(&name.as_str()) {
        return;
    }
    seen.push(name);
    for (at, word) in words(body) {
        let rest = &body[at + word.len()..];
        if rest.starts_with("::") && modules.iter().any(|module| module == word) {
            if !called.iter().any(|module| module == word) {
                called.push(word.to_owned());
            }
        } else if rest.starts_with('(')
            && let Some((function, _)) = functions.iter().find(|(function, _)| function == word)
        {
            follow(function, functions, modules, seen, called);
        }
    }
}

/// Each function's name and what stands between it and the next one.
fn functions(code: &str) -> Vec<(String, String)> {
    let starts: Vec<usize> = words(code).filter(|(_, word)| *word == "fn").map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([code.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| {
            let text = &code[start + "fn".len()..end];
            let (at, name) = words(text).next()?;
            Some((name.to_owned(), text[at + name.len()..].to_owned()))
        })
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let part = |character: char| character.is_alphanumeric() || character == '_';
    text.split(move |character| !part(character))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

fn join(mut text: String, line: &str) -> String {
    text.push_str(line);
    text.push('\n');
    text
}

fn snake(variant: &str) -> String {
    let mut name = String::new();
    for character in variant.chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(character.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOURNEY_TEXT: &str = "//! The journey.\npub async fn serve() {\n    let located = locate::find();\n    let answer = \
        travel(located).await;\n    record::close(answer)\n}\n\nasync fn travel() {\n    // record::nothing yet\n    \
        let admitted = network::admit();\n    route::find(admitted)\n}\n";

    fn check(enumeration: &str, modules: &str, journey: &str) -> Vec<String> {
        let modules: Vec<String> = modules.split(' ').map(|name| format!("pub(crate) mod {name};\n")).collect();
        let modules = modules.concat();
        let variants: Vec<String> =
            enumeration.split(' ').map(|name| format!("    /// Words.\n    {name},\n")).collect();
        let variants = variants.concat();
        let files = [
            (STEPS, format!("//! The steps.\n{modules}")),
            (JOURNEY, journey.to_owned()),
            ("crates/gateway/src/trail.rs", format!("//! The trail.\npub enum Step {{\n{variants}}}\n")),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        super::check(&Workspace::of_files(&files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn three_equal_orders_pass_through_function_calls() {
        assert_eq!(check("Locate Network Route Record", "locate network route record", JOURNEY_TEXT), [""; 0]);
    }

    #[test]
    fn the_last_step_may_be_left_to_its_evidence() {
        let journey = JOURNEY_TEXT.replace("    record::close(answer)\n", "    recording.follow(answer)\n");
        assert_eq!(check("Locate Network Route Record", "locate network route record", &journey).len(), 1);
        let journey = format!("use crate::steps::record::Recording;\n{journey}");
        assert_eq!(check("Locate Network Route Record", "locate network route record", &journey), [""; 0]);
    }

    #[test]
    fn a_step_that_is_called_out_of_order_is_found() {
        let findings = check("Network Locate Route Record", "network locate route record", JOURNEY_TEXT);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].contains("calls locate network route record"), "{findings:?}");
    }

    #[test]
    fn a_step_that_the_journey_skips_is_found() {
        let findings =
            check("Locate Network Firewall Route Record", "locate network firewall route record", JOURNEY_TEXT);
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn an_enum_in_another_order_is_found() {
        assert_eq!(check("Locate Route Network Record", "locate network route record", JOURNEY_TEXT).len(), 1);
    }
}
