//! Public attacks, read where they lie: the regression tests of the OWASP Core Rule Set, and libinjection's.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::encode::{Disguise, put};
use super::random::Random;
use super::wire::{Place, Sample, Wire};

/// Where public test data lies, unless `PORTCULLIS_VECTORS` says otherwise.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors");

/// The rules that the Core Rule Set applies as it is delivered, at its paranoia level 1. Tests of stricter rules hold words and
/// signs that stand in harmless requests as well.
const DEFAULT_RULES: &[u64] = &[
    930_100, 930_110, 930_120, 930_130, 931_100, 931_110, 931_120, 932_120, 932_125, 932_130, 932_140, 932_160,
    932_170, 932_171, 932_175, 932_180, 932_230, 932_235, 932_250, 932_260, 932_270, 932_280, 932_330, 932_370,
    932_380, 933_100, 933_110, 933_120, 933_130, 933_140, 933_150, 933_160, 933_170, 933_180, 933_200, 933_210,
    934_100, 934_110, 934_130, 934_150, 934_160, 934_170, 941_100, 941_110, 941_130, 941_140, 941_160, 941_170,
    941_180, 941_190, 941_200, 941_210, 941_220, 941_230, 941_240, 941_250, 941_260, 941_270, 941_280, 941_290,
    941_300, 941_310, 941_350, 941_360, 941_370, 941_390, 941_400, 941_410, 942_100, 942_140, 942_151, 942_160,
    942_170, 942_190, 942_220, 942_230, 942_240, 942_250, 942_270, 942_280, 942_290, 942_320, 942_350, 942_360,
    942_500, 942_540, 942_550, 942_560, 944_100, 944_110, 944_120, 944_130, 944_140, 944_150,
];

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    test_id: u64,
    stages: Vec<Stage>,
}

#[derive(Deserialize)]
struct Stage {
    input: Input,
    #[serde(default)]
    output: Output,
}

#[derive(Deserialize)]
struct Input {
    method: Option<String>,
    uri: Option<String>,
    data: Option<String>,
    encoded_request: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
struct Output {
    #[serde(default)]
    log: Log,
}

#[derive(Default, Deserialize)]
struct Log {
    #[serde(default)]
    expect_ids: Vec<u64>,
}

/// The folder, if it is there.
pub fn folder() -> Option<PathBuf> {
    let path = std::env::var_os("PORTCULLIS_VECTORS").map_or_else(|| PathBuf::from(FOLDER), PathBuf::from);
    path.is_dir().then_some(path)
}

/// The Core Rule Set's tests are parted by what they are called, whatever they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// What our rules miss of these was read when they were mended.
    Seen,
    /// Nobody looked at these: what is found of them is what is found of the unknown.
    HeldOut,
}

impl Half {
    /// FNV-1a of the file's and the test's name, and of it a bit that all of it has a part in.
    fn of(file: &str, test: u64) -> Half {
        let sum = format!("{file}-{test}")
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        if (sum ^ (sum >> 32)).count_ones().is_multiple_of(2) { Half::Seen } else { Half::HeldOut }
    }
}

/// Requests that a rule of the Core Rule Set is expected to find as it is delivered: one half of them.
pub fn core_rule_set(folder: &Path, half: Half) -> io::Result<Vec<Sample>> {
    let classes = [
        ("REQUEST-930-APPLICATION-ATTACK-LFI", "CRS 930 local files"),
        ("REQUEST-931-APPLICATION-ATTACK-RFI", "CRS 931 remote files"),
        ("REQUEST-932-APPLICATION-ATTACK-RCE", "CRS 932 commands"),
        ("REQUEST-933-APPLICATION-ATTACK-PHP", "CRS 933 PHP"),
        ("REQUEST-934-APPLICATION-ATTACK-GENERIC", "CRS 934 code"),
        ("REQUEST-941-APPLICATION-ATTACK-XSS", "CRS 941 scripting"),
        ("REQUEST-942-APPLICATION-ATTACK-SQLI", "CRS 942 SQL"),
        ("REQUEST-944-APPLICATION-ATTACK-JAVA", "CRS 944 Java"),
    ];
    let mut samples = Vec::new();
    for (name, class) in classes {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder.join("crs/tests/regression/tests").join(name))?
            .flatten()
            .map(|entry| entry.path())
            .collect();
        paths.sort();
        for path in paths {
            let file: File = serde_saphyr::from_str(&fs::read_to_string(&path)?)
                .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let tests = file.tests.into_iter().filter(|test| Half::of(&name, test.test_id) == half);
            let stages = tests.flat_map(|test| test.stages);
            let found = stages.filter(|stage| stage.output.log.expect_ids.iter().any(|id| DEFAULT_RULES.contains(id)));
            samples.extend(found.filter_map(|stage| sample(class, &stage.input)));
        }
    }
    Ok(samples)
}

fn sample(class: &'static str, input: &Input) -> Option<Sample> {
    // A request as one block of base64 is about the protocol, not about what it carries.
    if input.encoded_request.is_some() {
        return None;
    }
    let uri = input.uri.as_deref().unwrap_or("/");
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let body = input.data.clone().unwrap_or_default();
    let mut headers: Vec<(String, String)> =
        input.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    // They name the loopback host, which is no part of the attack.
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case("host"));
    headers.push(("Host".to_owned(), "shop.example.com".to_owned()));
    let method = input.method.clone().unwrap_or_else(|| "GET".to_owned());
    let header = |wanted: &str| {
        headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.as_str())
    };
    let kind = header("content-type").unwrap_or_default();
    let place = match () {
        () if body.len() > 2 && kind.contains("json") => Place::Json,
        () if body.len() > 2 && kind.contains("multipart") => Place::Multipart,
        () if body.len() > 2 && (kind.contains("urlencoded") || kind.is_empty()) => Place::Form,
        () if body.len() > 2 => Place::Raw,
        () if query.len() > 2 => Place::Query,
        () if header("cookie").is_some() => Place::Cookie,
        () if path.trim_matches('/').len() > 8 => Place::Path,
        () => Place::Header,
    };
    let payload = if body.is_empty() { uri.to_owned() } else { body.clone() };
    let wire = Wire { method, path: path.to_owned(), query: query.to_owned(), headers, body: body.into_bytes() };
    Some(Sample { class, place, payload, wire })
}

/// What libinjection's tests say is an injection, as an argument, in a form and in a document.
pub fn libinjection(folder: &Path) -> io::Result<Vec<Sample>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder.join("libinjection/tests"))?.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("test-sqli-")));
    paths.sort();
    let mut random = Random::new(3);
    let mut samples = Vec::new();
    for path in paths {
        let text = String::from_utf8_lossy(&fs::read(path)?).into_owned();
        let Some((_, rest)) = text.split_once("--INPUT--\n") else { continue };
        let Some((input, expected)) = rest.split_once("\n--EXPECTED--") else { continue };
        if expected.trim().is_empty() {
            continue;
        }
        for place in [Place::Query, Place::Form, Place::Json] {
            let wire = put(&mut random, place, input, Disguise::None);
            samples.push(Sample { class: "libinjection", place, payload: input.to_owned(), wire });
        }
    }
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_part_tests_into_two_halves_of_about_the_same_size() {
        let seen = (0..1000).filter(|test| Half::of("942100", *test) == Half::Seen).count();
        assert!((400..600).contains(&seen), "{seen}");
    }
}
