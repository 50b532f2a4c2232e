//! One table a transformation: encodings, whole, broken, and in one another.

use waf::transform::TextTransformation;

use crate::transformations::check;

#[test]
fn percent_encoding_is_read_once_and_broken_encodings_stay() {
    let both: &[(&[u8], &[u8])] = &[
        (b"plain", b"plain"),
        (b"a%20b+c", b"a b c"),
        (b"%3Cscript%3e", b"<script>"),
        (b"%2527", b"%27"),
        (b"%", b"%"),
        (b"%4", b"%4"),
        (b"%4g%g4%%41", b"%4g%g4%A"),
        (b"%c0%af", b"\xC0\xAF"),
        (b"%00", b"\0"),
        (b"%2b", b"+"),
        (b"100%", b"100%"),
        (b"%E2%80%AE", b"\xE2\x80\xAE"),
    ];
    check(TextTransformation::UrlDecode, both);
    check(TextTransformation::UrlDecodeUni, both);
    check(TextTransformation::UrlDecode, &[(b"%u003c", b"%u003c")]);
    check(
        TextTransformation::UrlDecodeUni,
        &[
            (b"%u003cscript%U003E", b"<script>"),
            (b"%uff1cscript%uFF1E", b"<script>"),
            (b"%uff00%uff5f%uff5e", b"\0\x5F\x7E"),
            (b"%u0141", b"A"),
            (b"%u12", b"%u12"),
            (b"%u12g4%41", b"%u12g4A"),
            (b"%%u0041", b"%A"),
            (b"%u0025u0041", b"%u0041"),
        ],
    );
}

#[test]
fn character_references_are_read_by_name_and_number() {
    check(
        TextTransformation::HtmlEntityDecode,
        &[
            (b"no reference", b"no reference"),
            (b"&lt;script&gt;", b"<script>"),
            (b"&QuOt;&quot;&AMP;", b"\"\"&"),
            (b"&nbsp;&NonBreakingSpace;", b"\xA0\xA0"),
            (b"javascript&colon;alert&lpar;1&rpar;", b"javascript:alert(1)"),
            (b"java&NewLine;script&Tab;&apos;&bsol;", b"java\nscript\t'\\"),
            (b"&lcub;&lbrace;&verbar;&vert;&VerticalLine;&rcub;&rbrace;", b"{{|||}}"),
            (b"&excl;&num;&dollar;&percent;&percnt;", b"!#$%%"),
            (b"&ast;&midast;&plus;&comma;&period;&sol;&semi;&equals;&quest;", b"**+,./;=?"),
            (b"&tilde;&DiacriticalTilde;&minus;&lsqb;&lbrack;&rsqb;&rbrack;", b"~~-[[]]"),
            (b"&hat;&lowbar;&underbar;&grave;&DiacriticalGrave;", b"^__``"),
            (b"&#60;&#x3c;&#X3C;", b"<<<"),
            (b"&#60&#x3c &#0000000000000000060;", b"<< <"),
            (b"&lt&gt", b"<>"),
            (b"&lt=1", b"<=1"),
            (b"&ltscript", b"&ltscript"),
            (b"&colon", b"&colon"),
            (b"&unknown;&;&#;&#x;&#xg;&", b"&unknown;&;&#;&#x;&#xg;&"),
            (b"&amp;lt;", b"&lt;"),
            (b"&#256;&#x1F600;", b"\xC4\x80\xF0\x9F\x98\x80"),
            (b"&#160;&#255;", b"\xA0\xFF"),
            (b"&#xD800;&#x110000;&#99999999999;", b"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
            (b"&nonbreakingspaces;", b"&nonbreakingspaces;"),
        ],
    );
}

#[test]
fn javascript_escapes_are_read() {
    check(
        TextTransformation::JsDecode,
        &[
            (b"plain", b"plain"),
            (br"\u003cscript\u003e", b"<script>"),
            (br"\uff1cscript\uFF1E", b"<script>"),
            (br"\u0141", b"A"),
            (br"\x3c\X3c", b"<X3c"),
            (br"\74\074\400", b"<<\x200"),
            (br"\a\b\f\n\r\t\v", b"\x07\x08\x0C\n\r\t\x0B"),
            (br"\d\\\/\u12\xg", br"d\/u12xg"),
            (br"\", br"\"),
            (br"\\u0041", br"\u0041"),
        ],
    );
    check(
        TextTransformation::JsDecodeExt,
        &[
            (br"C:\new\default\temp", br"C:\new\default\temp"),
            (br"\\server\/share\'\x22", b"\\server/share'\""),
            (br"\u003cscript\uFF1E", b"<script>"),
            (br"\u{3c}\u{01F600}\ud83d\ude00", b"<\xF0\x9F\x98\x80\xF0\x9F\x98\x80"),
            (br"\u{}\u{3c\u{zz}", br"\u{}\u{3c\u{zz}"),
            (br"\u{ffffffffff}\ud83d\u0041", b"\xEF\xBF\xBD\xEF\xBF\xBDA"),
            (br"\u00e9\u0141", b"\xC3\xA9\xC5\x81"),
            (br"\101\10\8", br"A\10\8"),
            (br"\u12\x1", br"\u12\x1"),
            (br"\", br"\"),
        ],
    );
}

#[test]
fn css_escapes_are_read() {
    check(
        TextTransformation::CssDecode,
        &[
            (br"ja\vascript", b"javascript"),
            (br"\41 bc", b"Abc"),
            (br"\6aavascript", b"\xAAvascript"),
            (br"\6a avascript", b"javascript"),
            (b"\\6a\tx\\6a\r\ny", b"jxjy"),
            (br"\00006Ax", b"jx"),
            (br"\00006A1", b"j1"),
            (br"\ff1c", b"<"),
            (br"\141", b"A"),
            (b"a\\\nb", b"ab"),
            (br"\\", br"\"),
            (br"a\", b"a"),
            (b"a", b"a"),
            (br"\41  b", b"A b"),
        ],
    );
}

#[test]
fn escapes_of_ansi_c_are_read_and_others_stay() {
    check(
        TextTransformation::EscapeSeqDecode,
        &[
            (br"a\tb\x41c", b"a\tbAc"),
            (br#"\a\b\f\n\r\v\\\?\'\""#, b"\x07\x08\x0C\n\r\x0B\\?'\""),
            (br"\101\0101\0", b"AA\0"),
            (br"\400", b"\x200"),
            (br"\0400", b"\x200"),
            (br"\8\xg1\x4\q\u0041", br"\8\xg1\x4\q\u0041"),
            (br"\", br"\"),
            (br"\\x41", br"\x41"),
        ],
    );
}

#[test]
fn base64_is_read_strictly_and_forgivingly() {
    check(
        TextTransformation::Base64Decode,
        &[
            (b"QUJD", b"ABC"),
            (b"QUI=", b"AB"),
            (b"QQ==", b"A"),
            (b"QUI", b"AB"),
            (b"QUJDR", b"ABC"),
            (b"QUJD UVUQ", b"ABC"),
            (b"UVVKRA==", b"QUJD"),
            (b"", b""),
            (b"A", b"A"),
            (b"<script>", b"<script>"),
            (b"+/+/", b"\xFB\xFF\xBF"),
        ],
    );
    check(
        TextTransformation::Base64DecodeExt,
        &[
            (b"Q!U-J!D", b"ABC"),
            (b"QU\r\nJD", b"ABC"),
            (b"Q.U=J.D=", b"ABC"),
            (b"PHNjcmlwdD4=", b"<script>"),
            (b"<>", b"<>"),
            (b"", b""),
        ],
    );
}

#[test]
fn hexadecimal_digits_are_read() {
    check(
        TextTransformation::HexDecode,
        &[
            (b"414243", b"ABC"),
            (b"4a4B", b"JK"),
            (b"41424", b"AB"),
            (b"4142zz43", b"AB"),
            (b"zz", b"zz"),
            (b"4", b"4"),
            (b"", b""),
        ],
    );
    check(
        TextTransformation::SqlHexDecode,
        &[
            (b"(0x414243)", b"(ABC)"),
            (b"0X41 0x4242", b"A BB"),
            (b"0x4142434", b"ABC4"),
            (b"0x4", b"0x4"),
            (b"0x", b"0x"),
            (b"0xg1x41", b"0xg1x41"),
            (b"x41", b"x41"),
            (b"00x41x", b"0Ax"),
            (b"0x0x41", b"0xA"),
        ],
    );
}

#[test]
fn utf_8_becomes_unicode_escapes_overlong_sequences_too() {
    check(
        TextTransformation::Utf8ToUnicode,
        &[
            (b"ascii %u0041", b"ascii %u0041"),
            ("é".as_bytes(), b"%u00e9"),
            ("日本".as_bytes(), b"%u65e5%u672c"),
            ("😀".as_bytes(), b"%u1f600"),
            (b"\xC0\xAF..", b"%u002f.."),
            (b"\xE0\x80\xAF", b"%u002f"),
            (b"\xF0\x80\x80\xAF", b"%u002f"),
            (b"\xEF\xBC\x9C", b"%uff1c"),
            (b"\xF7\xBF\xBF\xBF", b"%u1fffff"),
            (b"\xC3", b"\xC3"),
            (b"\xC3(", b"\xC3("),
            (b"\xE2\x80", b"\xE2\x80"),
            (b"\x80\xBF\xFF\xFE", b"\x80\xBF\xFF\xFE"),
            (b"\xC3\xC3\xA9", b"\xC3%u00e9"),
        ],
    );
}

#[test]
fn digests_are_raw_bytes() {
    let cases: [(TextTransformation, &[u8], &[u8]); 3] = [
        (TextTransformation::Md5, b"", b"d41d8cd98f00b204e9800998ecf8427e"),
        (TextTransformation::Md5, b"abc", b"900150983cd24fb0d6963f7d28e17f72"),
        (TextTransformation::Sha256, b"abc", b"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ];
    for (transformation, value, digits) in cases {
        check(transformation, &[(value, &TextTransformation::HexDecode.apply(digits))]);
    }
}

#[test]
fn texts_in_utf_7_and_utf_16_are_left_as_they_are() {
    let utf_7 = b"+ADw-script+AD4-".as_slice();
    let utf_16 = b"\xFF\xFE<\0s\0c\0r\0i\0p\0t\0>\0".as_slice();
    for transformation in [TextTransformation::HtmlEntityDecode, TextTransformation::JsDecode] {
        check(transformation, &[(utf_7, utf_7), (utf_16, utf_16)]);
    }
    check(TextTransformation::RemoveNulls, &[(utf_16, b"\xFF\xFE<script>")]);
}
