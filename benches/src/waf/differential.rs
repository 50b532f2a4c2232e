//! Our detectors of injections beside libinjection itself, the C library: a million values, and where the two disagree.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, BufWriter, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use waf::injection::{Sensitivity, sqli, xss};

use super::random::Random;
use super::values::{Maker, mangled};
use super::{attacks, foreign};

/// Reads values and prints libinjection's answers.
const PEER: &str = include_str!("libinjection.py");
/// Of each of the two kinds of values.
const VALUES: usize = 600_000;
const SEED: u64 = 41;
const EXAMPLES: usize = 5;
const EXAMPLE_CHARACTERS_MAX: usize = 90;

/// What both say of the values, and every kind of difference. Takes a Python that has `libinjection-python`, which
/// `PORTCULLIS_PYTHON` names.
pub fn beside_libinjection() -> io::Result<String> {
    let values = values()?;
    let theirs = answers(&values)?;
    if theirs.len() != values.len() {
        return Err(io::Error::other("libinjection did not answer for every value"));
    }
    let mut counted = [[0_usize; 2]; 2];
    let mut differences = BTreeMap::<&str, Vec<String>>::new();
    for (value, (fingerprint, script)) in values.iter().zip(&theirs) {
        let ours = sqli(value, Sensitivity::Low).map_or_else(|| "-".to_owned(), |found| found.fingerprint.to_string());
        let our_script = xss(value).is_some();
        counted[0][0] += usize::from(ours != "-");
        counted[0][1] += usize::from(fingerprint != "-");
        counted[1][0] += usize::from(our_script);
        counted[1][1] += usize::from(*script);
        if ours != *fingerprint {
            let cause = sql_cause(value, &ours, fingerprint);
            differences
                .entry(cause)
                .or_default()
                .push(format!("{}` ours `{ours}`, theirs `{fingerprint}", shown(value)));
        }
        if our_script != *script {
            differences.entry(script_cause(value, our_script)).or_default().push(shown(value));
        }
    }
    let [sql, scripts] = counted;
    let mut text = format!(
        "{} values beside libinjection (the package `libinjection-python`, pinned in `tests/requirements.txt`): \
         {VALUES} made of pieces of SQL, HTML and texts, and as many attacks (ours and libinjection's own) after \
         one to four changes of their bytes; seed {SEED}. Compared are the fingerprint at sensitivity LOW and whether a \
         script is found.\n\n| | found here | found by libinjection |\n|---|---|---|\n| SQL injection | {} | {} |\n\
         | cross-site scripting | {} | {} |\n\n",
        values.len(),
        sql[0],
        sql[1],
        scripts[0],
        scripts[1]
    );
    text.push_str(&table(&differences));
    Ok(text)
}

/// How many differences there are of each kind, and some of them.
fn table(differences: &BTreeMap<&str, Vec<String>>) -> String {
    let mut text = String::new();
    text.push_str("| difference | values |\n|---|---|\n");
    for (cause, values) in differences {
        let _ = writeln!(text, "| {cause} | {} |", values.len());
    }
    if differences.is_empty() {
        text.push_str("| none | 0 |\n");
    }
    text.push('\n');
    for (cause, values) in differences {
        for value in values.iter().take(EXAMPLES) {
            let _ = writeln!(text, "- {cause}: `{value}`");
        }
    }
    text
}

/// A difference in what is SQL. The packaged release looks for the end of PostgreSQL's `$name$ … $name$` in front of its
/// beginning, which was repaired after it.
fn sql_cause(value: &[u8], ours: &str, theirs: &str) -> &'static str {
    let signs = value.split(|byte| *byte == b'$').count() - 1;
    match (ours, theirs) {
        (_, _) if signs >= 3 => "SQL with PostgreSQL's `$name$ … $name$`, which the packaged release misreads",
        (_, "-") => "SQL injection found here only",
        ("-", _) => "SQL injection found by libinjection only",
        (_, _) => "another fingerprint",
    }
}

/// A difference in what is a script. The packaged release knows few handlers of events, later ones all.
fn script_cause(value: &[u8], is_ours: bool) -> &'static str {
    let has_handler =
        value.windows(3).any(|window| window[..2].eq_ignore_ascii_case(b"on") && window[2].is_ascii_alphabetic());
    match (is_ours, has_handler) {
        (true, true) => "script in a handler of events that the packaged release does not know",
        (true, false) => "script found here only",
        (false, _) => "script found by libinjection only",
    }
}

fn values() -> io::Result<Vec<Vec<u8>>> {
    let mut values = Vec::with_capacity(2 * VALUES);
    let mut maker = Maker::new();
    for _ in 0..VALUES {
        let mut value = Vec::new();
        maker.make(&mut value);
        values.push(value);
    }
    let mut samples = attacks::all();
    if let Some(folder) = foreign::folder() {
        samples.extend(foreign::libinjection(&folder)?);
    }
    let attacks: Vec<&[u8]> = samples.iter().map(|sample| sample.payload.as_bytes()).collect();
    let mut random = Random::new(SEED);
    values.extend((0..VALUES).map(|_| mangled(&mut random, &attacks)));
    Ok(values)
}

/// libinjection's fingerprint and whether it finds a script, for each value.
fn answers(values: &[Vec<u8>]) -> io::Result<Vec<(String, bool)>> {
    let python = std::env::var_os("PORTCULLIS_PYTHON").unwrap_or_else(|| "python3".into());
    let mut peer = Command::new(python).args(["-c", PEER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (Some(stdin), Some(stdout)) = (peer.stdin.take(), peer.stdout.take()) else {
        return Err(io::Error::other("python has no input and output"));
    };
    let lines = thread::scope(|scope| {
        let writer = scope.spawn(move || {
            let mut stdin = BufWriter::new(stdin);
            for value in values {
                // A value is some hundred bytes long.
                stdin.write_all(&(value.len() as u32).to_le_bytes())?;
                stdin.write_all(value)?;
            }
            stdin.flush()
        });
        let lines = BufReader::new(stdout).lines().collect::<io::Result<Vec<String>>>();
        writer.join().map_err(|_| io::Error::other("the thread that writes ended early"))??;
        lines
    });
    let status = peer.wait()?;
    if !status.success() {
        return Err(io::Error::other("python cannot ask libinjection: install what tests/requirements.txt names"));
    }
    let read = |line: String| {
        let (fingerprint, script) = line.split_once('\t').ok_or_else(|| io::Error::other(line.clone()))?;
        Ok((fingerprint.to_owned(), script == "xss"))
    };
    lines?.into_iter().map(read).collect()
}

fn shown(value: &[u8]) -> String {
    let text: String = value.escape_ascii().to_string().replace('`', "´").replace('|', "¦");
    text.chars().take(EXAMPLE_CHARACTERS_MAX).collect()
}
