//! Comma-separated values, as far as files of API keys need them (RFC 4180): quoted fields, line ends inside quotes.

/// A row and the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) fields: Vec<String>,
}

/// What is wrong with the whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    /// A quoted field does not end.
    #[error("a quoted field that begins on line {0} does not end")]
    Unclosed(usize),
    /// Text stands behind a quoted field.
    #[error("line {0} has text behind a quoted field")]
    Behind(usize),
}

/// Cuts a text into rows; empty lines are none.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, Malformed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { rest: text, line: 1 };
    let mut rows = Vec::new();
    while !reader.rest.is_empty() {
        let line = reader.line;
        let fields = reader.row()?;
        if fields.iter().any(|field| !field.is_empty()) {
            rows.push(Row { line, fields });
        }
    }
    Ok(rows)
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
}

impl Reader<'_> {
    fn row(&mut self) -> Result<Vec<String>, Malformed> {
        let mut fields = Vec::new();
        loop {
            let trimmed = self.rest.trim_start_matches([' ', '\t']);
            let field = if let Some(quoted) = trimmed.strip_prefix('"') {
                self.rest = quoted;
                self.quoted()?
            } else {
                let end = self.rest.find([',', '\n', '\r']).unwrap_or(self.rest.len());
                let (field, rest) = self.rest.split_at(end);
                self.rest = rest;
                field.trim().to_owned()
            };
            fields.push(field);
            match self.rest.strip_prefix(',') {
                Some(rest) => self.rest = rest,
                None => break,
            }
        }
        self.end_of_line();
        Ok(fields)
    }

    fn end_of_line(&mut self) {
        let rest = self.rest.strip_prefix('\r').unwrap_or(self.rest);
        self.rest = rest.strip_prefix('\n').unwrap_or(rest);
        self.line += 1;
    }

    fn quoted(&mut self) -> Result<String, Malformed> {
        let (begins, mut field) = (self.line, String::new());
        loop {
            let end = self.rest.find('"').ok_or(Malformed::Unclosed(begins))?;
            field.push_str(&self.rest[..end]);
            self.line += self.rest[..end].matches('\n').count();
            self.rest = &self.rest[end + 1..];
            match self.rest.strip_prefix('"') {
                Some(rest) => {
                    field.push('"');
                    self.rest = rest;
                }
                None => break,
            }
        }
        self.rest = self.rest.trim_start_matches([' ', '\t']);
        if self.rest.is_empty() || self.rest.starts_with([',', '\n', '\r']) {
            Ok(field)
        } else {
            Err(Malformed::Behind(self.line))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_are_cut_at_commas_and_line_ends_outside_quotes() {
        let row = |line, fields: &[&str]| Row { line, fields: fields.iter().map(|one| (*one).to_owned()).collect() };
        for (text, expected) in [
            ("", vec![]),
            ("a,b\nc,d", vec![row(1, &["a", "b"]), row(2, &["c", "d"])]),
            ("\u{feff}a, b \r\n\r\nc,\r\n", vec![row(1, &["a", "b"]), row(3, &["c", ""])]),
            (r#""a,""b""", "c" ,d"#, vec![row(1, &["a,\"b\"", "c", "d"])]),
            ("\"a\nb\",c\nd", vec![row(1, &["a\nb", "c"]), row(3, &["d"])]),
            ("a\rb", vec![row(1, &["a"]), row(2, &["b"])]),
        ] {
            assert_eq!(rows(text), Ok(expected), "{text:?}");
        }
        assert_eq!(rows("x\n\"a,b"), Err(Malformed::Unclosed(2)));
        assert_eq!(rows("\"a\"b,c"), Err(Malformed::Behind(1)));
    }

    proptest! {
        #[test]
        fn any_text_is_rows_or_malformed(text in "([a-z,\"\r\n \t]|\\PC){0,80}") {
            if let Ok(rows) = rows(&text) {
                prop_assert!(rows.is_sorted_by(|one, two| one.line < two.line));
            }
        }

        #[test]
        fn what_is_quoted_comes_back(fields in proptest::collection::vec("[a-z,\"\r\n ]{1,12}", 1..5)) {
            let quoted: Vec<String> = fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
            let read = rows(&quoted.join(",")).expect("well formed");
            prop_assert_eq!(read.len(), 1);
            prop_assert_eq!(&read[0].fields, &fields);
        }
    }
}
