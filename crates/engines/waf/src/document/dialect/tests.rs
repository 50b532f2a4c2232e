//! What expressions of AWS's dialect match, and which are refused.

use super::translated;
use crate::regex::Regex;

fn matches(source: &str, value: &[u8]) -> bool {
    Regex::new(&translated(source).unwrap()).unwrap().is_match_unbounded(value)
}

#[test]
fn an_expression_means_what_libpcre_means_by_it() {
    let cases: &[(&str, &[u8], bool)] = &[
        ("a.c", b"abc", true),
        ("a.c", b"a\nc", false),
        ("(?s)a.c", b"a\nc", true),
        ("(?i)SeLect", b"selECT", true),
        ("x(?i)y|z", b"Z", true),
        ("(?i:a)b", b"Ab", true),
        ("(?i:a)b", b"AB", false),
        ("[[<]", b"<", true),
        ("[[<]", b"[", true),
        ("[a[b]c]", b"ac]", true),
        ("[a[b]c]", b"c]", false),
        ("[]a]", b"]", true),
        ("[^]a]", b"]", false),
        ("[a-]", b"-", true),
        ("[\\w-.]", b"-", true),
        ("[a&&b]", b"&", true),
        ("[+--]", b",", true),
        ("[[:alpha:]_]", b"_", true),
        ("[[:^digit:]]", b"7", false),
        ("\\<script\\>", b"<script>", true),
        ("a{,3}", b"a{,3}", true),
        ("a{x}", b"a{x}", true),
        ("^a{2,3}$", b"aaa", true),
        ("^a{2,3}$", b"aaaa", false),
        ("^foo$", b"foo\n", true),
        ("^foo$", b"foo\n\n", false),
        ("(?m)^foo$", b"bar\nfoo\nbar", true),
        ("^foo$", b"bar\nfoo\nbar", false),
        ("foo\\z", b"foo\n", false),
        ("foo\\Z", b"foo\n", true),
        ("\\bword\\b", b"a word.", true),
        ("\\bword\\b", b"swords", false),
        ("\\x41\\x{42}\\0", b"AB\0", true),
        ("a\\hb", b"a\tb", true),
        ("a\\vb", b"a\x0bb", true),
        ("\\Q.*\\E+", b".**", true),
        ("\\Qa|b", b"a|b", true),
        ("(?<name>ab)+", b"abab", true),
        ("(?P<name>ab)", b"ab", true),
        ("(?#remark)ab", b"ab", true),
        ("a+?b", b"aab", true),
        ("é", "é".as_bytes(), true),
        ("[é]", b"\xc3", true),
        ("\\.\\./", b"../", true),
        ("#", b"#", true),
        ("a b", b"a b", true),
        ("}", b"}", true),
        ("]", b"]", true),
        ("\\d", "٣".as_bytes(), false),
        ("\\s", b"\x0b", true),
        ("[\\b]", b"\x08", true),
        ("[\\101]", b"A", true),
    ];
    for (source, value, expected) in cases {
        assert_eq!(matches(source, value), *expected, "{source} on {}", value.escape_ascii());
    }
}

#[test]
fn what_has_no_linear_meaning_is_refused_by_its_name() {
    for (source, named) in [
        ("(a)\\1", "backreferences"),
        ("\\k<a>", "backreferences"),
        ("(?P=a)", "backreferences"),
        ("a(?=b)", "look-ahead"),
        ("a(?!b)", "look-ahead"),
        ("(?<=b)a", "look-behind"),
        ("(?<!b)a", "look-behind"),
        ("(?>a)", "atomic"),
        ("a++", "possessive"),
        ("a?+", "possessive"),
        ("a{1,2}+", "possessive"),
        ("(?(1)a|b)", "conditional"),
        ("(?R)", "recursive"),
        ("(?1)", "(?1"),
        ("(?&a)", "subroutine"),
        ("(*SKIP)", "verbs"),
        ("a\\Kb", "\\K"),
        ("\\C", "\\C"),
        ("\\R", "\\R"),
        ("(?C1)", "callouts"),
        ("(?x) a", "extended"),
        ("(?ix) a", "(?x"),
        ("(?u)a", "(?u"),
        ("\\p{L}", "\\p"),
        ("a{2000}", "above 1000"),
        ("*a", "nothing to repeat"),
        ("a**", "nothing to repeat"),
        ("a|+", "nothing to repeat"),
        ("(a", "not closed"),
        ("a)", "not open"),
        ("[a", "not closed"),
        ("[b-a]", "backwards"),
        ("[[:nothing:]]", "[:nothing:]"),
        ("a\\", "backslash"),
        ("[\\Q]", "\\Q"),
        ("\\x41\\103", "backreferences"),
        ("\\x{100}", "one byte"),
    ] {
        let reason = translated(source).unwrap_err();
        assert!(reason.contains(named), "{source}: {reason}");
    }
}
