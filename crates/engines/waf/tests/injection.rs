//! Values that attack and values that do not.

#![cfg(test)]

use waf::injection::{Sensitivity, XssKind, sqli, xss};

/// Attacks on a database, with their fingerprints and where they begin.
const SQL: [(&str, &str, usize); 26] = [
    ("1 or 1=1", "1&1", 0),
    ("1' or '1'='1", "s&sos", 0),
    ("x' or 1=1 -- ", "s&1c", 0),
    ("x\" or \"a\"=\"a", "s&sos", 0),
    ("  -1 union select 1,2,3", "1UE1", 3),
    ("1 UNION/**/ALL/**/SELECT null,null", "1UEv", 0),
    ("1;drop table users", "1;Tnn", 0),
    ("1; exec xp_cmdshell('dir')", "1;Tn(", 0),
    ("1 and sleep(5)", "1&f(1", 0),
    ("1 /*!50000union*/ select", "X", 2),
    ("1 /* a /* b */ */", "X", 2),
    ("1 INTO OUTFILE '/tmp/a'", "1ks", 0),
    ("1 into outfile '/tmp/a'", "1ks", 0),
    ("1 InTo DuMpFiLe '/tmp/a'", "1ks", 0),
    ("admin'--", "sc", 0),
    ("1 -- sp_password", "1c", 0),
    ("x' + 'y", "sos", 0),
    ("1 group by 2 having 1=1", "1B1B1", 0),
    ("case when 1=1 then 1 end", "Ek1k1", 0),
    ("(select 1)from dual", "E1)kn", 1),
    ("1 or q'[a]'=q'[a]'", "1&sos", 0),
    ("1 or $a$b$a$=$a$b$a$", "1&sos", 0),
    ("1 or x'4f'=b'01'", "1&1", 0),
    ("`a` union select `b`", "nUEn", 1),
    ("1 is not distinct from 1 or 1=1", "1&1", 0),
    ("{``.``.id} union select 1", "X", 2),
];

/// What looks like SQL and is excused or unknown.
const NO_SQL: [&str; 28] = [
    "",
    "plain",
    "1234567890",
    "1 union",
    "1-union",
    "a--",
    "a -- b",
    "1 and 17",
    "sexy and 17",
    "rock 'n' roll",
    "O'Neill",
    "John and Mary or Bob",
    "please select a seat",
    "Drop me a line; thanks",
    "a 1 into b",
    "10 Main Street, Springfield",
    "2026-11-29T18:00:00Z",
    "550e8400-e29b-41d4-a716-446655440000",
    "https://example.com/a?b=c&d=e",
    "user@example.com",
    "#hash",
    "50% off!",
    "f(x) = x^2",
    "a=b",
    "{\"a\":1,\"b\":[true,null]}",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
    "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
];

/// Attacks on a browser, with what carries the script and where that stands.
const HTML: [(&str, XssKind, usize); 29] = [
    ("<script>alert(1)</script>", XssKind::Tag, 1),
    ("<ScRiPt src=//a>", XssKind::Tag, 1),
    ("a <iframe", XssKind::Tag, 3),
    ("<svg/onload=alert(1)>", XssKind::Tag, 1),
    ("<s\0cript>", XssKind::Tag, 1),
    ("</style", XssKind::Tag, 2),
    ("<img src=x onerror=alert(1)>", XssKind::Handler, 19),
    ("<a onclick='x'>", XssKind::Handler, 12),
    ("onload=x", XssKind::Handler, 7),
    ("' onmouseover='x", XssKind::Handler, 15),
    ("\" onfocus=x autofocus", XssKind::Handler, 10),
    ("` onfocus=x", XssKind::Handler, 10),
    ("<a xmlns:x=y>", XssKind::Handler, 11),
    ("<a xlink:href=y>", XssKind::Handler, 14),
    ("<set attributename=onload>", XssKind::Handler, 19),
    ("<a href=javascript:alert(1)>", XssKind::Url, 8),
    ("<a href=\" \u{1}java\nscript:1\">", XssKind::Url, 9),
    ("<a href=&#x6a;&#97;va>", XssKind::Url, 8),
    ("<form action='data:text/html,x'>", XssKind::Url, 14),
    ("<a href=vbscript:x>", XssKind::Url, 8),
    ("<a href=view-source:x>", XssKind::Url, 8),
    ("<a style=x>", XssKind::Style, 9),
    ("<a filter='x'>", XssKind::Style, 11),
    ("<!--[if gte IE 4]>", XssKind::Comment, 4),
    ("<!-- ` -->", XssKind::Comment, 4),
    ("<?xml-stylesheet", XssKind::Comment, 2),
    ("<?import x>", XssKind::Comment, 2),
    ("<!ENTITY x>", XssKind::Comment, 2),
    ("<!DOCTYPE html>", XssKind::Doctype, 2),
];

/// Values with brackets, quotes and equal signs that no browser runs.
const NO_HTML: [&str; 20] = [
    "",
    "plain",
    "a < b and c > d",
    "1<2",
    "<b>bold</b>",
    "<a href=\"https://example.com/java\">x</a>",
    "<img src='/a.png' alt='a'>",
    "<!-- a comment -->",
    "<% a %>",
    "<![CDATA[a]]>",
    "a=b&c=d",
    "on=1",
    "only=1",
    "onward=1",
    "' or '1'='1",
    "x = y ? 'a' : \"b\"",
    "{\"a\":\"b=c\"}",
    "</>",
    "<",
    "<a href=&#x;>",
];

#[test]
fn attacks_on_databases_have_their_fingerprints() {
    for (value, fingerprint, offset) in SQL {
        for sensitivity in [Sensitivity::Low, Sensitivity::High] {
            let found = sqli(value.as_bytes(), sensitivity).map(|found| (found.fingerprint.to_string(), found.offset));
            assert_eq!(found, Some((fingerprint.to_owned(), offset)), "{value}");
        }
    }
}

#[test]
fn ordinary_values_are_no_attacks_on_databases() {
    for value in NO_SQL {
        for sensitivity in [Sensitivity::Low, Sensitivity::High] {
            assert_eq!(sqli(value.as_bytes(), sensitivity), None, "{value}");
        }
    }
}

#[test]
fn attacks_on_browsers_say_what_carries_the_script() {
    for (value, kind, offset) in HTML {
        let found = xss(value.as_bytes()).map(|found| (found.kind, found.offset));
        assert_eq!(found, Some((kind, offset)), "{value}");
    }
}

#[test]
fn ordinary_values_are_no_attacks_on_browsers() {
    for value in NO_HTML {
        assert_eq!(xss(value.as_bytes()), None, "{value}");
    }
}

#[test]
fn a_byte_that_is_no_text_hides_no_handler() {
    // The original takes it for the end, where characters have signs.
    let found = xss(b"<a \xFF onclick=x>").map(|found| found.kind);
    assert_eq!(found, Some(XssKind::Handler));
}

#[test]
fn sensitivity_is_read_as_aws_writes_it() {
    for (name, expected) in
        [("LOW", Some(Sensitivity::Low)), ("HIGH", Some(Sensitivity::High)), ("low", None), ("", None)]
    {
        assert_eq!(Sensitivity::parse(name), expected, "{name}");
    }
    assert_eq!((Sensitivity::Low.name(), Sensitivity::High.name()), ("LOW", "HIGH"));
}
