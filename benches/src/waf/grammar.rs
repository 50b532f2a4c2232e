//! Small grammars: templates whose `‹names›` stand for one of several alternatives, which may hold names themselves.

use super::random::Random;

/// Names and what each may become.
pub type Rules<'a> = [(&'a str, &'a [&'a str])];

/// As many names may be replaced within one another.
const DEPTH_MAX: usize = 8;

/// One sentence of a grammar.
pub fn expand(random: &mut Random, template: &str, rules: &Rules<'_>) -> String {
    let mut text = String::new();
    expand_into(random, template, rules, 0, &mut text);
    text
}

fn expand_into(random: &mut Random, template: &str, rules: &Rules<'_>, depth: usize, text: &mut String) {
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('‹') {
        text.push_str(before);
        let Some((name, behind)) = behind.split_once('›') else {
            rest = behind;
            break;
        };
        rest = behind;
        match name {
            "n" => text.push_str(&random.between(1, 9999).to_string()),
            "d" => text.push_str(&random.between(1, 9).to_string()),
            "hex" => text.push_str(&random.hex(8)),
            "uuid" => text.push_str(&random.uuid()),
            "base64" => {
                let length = random.between(6, 30) * 4;
                text.push_str(&random.base64(length));
            }
            _ => {
                let found = rules.iter().find(|(known, _)| *known == name);
                let alternatives = found.map(|(_, alternatives)| *alternatives);
                assert!(alternatives.is_some() && depth < DEPTH_MAX, "no rule `{name}` in a grammar");
                if let Some(alternatives) = alternatives {
                    let chosen = random.pick(alternatives);
                    expand_into(random, chosen, rules, depth + 1, text);
                }
            }
        }
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_one_of_their_alternatives() {
        let rules: &Rules<'_> = &[("who", &["‹name›"]), ("name", &["Ada"])];
        assert_eq!(expand(&mut Random::new(1), "Hello ‹who›, {x} ${y}", rules), "Hello Ada, {x} ${y}");
    }
}
