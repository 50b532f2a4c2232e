//! A web ACL's log: which requests it tells of, and one line of JSON for each, as AWS writes it.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html>

mod record;
mod escaped;
#[cfg(test)]
mod tests;

use snapshot::{LoggingCondition, LoggingFilter, WebAclLogging};

use super::case::Case;
use record::{Bounds, Record};

/// What a line may be long. Beyond it, it is written anew with everything in it cut: it is never left out.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Whether a request is logged: the first filter that fits says so, else the default.
pub(crate) fn wants(logging: &WebAclLogging, case: &Case<'_>) -> bool {
    let fitting = logging.filters.iter().find(|filter| fits(filter, case));
    fitting.map_or(logging.keep_others, |filter| filter.keep)
}

fn fits(filter: &LoggingFilter, case: &Case<'_>) -> bool {
    let holds = |condition: &LoggingCondition| match condition {
        LoggingCondition::Action(action) => took(case, action),
        LoggingCondition::Label(label) => case.judgement.labels.iter().any(|has| **has == **label),
    };
    if filter.all { filter.conditions.iter().all(holds) } else { filter.conditions.iter().any(holds) }
}

/// Whether something in the record has this action.
fn took(case: &Case<'_>, action: &str) -> bool {
    if action == EXCLUDED {
        return case.matched().any(|(_, matched)| matched.excluded);
    }
    case.action() == action || case.matched().any(|(_, matched)| !matched.excluded && matched.action == action)
}

/// What AWS calls a rule that its web ACL excludes by name.
pub(super) const EXCLUDED: &str = "EXCLUDED_AS_COUNT";

/// Writes the line of a request behind what is in `out`.
pub(crate) fn write(logging: &WebAclLogging, case: &Case<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    escaped::write(&Record::of(logging, case, Bounds::WHOLE), out, LINE_BYTES_MAX).unwrap_or_else(
        |escaped::TooLong| {
            out.truncate(start);
            // What is left is far below the bound of the store.
            let _ = escaped::write(&Record::of(logging, case, Bounds::CUT), out, usize::MAX);
        },
    );
}
