//! Phrases that attacks on databases are made of and that texts and programs hardly hold.

use super::high::Recent;
use super::kind::{Kind, Token};

/// The length of the phrase that the newest token completes, if it completes one.
pub(super) fn ending_here(recent: &Recent<'_>) -> Option<usize> {
    let newest = recent.back(0);
    match newest.kind {
        Kind::LeftParen => call(recent).or_else(|| statement(recent)),
        Kind::String => behind_string(recent),
        Kind::SqlType | Kind::Bareword | Kind::Keyword | Kind::Variable | Kind::Function | Kind::Expression => {
            let of_words = statement(recent).or_else(|| after_word(recent));
            of_words.or_else(|| union(recent)).or_else(|| subquery(recent))
        }
        Kind::Number | Kind::Operator => argument(recent).or_else(|| union(recent)),
        Kind::Comma => listed(recent),
        Kind::Tsql => statement(recent),
        Kind::RightParen | Kind::Group => subquery(recent),
        Kind::Evil => is_conditional_comment(newest).then_some(1),
        Kind::Union
        | Kind::Logic
        | Kind::Comment
        | Kind::Collate
        | Kind::LeftBrace
        | Kind::RightBrace
        | Kind::Dot
        | Kind::Colon
        | Kind::Semicolon
        | Kind::Unknown
        | Kind::Backslash => None,
    }
}

/// Whether a comment cuts off the rest behind `ORDER BY 10`: how the number of columns is probed.
pub(super) fn is_cut_off(recent: &Recent<'_>) -> bool {
    recent.back(0).kind == Kind::Number && recent.back(1).is("BY") && recent.back(2).is_any(&["ORDER", "GROUP"])
}

/// `UNION [ALL | DISTINCT] SELECT` with what a value of a row can be behind it.
fn union(recent: &Recent<'_>) -> Option<usize> {
    let newest = recent.back(0);
    if recent.back(1).kind != Kind::Expression {
        return None;
    }
    let is_value = match newest.kind {
        Kind::Number => true,
        Kind::Variable => newest.is("NULL") || newest.is("VERSION"),
        Kind::Operator => newest.text == b"*",
        _ => false,
    };
    if is_value { union_select(recent, 1).map(|len| len + 1) } else { None }
}

/// The length of a `UNION SELECT` whose last token passed so many before the newest.
fn union_select(recent: &Recent<'_>, last: usize) -> Option<usize> {
    if !recent.back(last).is("SELECT") {
        return None;
    }
    let before = |count: usize| recent.back(last + count);
    let skipped = usize::from(before(1).kind == Kind::LeftParen);
    let skipped = skipped + usize::from(before(skipped + 1).is_any(&["ALL", "DISTINCT"]));
    (before(skipped + 1).kind == Kind::Union).then_some(skipped + 2)
}

/// A function that attacks call, at the parenthesis behind its name.
fn call(recent: &Recent<'_>) -> Option<usize> {
    let (name, before) = (recent.back(1), recent.back(2));
    if matches!(name.kind, Kind::Function | Kind::Bareword) && name.is_any(&UNMISTAKABLE) {
        return Some(2);
    }
    // `UNION SELECT concat(…`, `UNION SELECT (…`.
    let union = union_select(recent, 1).map(|len| len + 1).or_else(|| union_select(recent, 2).map(|len| len + 2));
    if union.is_some() {
        return union;
    }
    // `substring(version(…`: what the database says of itself, letter for letter.
    // Behind a dot, the function is somebody's own.
    let is_told =
        before.kind == Kind::LeftParen && recent.back(3).kind == Kind::Function && recent.back(4).kind != Kind::Dot;
    if is_told && name.is_any(&["VERSION", "DATABASE", "SCHEMA", "USER", "CURRENT_USER", "SESSION_USER", "SYSTEM_USER"])
    {
        return Some(4);
    }
    // `; SELECT pg_sleep(…`, and not the `select(…)` of programs.
    (name.kind == Kind::Function && before.is("SELECT") && recent.back(3).kind == Kind::Semicolon).then_some(4)
}

/// Functions that wait, read and write files, run programs and leak what they read through errors. No other language
/// has them.
const UNMISTAKABLE: [&str; 21] = [
    "PG_SLEEP",
    "DBMS_LOCK.SLEEP",
    "USER_LOCK.SLEEP",
    "DBMS_PIPE.RECEIVE_MESSAGE",
    "RANDOMBLOB",
    "EXTRACTVALUE",
    "UPDATEXML",
    "GTID_SUBSET",
    "PG_READ_FILE",
    "PG_LS_DIR",
    "LO_IMPORT",
    "LO_EXPORT",
    "LOAD_EXTENSION",
    "SYS_EVAL",
    "SYS_EXEC",
    "UTL_HTTP.REQUEST",
    "UTL_INADDR.GET_HOST_ADDRESS",
    "UTL_INADDR.GET_HOST_NAME",
    "CTXSYS.DRITHSX.SN",
    "OPENROWSET",
    "FN_XE_FILE_TARGET_READ_FILE",
];

/// A number as the argument of a function that waits: `and sleep(5)`. Programs sleep too, but not in conditions.
fn argument(recent: &Recent<'_>) -> Option<usize> {
    let (name, before) = (recent.back(2), recent.back(3));
    if recent.back(0).kind != Kind::Number || recent.back(1).kind != Kind::LeftParen || name.kind != Kind::Function {
        return None;
    }
    if name.is("BENCHMARK") && before.kind != Kind::Dot || name.is("LOAD_FILE") {
        return Some(3);
    }
    if !name.is("SLEEP") {
        return None;
    }
    let is_condition = match before.kind {
        Kind::Logic | Kind::Expression | Kind::Group | Kind::Number | Kind::String => true,
        Kind::Operator => before.text != b"=" && before.text != b">",
        // `if(1=1,sleep(5),0)`, `select(sleep(5))`.
        Kind::Comma => recent.back(4).kind != Kind::Bareword,
        Kind::LeftParen => recent.back(4).is("SELECT"),
        _ => false,
    };
    is_condition.then_some(4)
}

/// `UNION SELECT name,`.
fn listed(recent: &Recent<'_>) -> Option<usize> {
    match recent.back(1).kind {
        Kind::Bareword | Kind::String | Kind::Variable => union_select(recent, 2).map(|len| len + 2),
        _ => None,
    }
}

/// What a string completes: a file, a delay, an operator or a function on JSON.
fn behind_string(recent: &Recent<'_>) -> Option<usize> {
    let (last, before) = (recent.back(1), recent.back(2));
    if matches!(last.kind, Kind::String | Kind::Comma | Kind::Colon) {
        return None;
    }
    let is_file = last.is_any(&["OUTFILE", "DUMPFILE"]) && before.is("INTO");
    let is_delay = last.is_any(&["DELAY", "TIME"]) && before.is("WAITFOR");
    if is_file || is_delay {
        return Some(3);
    }
    if last.kind == Kind::LeftParen && before.is("LOAD_FILE") {
        return Some(3);
    }
    // `json_extract('{"a":1}', …`: programs call them on what they have, attacks on what they bring.
    if last.kind == Kind::LeftParen && before.is_any(&ON_JSON) && looks_like_json(recent.back(0)) {
        return Some(3);
    }
    // `'{}' <@ '{"a":1}'` and `'{"a":1}' ? 'a'`.
    let is_contained = last.text == b"<@" && before.kind == Kind::String && looks_like_json(recent.back(0));
    if is_contained || last.text == b"?" && looks_like_json(before) {
        return Some(3);
    }
    // `'{"a":1}' @> '{}'`, whose `@` is read as a variable without a name, and `'{"a":1}' -> '$.a'`.
    let is_containing = last.text == b">" && before.kind == Kind::Variable && before.text.is_empty();
    let is_arrow = last.is_any(&[">", ">>"]) && before.text == b"-";
    ((is_containing || is_arrow) && looks_like_json(recent.back(3))).then_some(4)
}

const ON_JSON: [&str; 12] = [
    "JSON_EXTRACT",
    "JSON_VALUE",
    "JSON_QUERY",
    "JSON_LENGTH",
    "JSON_DEPTH",
    "JSON_KEYS",
    "JSON_TYPE",
    "JSON_VALID",
    "JSON_CONTAINS",
    "JSON_ARRAY_LENGTH",
    "JSON_UNQUOTE",
    "ISJSON",
];

fn looks_like_json(token: &Token<'_>) -> bool {
    token.kind == Kind::String && matches!(token.text.first(), Some(b'{' | b'['))
}

/// A statement behind a semicolon. One word is not enough: programs delete and select as well, and so do people.
fn statement(recent: &Recent<'_>) -> Option<usize> {
    let [newest, last, third, fourth, fifth] = [0, 1, 2, 3, 4].map(|count| recent.back(count));
    if ![third, fourth, fifth].iter().any(|token| token.kind == Kind::Semicolon) {
        return None;
    }
    let is_short = third.kind == Kind::Semicolon
        && (last.is_any(&["DROP", "ALTER", "TRUNCATE", "CREATE"])
            && newest.is_any(&["TABLE", "DATABASE", "SCHEMA", "PROCEDURE", "TRIGGER", "LOGIN"])
            || last.is_any(&["DECLARE", "SET", "EXEC", "EXECUTE"]) && newest.kind == Kind::Variable
            || last.is_any(&["EXEC", "EXECUTE"]) && is_procedure(newest)
            || last.is("LOAD") && newest.is("DATA"));
    if is_short {
        return Some(3);
    }
    let is_set = third.is("UPDATE") && newest.is("SET");
    let is_run = third.is_any(&["EXEC", "EXECUTE"]) && last.kind == Kind::LeftParen && newest.kind == Kind::Variable;
    if fourth.kind == Kind::Semicolon && (is_set || is_run) {
        return Some(4);
    }
    let is_long = fifth.kind == Kind::Semicolon
        && (fourth.is("DELETE") && third.is("FROM") && newest.is("WHERE")
            || fourth.is_any(&["INSERT", "REPLACE"])
                && third.is("INTO")
                && (newest.kind == Kind::LeftParen || newest.is_any(&["VALUES", "SELECT"])));
    is_long.then_some(5)
}

/// SQL Server's procedures, with or without the database before them.
fn is_procedure(token: &Token<'_>) -> bool {
    let starts =
        |start: &str| token.text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start.as_bytes()));
    starts("XP_") || starts("SP_") || starts("MASTER..") || starts("MASTER.DBO.")
}

/// What a word completes: a table of the database about itself, a type of JSON, a procedure that runs programs.
fn after_word(recent: &Recent<'_>) -> Option<usize> {
    let (last, newest) = (recent.back(1), recent.back(0));
    if last.kind == Kind::Keyword && last.is("FROM") && is_about_itself(newest) {
        return Some(2);
    }
    if last.text == b"::" && newest.is_any(&["JSON", "JSONB"]) && recent.back(2).kind == Kind::String {
        return Some(3);
    }
    // `union select name from`.
    if newest.is("FROM") && last.kind == Kind::Bareword {
        return union_select(recent, 2).map(|len| len + 2);
    }
    // `'{"a":1}' ?| array['a']`.
    if newest.is("ARRAY") && matches!(last.text, b"|" | b"&") && recent.back(2).text == b"?" {
        return looks_like_json(recent.back(3)).then_some(4);
    }
    if newest.kind != Kind::Bareword || !matches!(newest.text.first(), Some(b'x' | b'X' | b'm' | b'M')) {
        return None;
    }
    newest.is_any(&["XP_CMDSHELL", "XP_DIRTREE", "XP_REGREAD", "XP_FILEEXIST", "MASTER..XP_CMDSHELL"]).then_some(1)
}

/// `(select password from users)` or `… users where`: one name between the two, and none behind the table's.
fn subquery(recent: &Recent<'_>) -> Option<usize> {
    if recent.back(5).kind != Kind::LeftParen || recent.back(1).kind != Kind::Bareword {
        return None;
    }
    let is_end =
        recent.back(0).kind == Kind::RightParen || recent.back(0).is_any(&["WHERE", "LIMIT", "ORDER", "HAVING"]);
    (is_end && recent.back(2).is("FROM") && recent.back(4).is("SELECT")).then_some(6)
}

/// Whether a name is that of a table in which a database lists its tables, columns or users.
fn is_about_itself(name: &Token<'_>) -> bool {
    let end = name.text.iter().position(|byte| *byte == b'.').unwrap_or(name.text.len());
    let (first, whole) = (Token { text: &name.text[..end], ..*name }, name);
    first.is_any(&["INFORMATION_SCHEMA", "PG_CATALOG", "SQLITE_MASTER", "SQLITE_SCHEMA", "SYSIBM"])
        || whole.is_any(&[
            "SYSOBJECTS",
            "SYSCOLUMNS",
            "SYS.OBJECTS",
            "SYS.TABLES",
            "SYS.DATABASES",
            "PG_SHADOW",
            "PG_USER",
            "PG_TABLES",
            "ALL_TABLES",
            "ALL_USERS",
            "ALL_TAB_COLUMNS",
            "USER_TABLES",
            "MYSQL.USER",
            "MSYSOBJECTS",
        ])
}

/// MySQL's `/*!50000union`: code to MySQL, a comment to others. Programs keep their licences in `/*! … */`, where a
/// space follows.
fn is_conditional_comment(token: &Token<'_>) -> bool {
    let Some(inner) = token.text.strip_prefix(b"/*!") else { return false };
    let digits = inner.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let word = &inner[digits..];
    let len = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    (digits == 0 || digits == 5 || digits == 6)
        && super::words::find(&word[..len])
            .is_some_and(|kind| matches!(kind, Kind::Union | Kind::Expression | Kind::Logic))
}
