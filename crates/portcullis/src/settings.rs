//! A node's settings: the command line before the environment before `portcullis.toml` before the defaults.

pub(crate) mod functions;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base::{AccountId, Region};
use clap::Args;
use operation::AccountThrottle;
use serde::Deserialize;

/// What may be set, in any of the places; unset stays `None`.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Options {
    /// Read settings from this file [default: ./portcullis.toml where it exists].
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,
    /// Where everything is kept [default: ./portcullis-data].
    #[arg(long, env = "PORTCULLIS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Where the AWS APIs answer [default: 127.0.0.1:4566]; plain HTTP on loopback, TLS elsewhere. Port 0 picks one.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) admin: Option<SocketAddr>,
    /// Where APIs answer over HTTPS [default: 127.0.0.1:8443]. Port 0 picks one.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) gateway: Option<SocketAddr>,
    /// Where APIs answer over plain HTTP too; not at all unless given.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) plain_http: Option<SocketAddr>,
    /// The one region of this installation [default: us-east-1].
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<Region>,
    /// The first account [default: 000000000000].
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<AccountId>,
    /// The DNS suffix of API hosts [default: localhost].
    #[arg(long, value_name = "SUFFIX")]
    pub(crate) zone: Option<String>,
    /// `sqlite` (in the data directory) or a `postgres://` URL [default: sqlite].
    #[arg(long, env = "PORTCULLIS_STORE", value_name = "STORE", hide_env_values = true)]
    pub(crate) store: Option<String>,
    /// Where the master key is [default: DIR/master.key, made at first start].
    #[arg(long, env = "PORTCULLIS_MASTER_KEY_FROM", value_name = "FILE|env:NAME")]
    pub(crate) master_key: Option<String>,
    /// How long the last snapshot is served while the store is away, in seconds; 0 for ever [default: 3600].
    #[arg(long, value_name = "SECONDS")]
    pub(crate) stale_max: Option<u64>,
    /// Addresses upstreams must not have: `no-loopback`, `no-private`, or address ranges, separated by commas.
    #[arg(long, value_name = "RULES")]
    pub(crate) egress: Option<String>,
    /// A root certificate in PEM that upstreams may use besides the system's.
    #[arg(long, value_name = "FILE")]
    pub(crate) upstream_ca: Option<PathBuf>,
    /// Days that logs and decision records are kept [default: 7].
    #[arg(long, value_name = "DAYS")]
    pub(crate) records_days: Option<u32>,
    /// Bytes that logs and decision records may take [default: 1073741824].
    #[arg(long, value_name = "BYTES")]
    pub(crate) records_bytes: Option<u64>,
    /// Threads for API traffic: `shared`, or a number of threads with a runtime each [default: one per core].
    #[arg(long, value_name = "shared|N")]
    pub(crate) workers: Option<String>,
    /// Requests a second that each account may send to its APIs, all together [default: 10000].
    #[arg(long, value_name = "RATE")]
    pub(crate) account_rate: Option<f64>,
    /// Requests that each account may send at once [default: 5000].
    #[arg(long, value_name = "N")]
    pub(crate) account_burst: Option<u32>,
    /// How long running requests may take after SIGTERM, in seconds [default: 30].
    #[arg(long, value_name = "SECONDS")]
    pub(crate) drain: Option<u64>,
    /// Run functions even where this machine cannot keep them apart; `portcullis doctor` says what is missing.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub(crate) unisolated_functions: Option<bool>,
    /// Where addresses are: a MaxMind database of countries (or cities) for geo match rules.
    #[arg(long, value_name = "FILE")]
    pub(crate) geo_database: Option<PathBuf>,
    /// Whose networks addresses belong to: a MaxMind database for ASN match rules.
    #[arg(long, value_name = "FILE")]
    pub(crate) asn_database: Option<PathBuf>,
    /// `[address-lists]`: files of addresses for managed rule groups about reputation; only in the file.
    #[arg(skip)]
    #[serde(default)]
    pub(crate) address_lists: BTreeMap<String, PathBuf>,
    /// `[functions.NAME]`: functions of this node's own; only in the file.
    #[arg(skip)]
    #[serde(default)]
    pub(crate) functions: BTreeMap<String, functions::Section>,
}

/// A node's settings, read and checked.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) data_dir: PathBuf,
    pub(crate) admin: SocketAddr,
    pub(crate) gateway: SocketAddr,
    pub(crate) plain_http: Option<SocketAddr>,
    pub(crate) region: Region,
    pub(crate) account: AccountId,
    pub(crate) zone: String,
    pub(crate) store: Store,
    pub(crate) master_key: Option<String>,
    pub(crate) stale_max: Option<Duration>,
    pub(crate) egress: String,
    pub(crate) upstream_ca: Option<PathBuf>,
    pub(crate) records_days: u32,
    pub(crate) records_bytes: u64,
    pub(crate) workers: Workers,
    pub(crate) throttle: AccountThrottle,
    pub(crate) drain: Duration,
    pub(crate) unisolated_functions: bool,
    pub(crate) geo_database: Option<PathBuf>,
    pub(crate) asn_database: Option<PathBuf>,
    pub(crate) address_lists: BTreeMap<String, PathBuf>,
    pub(crate) functions: BTreeMap<String, functions::Configured>,
}

/// Which store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Store {
    /// Embedded, in the data directory.
    Sqlite,
    /// A PostgreSQL URL.
    Postgres(String),
}

/// How API traffic is spread over threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workers {
    /// One runtime with work stealing.
    Shared,
    /// So many threads, each with a runtime and an upstream pool of its own.
    PerCore(usize),
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{} is not a valid configuration: {source}", path.display())]
    Malformed { path: PathBuf, source: Box<toml::de::Error> },
    #[error("`{0}` is not a store; give `sqlite` or a postgres:// URL")]
    Store(String),
    #[error("`{0}` is not a number of workers; give `shared` or a number from 1 to 256")]
    Workers(String),
    #[error("`{0}` is not a rate; give a positive number of requests a second")]
    AccountRate(f64),
    #[error("an account that may send nothing at once may send nothing; give a burst of 1 or more")]
    AccountBurst,
    #[error("`{0}` is not a DNS suffix")]
    Zone(String),
    #[error(transparent)]
    Function(#[from] functions::FunctionError),
}

const FILE: &str = "portcullis.toml";
const RECORDS_BYTES: u64 = 1 << 30;

impl Settings {
    /// Joins the command line (which has read the environment) with the file and the defaults.
    pub(crate) fn read(given: Options) -> Result<Self, SettingsError> {
        let path = given.config.clone().unwrap_or_else(|| FILE.into());
        let file = match &given.config {
            Some(path) => read_file(path)?,
            None if Path::new(FILE).exists() => read_file(Path::new(FILE))?,
            None => Options::default(),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let zone = given.zone.or(file.zone).unwrap_or_else(|| "localhost".to_owned());
        Ok(Self {
            data_dir: given.data_dir.or(file.data_dir).unwrap_or_else(|| "./portcullis-data".into()),
            admin: given.admin.or(file.admin).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 4566))),
            gateway: given.gateway.or(file.gateway).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8443))),
            plain_http: given.plain_http.or(file.plain_http),
            region: given.region.or(file.region).unwrap_or_else(default_region),
            account: given.account.or(file.account).unwrap_or_else(default_account),
            zone: check_zone(zone)?,
            store: store(given.store.or(file.store).as_deref())?,
            master_key: given.master_key.or(file.master_key),
            stale_max: match given.stale_max.or(file.stale_max).unwrap_or(3600) {
                0 => None,
                seconds => Some(Duration::from_secs(seconds)),
            },
            egress: given.egress.or(file.egress).unwrap_or_default(),
            upstream_ca: given.upstream_ca.or(file.upstream_ca),
            records_days: given.records_days.or(file.records_days).unwrap_or(7),
            records_bytes: given.records_bytes.or(file.records_bytes).unwrap_or(RECORDS_BYTES),
            workers: workers(given.workers.or(file.workers), cores)?,
            throttle: throttle(given.account_rate.or(file.account_rate), given.account_burst.or(file.account_burst))?,
            drain: Duration::from_secs(given.drain.or(file.drain).unwrap_or(30)),
            unisolated_functions: given.unisolated_functions.or(file.unisolated_functions).unwrap_or_default(),
            geo_database: given.geo_database.or(file.geo_database),
            asn_database: given.asn_database.or(file.asn_database),
            address_lists: file.address_lists,
            functions: functions::read(file.functions, path.parent().unwrap_or(Path::new("")))?,
        })
    }
}

fn default_region() -> Region {
    Region::parse("us-east-1").expect("a region")
}

fn default_account() -> AccountId {
    AccountId::parse("000000000000").expect("twelve digits")
}

fn read_file(path: &Path) -> Result<Options, SettingsError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| SettingsError::Unreadable { path: path.into(), source })?;
    toml::from_str(&text).map_err(|source| SettingsError::Malformed { path: path.into(), source: Box::new(source) })
}

fn store(given: Option<&str>) -> Result<Store, SettingsError> {
    match given {
        None | Some("sqlite") => Ok(Store::Sqlite),
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Ok(Store::Postgres(url.to_owned()))
        }
        // A mistyped URL may hold a password: only its beginning is shown.
        Some(other) => Err(SettingsError::Store(other.chars().take(16).collect())),
    }
}

fn workers(given: Option<String>, cores: usize) -> Result<Workers, SettingsError> {
    match given {
        None => Ok(Workers::PerCore(cores)),
        Some(text) if text == "shared" => Ok(Workers::Shared),
        Some(text) => match text.parse() {
            Ok(count @ 1..=256) => Ok(Workers::PerCore(count)),
            Ok(_) | Err(_) => Err(SettingsError::Workers(text)),
        },
    }
}

fn throttle(rate: Option<f64>, burst: Option<u32>) -> Result<AccountThrottle, SettingsError> {
    let defaults = AccountThrottle::default();
    let rate = rate.unwrap_or(defaults.rate);
    if !rate.is_finite() || rate <= 0.0 {
        return Err(SettingsError::AccountRate(rate));
    }
    match burst.unwrap_or(defaults.burst) {
        0 => Err(SettingsError::AccountBurst),
        burst => Ok(AccountThrottle { rate, burst }),
    }
}

fn check_zone(zone: String) -> Result<String, SettingsError> {
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if zone.len() <= 200 && zone.split('.').all(label) {
        Ok(zone.to_ascii_lowercase())
    } else {
        Err(SettingsError::Zone(zone))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_store_is_sqlite_or_a_postgres_url_and_a_typo_shows_no_password() {
        assert_eq!(store(None).expect("default"), Store::Sqlite);
        assert!(matches!(store(Some("postgres://a:b@c/d")), Ok(Store::Postgres(_))));
        let fault = store(Some("postgre://user:hunter2@db/x")).expect_err("a typo");
        assert!(!fault.to_string().contains("hunter2"));
    }

    #[test]
    fn a_zone_is_made_of_labels() {
        for (zone, good) in
            [("localhost", true), ("apis.example.com", true), ("a..b", false), ("", false), ("a b", false)]
        {
            assert_eq!(check_zone(zone.to_owned()).is_ok(), good, "{zone}");
        }
    }

    #[test]
    fn an_account_may_send_something() {
        assert_eq!(throttle(None, None).expect("the defaults"), AccountThrottle { rate: 10_000.0, burst: 5_000 });
        assert_eq!(throttle(Some(0.5), Some(1)).expect("little"), AccountThrottle { rate: 0.5, burst: 1 });
        for (rate, burst) in [(0.0, 1), (-1.0, 1), (f64::NAN, 1), (f64::INFINITY, 1), (1.0, 0)] {
            assert!(throttle(Some(rate), Some(burst)).is_err(), "{rate} {burst}");
        }
    }

    #[test]
    fn a_file_with_an_unknown_setting_is_refused() {
        assert!(toml::from_str::<Options>("gatway = \"127.0.0.1:1\"").is_err());
        let options: Options = toml::from_str("region = \"eu-west-1\"\nadmin = \"127.0.0.1:0\"").expect("good");
        assert_eq!(options.region.expect("given").as_str(), "eu-west-1");
    }

    proptest! {
        #[test]
        fn any_setting_is_read_or_refused(text in "\\PC{0,80}", name in "(zone|store|workers|region|admin|egress) = ") {
            let _ = toml::from_str::<Options>(&text);
            let _ = toml::from_str::<Options>(&format!("{name}{text:?}"));
            let _ = (store(Some(&text)), workers(Some(text.clone()), 2), check_zone(text));
        }
    }
}
