//! Gathers what an import must tell: errors that refuse the document, warnings that only note.

use std::fmt::Write as _;

use crate::error::Error;

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    errors: Vec<String>,
    warnings: Vec<String>,
}

/// More lines than anybody reads; the rest is counted.
const LINES_MAX: usize = 100;

impl Report {
    /// Something that refuses the document.
    pub(crate) fn error(&mut self, what: impl Into<String>) {
        self.errors.push(what.into());
    }

    /// Something that is left out.
    pub(crate) fn warn(&mut self, what: impl Into<String>) {
        self.warnings.push(what.into());
    }

    /// The warnings, unless there are errors, or warnings are errors.
    pub(crate) fn finish(self, fail_on_warnings: bool) -> Result<Vec<String>, Error> {
        if !self.errors.is_empty() {
            return Err(Error::bad_request(lines("Errors found during import:", &self.errors)));
        }
        if fail_on_warnings && !self.warnings.is_empty() {
            return Err(Error::bad_request(lines("Warnings found during import:", &self.warnings)));
        }
        Ok(self.warnings)
    }
}

fn lines(title: &str, found: &[String]) -> String {
    let mut text = title.to_owned();
    for line in found.iter().take(LINES_MAX) {
        text.push_str("\n\t");
        text.push_str(line);
    }
    if found.len() > LINES_MAX {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n\tand {} more", found.len() - LINES_MAX);
    }
    text
}
