//! `portcullis doctor`: checks the installation, and says of everything it finds what to do about it.

use std::process::ExitCode;

use base::Clock as _;
use base::clock::SystemClock;
use serde_json::{Value, json};

use super::Stop;
use crate::cli::{AnswerFormat, AskArgs};
use crate::client::{AskError, Client};
use crate::data_dir::DataDir;

/// How one check came out.
enum Check {
    Good(String),
    Bad { what: String, remedy: String },
}

pub(super) async fn run(ask: AskArgs) -> Result<ExitCode, Stop> {
    let dir = DataDir::at(&ask.node.dir.data_dir);
    let mut checks = vec![master_key(&dir, ask.node.master_key.as_deref())];
    match Client::of(&ask.node) {
        Ok(client) => checks.extend(node(&client).await),
        Err(fault) => checks.push(away(&fault)),
    }
    match ask.format {
        AnswerFormat::Text => checks.iter().for_each(print),
        AnswerFormat::Json => println!("{:#}", json!({ "Checks": checks.iter().map(data).collect::<Vec<_>>() })),
    }
    let healthy = checks.iter().all(|check| matches!(check, Check::Good(_)));
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(check: &Check) {
    match check {
        Check::Good(what) => println!("ok    {what}"),
        Check::Bad { what, remedy } => println!("FAIL  {what}\n      {remedy}"),
    }
}

fn data(check: &Check) -> Value {
    match check {
        Check::Good(what) => json!({ "Good": true, "What": what }),
        Check::Bad { what, remedy } => json!({ "Good": false, "What": what, "Remedy": remedy }),
    }
}

fn master_key(dir: &DataDir, from: Option<&str>) -> Check {
    match dir.master_key(from).and_then(|key| dir.root_key(&key)) {
        Ok(root) => {
            Check::Good(format!("the master key opens the root key {} of account {}", root.access_key_id, root.account))
        }
        Err(fault) => Check::Bad {
            what: fault.to_string(),
            remedy: "Give --master-key as `portcullis serve` gets it.".to_owned(),
        },
    }
}

fn away(fault: &AskError) -> Check {
    Check::Bad {
        what: fault.to_string(),
        remedy: "Start it with `portcullis serve`, and look at what it prints.".to_owned(),
    }
}

async fn node(client: &Client) -> Vec<Check> {
    let status = match client.portcullis("DescribeStatus", &json!({})).await {
        Ok(status) => status,
        Err(fault) => return vec![away(&fault)],
    };
    let mut checks = vec![revision(&status), clock(&status)];
    let dropped = |name: &str| status["Dropped"][name].as_u64().unwrap_or(0);
    checks.push(match (dropped("LogLines"), dropped("Trails")) {
        (0, 0) => Check::Good("no log line and no decision record was dropped".to_owned()),
        (lines, trails) => Check::Bad {
            what: format!("{lines} log lines and {trails} decision records were dropped since the start"),
            remedy: "The records store is slower than the traffic; give it a faster disk, or log less.".to_owned(),
        },
    });
    checks.push(match dropped("Events") {
        0 => Check::Good("no asynchronous event was given up".to_owned()),
        events => Check::Bad {
            what: format!("{events} asynchronous events were given up since the start"),
            remedy: "Their functions failed three times, or could not run for hours; look at the node's own log."
                .to_owned(),
        },
    });
    checks.extend(stale(&status["StaleFiles"]));
    checks.extend(isolation(&status["FunctionIsolation"]));
    let findings = status["Findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    if findings.is_empty() {
        checks.push(Check::Good("everything that is deployed is served".to_owned()));
    }
    checks.extend(findings.iter().map(|finding| Check::Bad {
        what: format!("{} is closed: {}", text(finding, "Unit"), text(finding, "Why")),
        remedy: text(finding, "Remedy").to_owned(),
    }));
    checks
}

/// Files of the operator's that changed and cannot be used as they are now.
fn stale(found: &Value) -> Vec<Check> {
    let files = found.as_array().map(Vec::as_slice).unwrap_or_default();
    let check = |file: &Value| Check::Bad {
        what: format!(
            "{} is out of date, its last good content still counts: {}",
            text(file, "What"),
            text(file, "Why")
        ),
        remedy: "Mend the file; it is read again within seconds.".to_owned(),
    };
    files.iter().map(check).collect()
}

/// What keeps functions apart: every wall that does not stand, and whether the operator has waived them.
fn isolation(found: &Value) -> Vec<Check> {
    let walls = found["Walls"].as_array().map(Vec::as_slice).unwrap_or_default();
    let missing = walls.iter().filter(|wall| wall["Stands"] != true);
    let mut checks: Vec<Check> = missing
        .map(|wall| Check::Bad {
            what: format!("functions have no {}: {}", text(wall, "Name"), text(wall, "Detail")),
            remedy: text(wall, "Remedy").to_owned(),
        })
        .collect();
    if found["Waived"] == true {
        checks.push(Check::Bad {
            what: "functions run UNISOLATED where this machine cannot keep them apart (--unisolated-functions)"
                .to_owned(),
            remedy: "Start the node without it, unless all functions are trusted like the node itself.".to_owned(),
        });
    } else if checks.is_empty() {
        checks.push(Check::Good("functions are kept apart by everything this program knows".to_owned()));
    }
    checks
}

fn revision(status: &Value) -> Check {
    let (served, stored) = (status["ServedRevision"].as_u64(), status["StoredRevision"].as_u64());
    match (served, stored) {
        (Some(served), Some(stored)) if served >= stored => {
            Check::Good(format!("the node serves revision {served}, the newest"))
        }
        (Some(served), Some(stored)) => Check::Bad {
            what: format!("the node serves revision {served}, the store holds {stored}"),
            remedy: "It should follow within a second; look at the node's own log.".to_owned(),
        },
        (_, _) => Check::Bad {
            what: "the resources store does not answer".to_owned(),
            remedy: "The node serves its last snapshot until --stale-max; bring the store back.".to_owned(),
        },
    }
}

/// Signatures are refused beyond five minutes of skew; a clock that is a minute off is worth a word.
fn clock(status: &Value) -> Check {
    let started = status["StartTime"].as_f64().unwrap_or(0.0);
    let uptime = status["UptimeSeconds"].as_f64().unwrap_or(0.0);
    let here = SystemClock::new().now().as_millisecond() as f64 / 1000.0;
    let skew = (here - started - uptime).abs();
    if skew < 60.0 {
        Check::Good("the node's clock agrees with this machine's".to_owned())
    } else {
        Check::Bad {
            what: format!("the node's clock differs from this machine's by {skew:.0} s"),
            remedy: "Set both by NTP; signatures are refused beyond 300 s.".to_owned(),
        }
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_used_is_told_with_its_reason() {
        let file = json!({ "What": "the address list `ddos` /etc/ddos.txt", "Why": "it is no text", "Since": 0 });
        let checks = stale(&json!([file]));
        let what = checks.iter().map(|check| data(check)["What"].as_str().unwrap_or_default().to_owned());
        let expected =
            "the address list `ddos` /etc/ddos.txt is out of date, its last good content still counts: it is no text";
        assert_eq!(what.collect::<Vec<_>>(), [expected]);
        assert!(checks.iter().all(|check| data(check)["Good"] == false));
        assert!(stale(&json!([])).is_empty());
    }

    #[test]
    fn a_missing_wall_and_a_waiver_are_told_with_what_to_do() {
        let found = |waived: bool, stands: bool| {
            let wall = json!({ "Name": "Landlock", "Stands": stands, "Detail": "none", "Remedy": "a newer kernel" });
            let checks = isolation(&json!({ "Waived": waived, "Walls": [wall] }));
            checks.iter().map(|check| data(check)["What"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found(false, true), ["functions are kept apart by everything this program knows"]);
        assert_eq!(found(false, false), ["functions have no Landlock: none"]);
        assert!(found(true, false).iter().any(|what| what.contains("UNISOLATED")));
        assert!(found(true, true).iter().any(|what| what.contains("UNISOLATED")));
    }
}
