//! Injections: what reading a value for SQL injection and cross-site scripting takes, and the slowest of a million values.
//!
//! `--values N` writes N made values instead, each behind its length in four bytes (little-endian): what
//! `cargo run -p waf --example injections` reads, and any other detector that is to be compared.

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{self, BufWriter, Write as _};
use std::time::{Duration, Instant};

use benches::report;
use benches::waf::values::Maker;
use waf::injection::{Sensitivity, sqli, xss};

/// Samples of each value, short ones, so that few are disturbed by other work; the tenth part is quoted, behind which are
/// nine tenths that took longer.
const SAMPLES: usize = 301;
/// About so many bytes are read in one sample.
const BYTES_A_SAMPLE: usize = 1 << 14;
const MADE_VALUES: usize = 1_000_000;
/// What took longer is measured again.
const SLOW: Duration = Duration::from_micros(10);
/// The most of a body that a web ACL inspects.
const LONG: usize = 64 * 1024;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => measure(),
        ["--values", count] => write_values(count.parse().map_err(io::Error::other)?),
        _ => Err(io::Error::other("usage: injections [--values N]")),
    }
}

fn measure() -> io::Result<()> {
    let mut table = "| value | bytes | SQL, LOW | SQL, HIGH | XSS |\n|---|---|---|---|---|\n".to_owned();
    for (what, value) in ordinary() {
        let [low, high, html] = [Detector::Low, Detector::High, Detector::Xss].map(|detector| detector.time(&value));
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| {what} | {} | {low} ns | {high} ns | {html} ns |", value.len());
    }
    let mut worst = "| 64 KB of | SQL, LOW | SQL, HIGH | XSS |\n|---|---|---|---|\n".to_owned();
    for piece in LONGEST {
        let value: Vec<u8> = piece.bytes().cycle().take(LONG).collect();
        let [low, high, html] =
            [Detector::Low, Detector::High, Detector::Xss].map(|detector| detector.time(&value) as f64 / 1e6);
        let shown = piece.escape_debug().to_string().replace('|', "\\|").replace('`', "'");
        let _ = writeln!(worst, "| `{shown}` | {low:.3} ms | {high:.3} ms | {html:.3} ms |");
    }
    let about = "The time of one value on one core, in the quickest tenth of 301 samples. LOW is libinjection's answer; nothing \
                 allocates.";
    let made = made()?;
    let body = format!("{about}\n\n{table}\nValues that are made to be slow:\n\n{worst}\n{made}\n");
    report::section("injections", "What reading a value for injections costs", &body)
}

#[derive(Clone, Copy)]
enum Detector {
    Low,
    High,
    Xss,
}

impl Detector {
    fn finds(self, value: &[u8]) -> bool {
        match self {
            Detector::Low => sqli(value, Sensitivity::Low).is_some(),
            Detector::High => sqli(value, Sensitivity::High).is_some(),
            Detector::Xss => xss(value).is_some(),
        }
    }

    /// The time of one call, in nanoseconds.
    fn time(self, value: &[u8]) -> u128 {
        let calls = (BYTES_A_SAMPLE / value.len().max(1)).clamp(1, 200) as u32;
        let mut samples: Vec<Duration> = (0..SAMPLES)
            .map(|_| {
                let start = Instant::now();
                for _ in 0..calls {
                    black_box(self.finds(black_box(value)));
                }
                start.elapsed() / calls
            })
            .collect();
        samples.sort_unstable();
        samples[SAMPLES / 10].as_nanos()
    }
}

/// What requests hold.
fn ordinary() -> Vec<(&'static str, Vec<u8>)> {
    let sentence = "The quick brown fox jumps over the lazy dog, and it doesn't look back at all. ";
    let json = r#"{"id":4711,"name":"O'Neill","tags":["red","blue"],"price":12.50,"note":"in stock, ships today"},"#;
    let token = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.";
    let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
    let repeated = |text: &str, len: usize| text.bytes().cycle().take(len).collect::<Vec<u8>>();
    vec![
        ("a word", b"electronics".to_vec()),
        ("a number", b"1764439200".to_vec()),
        ("a UUID", b"550e8400-e29b-41d4-a716-446655440000".to_vec()),
        ("an address", b"jane.doe@example.com".to_vec()),
        ("a search", b"red running shoes size 42".to_vec()),
        ("a date", b"2026-11-29T18:00:00Z".to_vec()),
        ("an address of a page", b"https://shop.example.com/items/42?colour=red&size=42#reviews".to_vec()),
        ("a browser's name", agent.as_bytes().to_vec()),
        ("a token", repeated(token, 200)),
        ("a sentence", sentence.as_bytes().to_vec()),
        ("text, 1 KiB", repeated(sentence, 1_024)),
        ("JSON, 2 KiB", repeated(json, 2_048)),
        ("an attack, found", b"1' or '1'='1' -- ".to_vec()),
        ("an attack on a browser, found", b"<svg onload=alert(1)>".to_vec()),
    ]
}

/// What makes the most work when it is repeated.
const LONGEST: [&str; 24] = [
    "1,",
    "1+",
    "a.",
    "(",
    "1)-(",
    "\\%",
    "{a ",
    "; ",
    "''",
    "'",
    "\\'",
    "\"a' ",
    "$a$b",
    "/*",
    "-- x\n",
    "--x\n",
    "or 1 ",
    "union select a ",
    "(select ",
    "a=",
    "<a b=c ",
    "<!--",
    "<a href=&#x",
    "- \u{0}",
];

/// Judges a million made values; what they are is the same each time.
fn made() -> io::Result<String> {
    let mut maker = Maker::new();
    let (mut bytes, mut found, mut slowest, mut spent) = (0_usize, [0_usize; 3], Duration::ZERO, Duration::ZERO);
    let mut value = Vec::new();
    for _ in 0..MADE_VALUES {
        maker.make(&mut value);
        bytes += value.len();
        let (verdicts, mut took) = judge(&value);
        // Other work on the machine takes its turns; what is slow in itself is so each time.
        for _ in 0..if took > SLOW { 4 } else { 0 } {
            took = took.min(judge(&value).1);
        }
        (spent, slowest) = (spent + took, slowest.max(took));
        for (count, verdict) in found.iter_mut().zip(verdicts) {
            *count += usize::from(verdict);
        }
        if verdicts[0] && !verdicts[1] {
            return Err(io::Error::other("LOW finds what HIGH does not"));
        }
    }
    let [low, high, html] = found;
    Ok(format!(
        "{MADE_VALUES} made values of {} bytes each on average: {low} are SQL injections at LOW, {high} at HIGH, and {html} \
         are cross-site scripting; all three together take {} ns a value, and {} us for the slowest.",
        bytes / MADE_VALUES,
        spent.as_nanos() / MADE_VALUES as u128,
        slowest.as_micros(),
    ))
}

fn judge(value: &[u8]) -> ([bool; 3], Duration) {
    let start = Instant::now();
    let verdicts = [Detector::Low, Detector::High, Detector::Xss].map(|detector| detector.finds(black_box(value)));
    (verdicts, start.elapsed())
}

fn write_values(count: usize) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut maker = Maker::new();
    let mut value = Vec::new();
    for _ in 0..count {
        maker.make(&mut value);
        out.write_all(&(value.len() as u32).to_le_bytes())?;
        out.write_all(&value)?;
    }
    out.flush()
}
