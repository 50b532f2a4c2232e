//! One table a transformation: letters, space, comments, command lines, paths.

use std::borrow::Cow;

use waf::transform::TextTransformation;

/// Applies a transformation to each left side and expects the right side; a borrowed answer where nothing changes.
pub(crate) fn check(transformation: TextTransformation, cases: &[(&[u8], &[u8])]) {
    for (value, expected) in cases {
        let (shown, name) = (String::from_utf8_lossy(value), transformation.name());
        let result = transformation.apply(value);
        assert_eq!(result, *expected, "{name} of {shown:?}: {:?}", String::from_utf8_lossy(&result));
        if value == expected {
            assert!(matches!(result, Cow::Borrowed(_)), "{name} of {shown:?} is copied");
        }
    }
}

#[test]
fn none_leaves_every_value() {
    check(TextTransformation::None, &[(b"", b""), (b" A%41\0\xFF", b" A%41\0\xFF")]);
}

#[test]
fn letters_change_their_case_and_nothing_else_does() {
    check(
        TextTransformation::Lowercase,
        &[
            (b"", b""),
            (b"SeLeCt", b"select"),
            (b"already small \xC3\x89", b"already small \xC3\x89"),
            (b"[@`{Z", b"[@`{z"),
            (
                b"a value of more than thirty-two bytes whose CAPITALS come late",
                b"a value of more than thirty-two bytes whose capitals come late",
            ),
        ],
    );
    check(TextTransformation::Uppercase, &[(b"SeLeCt 1", b"SELECT 1"), (b"\xC3\xA9", b"\xC3\xA9"), (b"`{", b"`{")]);
}

#[test]
fn runs_of_white_space_become_one_space() {
    check(
        TextTransformation::CompressWhiteSpace,
        &[
            (b"a b", b"a b"),
            (b"a  b", b"a b"),
            (b"a\tb", b"a b"),
            (b"\x0C\t\n\r\x0Ba", b" a"),
            (b"union\xA0select", b"union select"),
            (b"union\xC2\xA0select", b"union select"),
            (b" \xC2\xA0 \xA0x", b" x"),
            (b"\xC2", b"\xC2"),
            (b"\xC2\xA9", b"\xC2\xA9"),
            (b"   ", b" "),
            (b" ", b" "),
            (b"a\0b", b"a\0b"),
        ],
    );
    check(
        TextTransformation::RemoveWhitespace,
        &[
            (b" a b\tc\r\n ", b"abc"),
            (b"abc", b"abc"),
            (b"\xC2\xA0a\xA0", b"a"),
            (b"  ", b""),
            (b"\xC2\xA9", b"\xC2\xA9"),
        ],
    );
}

#[test]
fn white_space_at_the_ends_goes() {
    check(TextTransformation::Trim, &[(b" \ta b\r\n", b"a b"), (b"a", b"a"), (b" \x0B\x0C ", b""), (b"", b"")]);
    check(TextTransformation::TrimLeft, &[(b"  a  ", b"a  "), (b"a ", b"a "), (b"  ", b"")]);
    check(TextTransformation::TrimRight, &[(b"  a  ", b"  a"), (b" a", b" a"), (b"  ", b"")]);
}

#[test]
fn nul_bytes_go_or_become_spaces() {
    check(TextTransformation::RemoveNulls, &[(b"\0sel\0ect\0", b"select"), (b"select", b"select"), (b"\0", b"")]);
    check(TextTransformation::ReplaceNulls, &[(b"\0sel\0ect\0", b" sel ect "), (b"select", b"select")]);
}

#[test]
fn comments_become_spaces_one_each() {
    check(
        TextTransformation::ReplaceComments,
        &[
            (b"un/**/ion", b"un ion"),
            (b"un/*!50000*/ion/*x*//*y*/", b"un ion  "),
            (b"a/* never ends", b"a "),
            (b"a/*/b", b"a "),
            (b"a/*/*/b", b"a b"),
            (b"/**/*", b" *"),
            (b"a*/b", b"a*/b"),
            (b"a/b*c", b"a/b*c"),
            (b"/*", b" "),
            (b"/", b"/"),
            (b"*", b"*"),
        ],
    );
    check(
        TextTransformation::RemoveCommentsChar,
        &[
            (b"UNION/* */SELECT", b"UNION SELECT"),
            (b"a/*b*/c--d#e", b"abcde"),
            (b"a-b/c*d", b"a-b/c*d"),
            (b"---", b"-"),
            (b"/*/", b"/"),
            (b"##", b""),
        ],
    );
}

#[test]
fn command_lines_lose_what_interpreters_do_not_mind() {
    check(
        TextTransformation::CmdLine,
        &[
            (b"C^OMMAND /C DIR", b"command/c dir"),
            (b"\"c\\at\" '/etc/passwd'", b"cat/etc/passwd"),
            (b"echo,hello;(ls)", b"echo hello(ls)"),
            (b"a \t\r\n b", b"a b"),
            (b"a ,; /b", b"a/b"),
            (b"ls -la", b"ls -la"),
            (b"^^", b""),
        ],
    );
    check(
        TextTransformation::CmdLineUnix,
        &[
            (b"  Li\"D \t", b"lid"),
            (b"c\\at '/etc/passwd'", b"cat /etc/passwd"),
            (b"a\x0B\x0Cb", b"a b"),
            (b"a^b,c;d", b"a^b,c;d"),
            (b" ", b""),
        ],
    );
    check(
        TextTransformation::CmdLineWin,
        &[
            (b"c:\\\\windows\\\\\\system32", b"c:\\windows\\system32"),
            (b"po^wer^sh\"el`l", b"powershell"),
            (b"net^\r\nuser^\nx", b"netuserx"),
            (b" DIR  /s ", b"dir /s"),
            (b"\\^\\", b"\\"),
            (b"dir c:\\temp", b"dir c:\\temp"),
        ],
    );
}

#[test]
fn paths_lose_their_detours() {
    let cases: &[(&[u8], &[u8])] = &[
        (b"", b""),
        (b"/", b"/"),
        (b"/a/b", b"/a/b"),
        (b"/a/b/", b"/a/b/"),
        (b"/a//b///c", b"/a/b/c"),
        (b"/a/./b/.", b"/a/b/"),
        (b"/a/b/../c", b"/a/c"),
        (b"/a/../../../etc/passwd", b"/etc/passwd"),
        (b"a/../../etc", b"../etc"),
        (b"../../etc", b"../../etc"),
        (b"./../a", b"../a"),
        (b"a/..", b""),
        (b"a/b/..", b"a/"),
        (b"..", b".."),
        (b".", b""),
        (b"//", b"/"),
        (b"/.hidden/..x/x..", b"/.hidden/..x/x.."),
        (b"/a/.../b", b"/a/.../b"),
        (b"/a/%2e%2e/b", b"/a/%2e%2e/b"),
    ];
    check(TextTransformation::NormalizePath, cases);
    check(TextTransformation::NormalizePathWin, cases);
    check(TextTransformation::NormalizePath, &[(b"\\a\\..\\b", b"\\a\\..\\b")]);
    check(
        TextTransformation::NormalizePathWin,
        &[(b"\\\\a\\..\\b", b"/b"), (b"a\\b", b"a/b"), (b"c:\\windows/.\\system32\\..", b"c:/windows/"), (b"\\", b"/")],
    );
}
