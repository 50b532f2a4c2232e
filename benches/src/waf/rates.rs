//! How many attacks are blocked, and how many harmless requests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use waf::WebAcl;

use super::acl::{self, Blocked, GROUPS, THREE};
use super::wire::Sample;

/// As many examples of a class are shown.
const EXAMPLES: usize = 3;
const EXAMPLE_CHARACTERS_MAX: usize = 110;

/// Blocked, of how many.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    blocked: usize,
    all: usize,
}

impl Share {
    fn add(&mut self, blocked: bool) {
        self.all += 1;
        self.blocked += usize::from(blocked);
    }

    fn percent(self) -> String {
        format!("{:.2} %", 100.0 * self.blocked as f64 / self.all.max(1) as f64)
    }
}

/// What one web ACL says of all samples.
fn verdicts(acl: &WebAcl, samples: &[Sample]) -> Vec<Option<Blocked>> {
    samples.iter().map(|sample| acl::judge(acl, &sample.wire)).collect()
}

/// Whether what is missed is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misses {
    /// A few of each class.
    Shown,
    /// None: nobody shall read them and mend rules by them.
    Hidden,
}

/// Tables of attacks by class and by place, and what is missed.
pub fn attacks(title: &str, samples: &[Sample], misses: Misses) -> String {
    let verdicts = verdicts(&acl::of_groups(&GROUPS), samples);
    let (mut classes, mut places) = (BTreeMap::<_, Share>::new(), BTreeMap::<_, Share>::new());
    let (mut inputs, mut all) = (Share::default(), Share::default());
    for (sample, verdict) in samples.iter().zip(&verdicts) {
        classes.entry(sample.class).or_default().add(verdict.is_some());
        places.entry(sample.place).or_default().add(verdict.is_some());
        all.add(verdict.is_some());
        if sample.place.is_input() {
            inputs.add(verdict.is_some());
        }
    }
    let mut text = format!(
        "**{title}: {} of {} attacks in arguments, bodies and cookies blocked; {} of {} everywhere.**\n\n",
        inputs.percent(),
        inputs.all,
        all.percent(),
        all.all
    );
    text.push_str("| class | attacks | blocked |\n|---|---|---|\n");
    for (class, share) in classes {
        let _ = writeln!(text, "| {class} | {} | {} |", share.all, share.percent());
    }
    text.push_str("\n| place | attacks | blocked |\n|---|---|---|\n");
    for (place, share) in places {
        let _ = writeln!(text, "| {} | {} | {} |", place.name(), share.all, share.percent());
    }
    if misses == Misses::Hidden {
        return text;
    }
    text.push_str("\nMissed, for example:\n\n");
    let missed = samples.iter().zip(&verdicts).filter(|(_, verdict)| verdict.is_none());
    text.push_str(&examples(
        missed.map(|(sample, _)| (sample.class, format!("{}: {}", sample.place.name(), sample.payload))),
    ));
    text
}

/// A table of harmless requests by class, for the three groups and for all nine, and what is blocked of them.
pub fn harmless(samples: &[Sample]) -> String {
    let three = verdicts(&acl::of_groups(&THREE), samples);
    let nine = verdicts(&acl::of_groups(&GROUPS), samples);
    let mut classes = BTreeMap::<_, (Share, Share)>::new();
    for ((sample, three), nine) in samples.iter().zip(&three).zip(&nine) {
        for class in [sample.class, "all"] {
            let shares = classes.entry(class).or_default();
            shares.0.add(three.is_some());
            shares.1.add(nine.is_some());
        }
    }
    let mut text =
        "| class | requests | blocked by Common, SQLi and KnownBadInputs | by all nine |\n|---|---|---|---|\n"
            .to_owned();
    for (class, (three, nine)) in classes {
        let _ = writeln!(text, "| {class} | {} | {} | {} |", three.all, three.percent(), nine.percent());
    }
    text.push_str("\nBlocked, for example:\n\n");
    let blocked = samples.iter().zip(&nine).filter(|(sample, _)| !sample.class.ends_with("never read"));
    let blocked = blocked.filter_map(|(sample, verdict)| Some((sample.class, verdict.as_ref()?)));
    text.push_str(&examples(blocked.map(|(class, verdict)| (class, format!("{}: {}", verdict.rule, verdict.matched)))));
    text
}

/// A table of each group by itself.
pub fn by_group(attacks: &[Sample], harmless: &[Sample]) -> String {
    let mut text = "| group | attacks blocked by it alone | harmless requests blocked |\n|---|---|---|\n".to_owned();
    for group in GROUPS {
        let acl = acl::of_groups(&[group]);
        let share = |samples: &[Sample]| {
            let blocked = verdicts(&acl, samples).iter().flatten().count();
            Share { blocked, all: samples.len() }
        };
        let (caught, wrong) = (share(attacks), share(harmless));
        let _ = writeln!(
            text,
            "| {group} | {} of {} | {} ({}) |",
            caught.blocked,
            caught.all,
            wrong.blocked,
            wrong.percent()
        );
    }
    text
}

fn examples(samples: impl Iterator<Item = (&'static str, String)>) -> String {
    let mut shown = BTreeMap::<&str, Vec<String>>::new();
    for (class, text) in samples {
        let examples = shown.entry(class).or_default();
        if examples.len() < EXAMPLES {
            examples.push(text);
        }
    }
    let mut text = String::new();
    for (class, examples) in shown {
        for example in examples {
            let visible: String = example.chars().map(|c| if c.is_control() || c == '`' { '·' } else { c }).collect();
            let short: String = visible.chars().take(EXAMPLE_CHARACTERS_MAX).collect();
            let _ = writeln!(text, "- {class}: `{short}`");
        }
    }
    if text.is_empty() { "- nothing\n".to_owned() } else { text }
}
