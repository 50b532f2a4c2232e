//! What HIGH finds beyond libinjection: phrases that give an attack away wherever they stand in the value.
//!
//! libinjection judges the first five tokens that cannot be folded, so an attack behind a few words escapes it, and so
//! does what its table lists no fingerprint of. Here all tokens pass by, in each place where the value can stand, and
//! each is held against the few before it.

use memchr::memchr;

use super::kind::{Kind, Token};
use super::scan::{Dialect, Place, Scanner};
use super::tautology::Tautology;
use super::{Allowance, Fingerprint, Sqli, phrases};

/// So many tokens are remembered, a power of two; no phrase is longer.
const REMEMBERED: usize = 8;

/// Of a longer condition, the last tokens are shown.
const FOUND_MAX: usize = 6;

/// The first phrase of an attack, in the first place where there is one.
pub(super) fn detect(input: &[u8], allowance: &mut Allowance) -> Option<Sqli> {
    let is_possible = |place: &Place| match place {
        Place::Bare => true,
        Place::Single => memchr(b'\'', input).is_some(),
        Place::Double => memchr(b'"', input).is_some(),
    };
    let mut places = [Place::Bare, Place::Single, Place::Double].into_iter().filter(is_possible);
    places.find_map(|place| {
        let (found, is_ambiguous) = in_place(input, place, Dialect::Ansi, allowance);
        if found.is_some() || !is_ambiguous { found } else { in_place(input, place, Dialect::Mysql, allowance).0 }
    })
}

/// The first phrase in one place, and whether the other dialect may find one where this one does not.
fn in_place(input: &[u8], place: Place, dialect: Dialect, allowance: &mut Allowance) -> (Option<Sqli>, bool) {
    let mut scanner = Scanner::new(input, place, dialect, allowance.tokens);
    let found = in_tokens(&mut scanner, place);
    // A phrase is one whatever follows; only where none was found must all have been read.
    let is_known = allowance.covers(&scanner) || found.is_some();
    (found, scanner.is_ambiguous && is_known)
}

fn in_tokens(scanner: &mut Scanner<'_>, place: Place) -> Option<Sqli> {
    let mut recent = Recent::new();
    let mut tautology = Tautology::default();
    let mut breakout = Breakout::Not;
    while let Some(token) = scanner.next() {
        breakout = breakout.next(place, &token);
        // A comment ends nothing but is no word either: `UNION/**/SELECT`.
        if token.kind == Kind::Comment {
            if phrases::is_cut_off(&recent) {
                return Some(recent.found(2));
            }
            if breakout == Breakout::Out && scanner.at == scanner.input.len() && is_bare_comment(&token) {
                return Some(recent.found(2));
            }
            continue;
        }
        recent.push(token);
        if let Some(len) = phrases::ending_here(&recent).or_else(|| tautology.next(&token)) {
            return Some(recent.found(len));
        }
    }
    // What is cut off is not its end.
    if scanner.is_cut {
        return None;
    }
    // In ANSI's dialect, `#` is an operator.
    let is_behind_more = recent.back(1).open != 0 || recent.back(1).kind != Kind::String;
    (breakout == Breakout::Out && recent.back(0).text == b"#" && is_behind_more).then(|| recent.found(2))
}

/// Whether the value leaves the string that it was put in and goes on with an operator: `x'|name-- `.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breakout {
    Not,
    /// The string is closed.
    Closed,
    Out,
}

impl Breakout {
    fn next(self, place: Place, token: &Token<'_>) -> Breakout {
        let is_joint = matches!(token.kind, Kind::Operator | Kind::Logic | Kind::Semicolon | Kind::RightParen);
        match (self, place) {
            (Breakout::Out, Place::Single | Place::Double) => Breakout::Out,
            (Breakout::Closed, Place::Single | Place::Double) if is_joint => Breakout::Out,
            (Breakout::Not, Place::Single | Place::Double) if is_closed(token, place) => Breakout::Closed,
            (Breakout::Not | Breakout::Closed | Breakout::Out, Place::Bare | Place::Single | Place::Double) => {
                Breakout::Not
            }
        }
    }
}

/// Whether the token is the string that the value was put in, and the value closes it. Behind a number, `"` are inches.
fn is_closed(token: &Token<'_>, place: Place) -> bool {
    let are_inches = place == Place::Double && token.text.last().is_some_and(u8::is_ascii_digit);
    token.kind == Kind::String && token.at == 0 && token.open == 0 && token.close != 0 && !are_inches
}

/// Whether nothing is written into a comment: it is there to cut off the rest.
fn is_bare_comment(comment: &Token<'_>) -> bool {
    comment.text.starts_with(b"--") && comment.text.len() <= 4 && !comment.text.iter().any(u8::is_ascii_alphanumeric)
}

/// The tokens that passed last, comments left out.
pub(super) struct Recent<'a> {
    /// A ring; before the beginning, tokens of no kind.
    tokens: [Token<'a>; REMEMBERED],
    newest: usize,
}

impl<'a> Recent<'a> {
    fn new() -> Self {
        Recent { tokens: [Token::new(Kind::Unknown, 0, &[]); REMEMBERED], newest: 0 }
    }

    fn push(&mut self, token: Token<'a>) {
        self.newest = (self.newest + 1) % REMEMBERED;
        self.tokens[self.newest] = token;
    }

    /// The token that passed so many before the newest.
    pub(super) fn back(&self, count: usize) -> &Token<'a> {
        &self.tokens[self.newest.wrapping_sub(count) % REMEMBERED]
    }

    /// An attack of the newest tokens.
    fn found(&self, len: usize) -> Sqli {
        let len = len.clamp(1, FOUND_MAX);
        let letters = (0..len).rev().map(|count| self.back(count).kind.letter());
        Sqli { fingerprint: Fingerprint::of(letters), offset: self.back(len - 1).at }
    }
}

#[cfg(test)]
mod tests {
    use super::Allowance;

    /// What libinjection misses, and what gives it away.
    const ATTACKS: [(&str, &str); 62] = [
        // Behind words that fill the fingerprint.
        ("red shoes in the sale of today or 1=1", "&1o1"),
        ("it's red and he's not here today' or 'a'='a", "&sos"),
        ("an 11\" red shoe of the sale of today\" or \"a\"=\"a", "&sos"),
        ("it's red and he's not here today or 1=1 -- ", "&1o1"),
        ("red shoes in the sale of today) and (2*3)<7 -- ", "1o1)o1"),
        ("red shoes in the sale of today and 7 in (7)", "&1k(1"),
        ("red shoes in the sale of today or 5 not between 6 and 7", "&1oo1"),
        ("red shoes in the sale of today || 1==1", "&1oo1"),
        ("red shoes in the sale of today xor null is null", "&vov"),
        ("red shoes in the sale of today having 1=1", "B1o1"),
        ("red shoes in the sale of today and 1=(select 1 from users)", "&1o(E"),
        ("red shoes in the sale of today and#x\n9227=9227", "&1o1"),
        // Unions.
        ("red shoes in the sale of today union select 1,2", "UE1"),
        ("red shoes in the sale of today UNION/**/ALL/**/SELECT null", "UnEv"),
        ("red shoes in the sale of today union (select 1", "U(E1"),
        ("red shoes in the sale of today union distinct select *", "UkEo"),
        ("red shoes in the sale of today union select concat(a,b)", "UEf("),
        ("red shoes in the sale of today union select (1)", "UE("),
        ("red shoes in the sale of today union select name, pass", "UEn,"),
        ("red shoes in the sale of today union select name from users", "UEnk"),
        // Statements behind the one that was meant.
        ("red shoes in the sale of today; drop table users", ";Tn"),
        ("red shoes in the sale of today; delete from users where 1", ";Tknk"),
        ("red shoes in the sale of today; insert into users values (1)", ";Eknk"),
        ("red shoes in the sale of today; insert into users(name) values (1)", ";Ekn("),
        ("red shoes in the sale of today; update users set a=1", ";EnE"),
        ("red shoes in the sale of today; declare @a int", ";Tv"),
        ("red shoes in the sale of today; set @a = 0x41", ";Ev"),
        ("red shoes in the sale of today; exec sp_who", ";Tn"),
        ("red shoes in the sale of today; load data infile 'x'", ";kn"),
        ("red shoes in the sale of today; select lower(x)", ";Ef("),
        ("red shoes in the sale of today; exec(@a)", ";T(v"),
        ("red shoes in the sale of today xp_cmdshell", "n"),
        // Delays.
        ("red shoes in the sale of today and sleep(5)", "&f(1"),
        ("red shoes in the sale of today and (select sleep(5))", "Ef(1"),
        ("red shoes in the sale of today and if(1>0,sleep(5),0)", ",f(1"),
        ("red shoes in the sale of today; waitfor delay '0:0:5'", "nks"),
        ("red shoes in the sale of today waitfor time '23:00'", "nks"),
        ("red shoes in the sale of today and pg_sleep(5)", "f("),
        ("red shoes in the sale of today and benchmark(9999999,md5(1))", "f(1"),
        ("red shoes in the sale of today and dbms_pipe.receive_message('a',5)", "f("),
        ("red shoes in the sale of today and randomblob(99999999)", "f("),
        // Files.
        ("red shoes in the sale of today into outfile '/tmp/a'", "kks"),
        ("red shoes in the sale of today InTo DuMpFiLe '/tmp/a'", "kns"),
        ("red shoes in the sale of today and load_file('/etc/passwd')", "f(s"),
        ("red shoes in the sale of today and load_file(0x2f657463)", "f(1"),
        // JSON.
        ("it's red and he's not here today' or '{\"a\":1}' @> '{}'", "svos"),
        ("red shoes in the sale of today or '{\"a\":1}'::jsonb", "son"),
        ("red shoes in the sale of today or '{\"a\":1}' -> '$.a' = 1", "soos"),
        ("red shoes in the sale of today or '{\"a\":1}' ->> '$.a' = 1", "soos"),
        ("red shoes in the sale of today or '{\"a\":1}' ? 'a'", "s?s"),
        ("red shoes in the sale of today or '[1]' ?| array['a']", "s?on"),
        ("red shoes in the sale of today or json_extract('{\"a\":1}','$.a')=1", "n(s"),
        ("or json_length(\"{}\") <= 8896", "n(s"),
        // What a database says of itself.
        ("red shoes in the sale of today from information_schema.tables", "kn"),
        ("red shoes in the sale of today and substring(version(),1,1)=5", "f(f("),
        ("red shoes in the sale of today and extractvalue(1,concat(0x7e,version()))", "f("),
        ("red shoes in the sale of today and (select password from users limit 1)='a'", "(EnknB"),
        // What other databases do not read, and what cuts off the rest.
        ("red shoes in the sale of today /*!50000union*/", "X"),
        ("red shoes in the sale of today order by 10-- ", "n1"),
        ("red'|email--", "on"),
        ("red'-email#", "no"),
        ("id'is not-id--", "on"),
    ];

    #[test]
    fn high_finds_what_low_misses() {
        for (value, expected) in ATTACKS {
            assert_eq!(
                super::super::detect(value.as_bytes(), &mut Allowance::of(usize::MAX)),
                None,
                "LOW finds {value}"
            );
            let found = super::super::detect_more(value.as_bytes(), &mut Allowance::of(usize::MAX));
            assert_eq!(found.map(|found| found.fingerprint.to_string()).as_deref(), Some(expected), "{value}");
        }
    }

    /// Texts and programs with words of SQL in them.
    const HARMLESS: [&str; 30] = [
        "the union select committee of the house meets at 1",
        "please order by 5 o'clock -- we close early",
        "wash it; insert into the slot and drop the key",
        "the boys' and girls' rooms are on floor 2 or 3",
        "rated 4 or 5 by most, and 3 in the city",
        "select one from the list, and update the set",
        "the (select one from the list) of choices",
        "if the value is 'a' or 'b', and 'c' is true",
        "use 'or', 'and', 'in', 'not' in the query",
        "time.sleep(5)",
        "import time; time.sleep(1.5)",
        "while (true) { sleep(10); delete p; }",
        "const x = a || b ? c : d; let y = a && b;",
        "foo(); delete obj.prop; create user accounts",
        "for (i = 0; i < n; i++) update(set);",
        "def load_file(path): return open(path)",
        "body { color: red } p { } /*! Select2 4.0.13 */",
        "$x['a']->b['c'] = json_decode('{\"a\":1}')",
        "{\"a\":\"it's 1 or 2\",\"b\":[1,2],\"c\":null}",
        "console.log('a' + b + 'c'); // -- done",
        "x = y > 3 and z < 4 or w == v",
        "BENCHMARK (of the year)",
        "https://example.com/?a=1&b=2#top",
        "O'Neill and O'Brien",
        "\"pip {}\".format(version())",
        "8.5\"x11\" - 300 DPI --",
        "and so on; and so forth",
        "Tom & Jerry; 7 || 8",
        "",
        "plain",
    ];

    #[test]
    fn high_leaves_texts_and_programs_alone() {
        for value in HARMLESS {
            assert_eq!(super::super::detect_more(value.as_bytes(), &mut Allowance::of(usize::MAX)), None, "{value}");
        }
    }
}
