//! `portcullis logs`: lines of access and execution logs and of web ACLs' logs, of the past and as they come.

use std::process::ExitCode;
use std::time::Duration;

use base::Clock as _;
use base::clock::SystemClock;
use serde_json::{Value, json};

use super::Stop;
use crate::cli::{AnswerFormat, LogKind, LogsArgs};
use crate::client::Client;

/// Lines a node hands out at a time.
const PAGE_MAX: usize = 10_000;
/// How often new lines are asked for. A line can be read within five seconds of its request.
const FOLLOW_PAUSE: Duration = Duration::from_millis(500);

pub(super) async fn run(args: LogsArgs) -> Result<ExitCode, Stop> {
    let client = Client::of(&args.ask.node)?;
    let clock = SystemClock::new();
    let since = duration(&args.since)?;
    let start = clock.now().checked_sub(since).map_err(|_| Stop::Usage(format!("`{}` is too long ago", args.since)))?;
    let mut input = json!({
        "StreamPrefixes": prefixes(&args),
        "StartTime": start.as_millisecond() as f64 / 1000.0,
    });
    if let Some(filter) = &args.filter {
        input["FilterText"] = json!(filter);
    }
    let mut left = args.limit as usize;
    loop {
        // While following, whatever comes is printed.
        let page = if args.follow { PAGE_MAX } else { left.min(PAGE_MAX) };
        input["Limit"] = json!(page);
        let page = client.portcullis("FilterRecords", &input).await?;
        let records = page["Records"].as_array().map(Vec::as_slice).unwrap_or_default();
        for record in records {
            print(record, args.ask.format);
        }
        left = left.saturating_sub(records.len());
        input["NextToken"] = page["NextToken"].clone();
        let more = page["More"].as_bool().unwrap_or(false);
        if !args.follow && (!more || left == 0) {
            return Ok(ExitCode::SUCCESS);
        }
        if !more {
            clock.sleep(FOLLOW_PAUSE).await;
        }
    }
}

fn prefixes(args: &LogsArgs) -> Vec<String> {
    let behind = match (&args.api, &args.stage) {
        (Some(api), Some(stage)) => format!("{api}/{stage}"),
        (Some(api), None) => api.clone(),
        (None, _) => String::new(),
    };
    let (access, execution) = (format!("access/{behind}"), format!("execution/{behind}"));
    let waf = format!("waf/{}", args.acl.as_deref().unwrap_or_default());
    match args.kind {
        LogKind::Waf => vec![waf],
        // Who asks for a web ACL's log, and for nothing else, means it alone.
        LogKind::All if args.acl.is_some() => vec![waf],
        LogKind::Function => vec![format!("function/{}", args.function.as_deref().unwrap_or_default())],
        // A web ACL's log is no API's.
        LogKind::All if args.api.is_some() => vec![access, execution],
        LogKind::All => vec![access, execution, waf],
        LogKind::Access => vec![access],
        LogKind::Execution => vec![execution],
    }
}

fn print(record: &Value, format: AnswerFormat) {
    match format {
        AnswerFormat::Json => println!("{record}"),
        AnswerFormat::Text => println!("{}", record["Line"].as_str().unwrap_or_default()),
    }
}

/// Reads `90s`, `10m`, `2h` or `7d`.
fn duration(text: &str) -> Result<Duration, Stop> {
    let wrong = || Stop::Usage(format!("`{text}` is no duration; write 90s, 10m, 2h or 7d"));
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, seconds) in
            [("90s", Some(90)), ("10m", Some(600)), ("7d", Some(604_800)), ("7", None), ("", None), ("é", None)]
        {
            assert_eq!(duration(text).ok().map(|found| found.as_secs()), seconds, "{text}");
        }
    }
}
