//! What a caller of FilterRecords asks for, checked.

use base::Timestamp;
use operation::ApiError;
use telemetry::stream::{ACCESS, EXECUTION, EXECUTION_LOG_GROUP, FUNCTION, WEB_ACL};

use super::Input;
use crate::refusal::{invalid, limit};

/// Prefixes of one query; each is a query of the store.
const PREFIXES_MAX: usize = 10;
/// A prefix holds an API's id and a stage's name.
const PREFIX_BYTES_MAX: usize = 256;
/// The text to look for.
const TEXT_BYTES_MAX: usize = 1_024;

const LIMIT_DEFAULT: i32 = 1_000;
const LIMIT_MAX: i32 = 10_000;

/// A checked query.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) prefixes: Vec<String>,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    text: Option<String>,
    pub(super) limit: usize,
}

impl Query {
    pub(super) fn read(input: &Input) -> Result<Self, ApiError> {
        if input.stream_prefixes.len() > PREFIXES_MAX {
            return Err(invalid(format!("StreamPrefixes holds at most {PREFIXES_MAX} prefixes.")));
        }
        let mut prefixes = input.stream_prefixes.iter().map(|prefix| stream(prefix)).collect::<Result<Vec<_>, _>>()?;
        if prefixes.is_empty() {
            prefixes = vec![ACCESS.to_owned(), EXECUTION.to_owned(), WEB_ACL.to_owned()];
        }
        let text = input.filter_text.clone().filter(|text| !text.is_empty());
        if text.as_ref().is_some_and(|text| text.len() > TEXT_BYTES_MAX) {
            return Err(invalid(format!("FilterText holds at most {TEXT_BYTES_MAX} bytes.")));
        }
        let (from, to) = (input.start_time.unwrap_or(Timestamp::MIN), input.end_time.unwrap_or(Timestamp::MAX));
        if from > to {
            return Err(invalid("StartTime must not be after EndTime."));
        }
        Ok(Self { prefixes, from, to, text, limit: limit(input.limit, LIMIT_DEFAULT, LIMIT_MAX)? })
    }

    /// What must be the same on every page, as text.
    pub(super) fn repeated(&self) -> String {
        serde_json::json!([self.prefixes, self.from, self.to, self.text]).to_string()
    }

    /// Whether a stream is meant: by a prefix that ends where one of the name's segments ends, so that the stage `prod`
    /// does not bring `production` along.
    pub(super) fn wants_stream(&self, name: &str) -> bool {
        let covers = |prefix: &String| {
            let rest = name.strip_prefix(prefix.as_str());
            rest.is_some_and(|rest| rest.is_empty() || prefix.ends_with('/') || rest.starts_with('/'))
        };
        self.prefixes.iter().any(covers)
    }

    /// Whether a line is meant.
    pub(super) fn wants_line(&self, time: Timestamp, line: &str) -> bool {
        self.from <= time && time <= self.to && self.text.as_ref().is_none_or(|text| line.contains(text.as_str()))
    }
}

/// The stream prefix in our own names.
// SECURITY: only logs can be named here. Trails hold what their owner reads through ExplainRequest.
fn stream(prefix: &str) -> Result<String, ApiError> {
    let own = match prefix.strip_prefix(EXECUTION_LOG_GROUP) {
        Some(rest) => format!("{EXECUTION}{rest}"),
        None => prefix.to_owned(),
    };
    let is_log = [ACCESS, EXECUTION, FUNCTION, WEB_ACL].iter().any(|known| own.starts_with(known));
    if !is_log || own.len() > PREFIX_BYTES_MAX || own.contains('\0') {
        return Err(invalid(format!(
            "A stream prefix begins with {ACCESS}, {EXECUTION}, {EXECUTION_LOG_GROUP}, {FUNCTION} or {WEB_ACL} and holds at most {PREFIX_BYTES_MAX} bytes."
        )));
    }
    Ok(own)
}
