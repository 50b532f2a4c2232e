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

    fn join(&mut self, other: Share) {
        self.all += other.all;
        self.blocked += other.blocked;
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

/// How many attacks of a corpus are blocked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caught {
    /// Of arguments, bodies and cookies.
    inputs: Share,
    /// Everywhere.
    all: Share,
}

impl Caught {
    /// Of these samples.
    pub fn of(samples: &[Sample]) -> Caught {
        let mut caught = Caught::default();
        for (sample, verdict) in samples.iter().zip(verdicts(&acl::of_groups(&GROUPS), samples)) {
            caught.all.add(verdict.is_some());
            if sample.place.is_input() {
                caught.inputs.add(verdict.is_some());
            }
        }
        caught
    }
}

/// A row of a peer's: percent of arguments, bodies and cookies, and of everything.
pub type Peer = Option<(f64, f64)>;

/// A table of corpora, each with what is blocked of it here and by a peer, and of all of them together.
pub fn together(corpora: &[(&str, Caught, Peer)]) -> String {
    let mut text = "| attacks | in arguments, bodies and cookies | blocked | by ModSecurity | everywhere | blocked | by ModSecurity |\n\
                    |---|---|---|---|---|---|---|\n"
        .to_owned();
    let (mut sum, mut asked, mut of_peer) = (Caught::default(), Caught::default(), (0.0, 0.0));
    let mut row = |name: &str, caught: Caught, peer: Peer| {
        let shown = |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{share:.2} %"));
        let (inputs, all) = (shown(peer.map(|peer| peer.0)), shown(peer.map(|peer| peer.1)));
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {inputs} | {} | {} | {all} |",
            caught.inputs.all,
            caught.inputs.percent(),
            caught.all.all,
            caught.all.percent(),
        );
    };
    for (name, caught, peer) in corpora {
        row(name, *caught, *peer);
        sum.inputs.join(caught.inputs);
        sum.all.join(caught.all);
        if let Some((inputs, all)) = peer {
            asked.inputs.join(caught.inputs);
            asked.all.join(caught.all);
            of_peer.0 += inputs * caught.inputs.all as f64;
            of_peer.1 += all * caught.all.all as f64;
        }
    }
    row("together", sum, None);
    if asked.all.all > 0 {
        let peer = (of_peer.0 / asked.inputs.all.max(1) as f64, of_peer.1 / asked.all.all as f64);
        row("together, where the peer was asked", asked, Some(peer));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corpora_are_weighed_by_how_many_attacks_they_hold() {
        let share = |blocked, all| Share { blocked, all };
        let one = Caught { inputs: share(1, 1), all: share(1, 2) };
        let other = Caught { inputs: share(0, 3), all: share(2, 4) };
        let table =
            together(&[("one", one, Some((100.0, 50.0))), ("other", other, Some((0.0, 25.0))), ("third", one, None)]);
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(rows[2], "| third | 1 | 100.00 % | – | 2 | 50.00 % | – |");
        assert_eq!(rows[3], "| together | 5 | 40.00 % | – | 8 | 50.00 % | – |");
        assert_eq!(rows[4], "| together, where the peer was asked | 4 | 25.00 % | 25.00 % | 6 | 50.00 % | 33.33 % |");
        assert_eq!(together(&[("one", one, None)]).lines().count(), 4);
    }
}
