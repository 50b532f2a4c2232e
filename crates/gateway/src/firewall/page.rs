//! The pages of CAPTCHA and Challenge: self-contained, and of use only over HTTPS or on the own machine, where browsers
//! offer their cryptography. <https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge.html>
//!
//! A page solves its question, or has it solved, and sends `question.answer` in [`SOLUTION`] to its own address. What comes
//! back is the token, which the page puts into [`COOKIE`] before it loads anew. The scripts and the style of the pages lie in
//! the folder `page`; what differs from one question to the next stands in the attributes of `main`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::mint::Question;
use super::picture;

/// The cookie with the tokens, and the header that may hold them instead; AWS's names.
pub(crate) const COOKIE: &str = "aws-waf-token";
/// The header that may hold the tokens where no cookie can.
pub(crate) const HEADER: &str = "x-aws-waf-token";
/// The header in which a page sends its question's answer.
pub(crate) const SOLUTION: &str = "x-portcullis-waf-solution";

const STYLE: &str = include_str!("page/style.css");
/// Sends answers, and keeps tokens.
const SEND: &str = include_str!("page/send.js");
const CHALLENGE: &str = include_str!("page/challenge.js");
const CAPTCHA: &str = include_str!("page/captcha.js");

/// What a page may do: run its own script and show its own picture, nothing else. SECURITY: the nonce is the question's.
pub(crate) fn content_security_policy(question: &Question) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{0:016x}'; style-src 'nonce-{0:016x}'; img-src data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        question.nonce
    )
}

/// The page that proves a browser without asking anybody. `domain` is whose token it will be, where that is not the host's.
pub fn challenge(question: &Question, domain: Option<&str>) -> String {
    let body = "<h1>Checking your browser</h1>\n<div class=\"busy\" aria-hidden=\"true\"></div>\n\
         <p id=\"said\" role=\"status\">One moment, please.</p>";
    page(question, domain, "Checking your browser", body, CHALLENGE)
}

/// The page with a puzzle for a person. `domain` is whose token it will be, where that is not the host's.
pub fn captcha(question: &Question, domain: Option<&str>) -> String {
    let image = STANDARD.encode(picture::draw(&question.letters, question.chance));
    let body = format!(
        "<h1>Are you a person?</h1>
<form>
<img alt=\"Six letters or digits, drawn crookedly\" width=\"256\" height=\"80\" src=\"data:image/bmp;base64,{image}\">
<label for=\"answer\">Type the six characters you see</label>
<input id=\"answer\" maxlength=\"6\" required autofocus autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\">
<div class=\"row\"><button type=\"submit\">Go on</button><button type=\"button\" id=\"another\">Another picture</button></div>
</form>
<p id=\"said\" role=\"status\"></p>"
    );
    page(question, domain, "Are you a person?", &body, CAPTCHA)
}

fn page(question: &Question, domain: Option<&str>, title: &str, body: &str, script: &str) -> String {
    let Question { text, work_bits, nonce, .. } = question;
    // A domain comes from a host or a web ACL: letters, digits, dots, hyphens and underscores only, else it stays away.
    let plain =
        |domain: &&str| domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let domain = domain.filter(plain).unwrap_or_default();
    format!(
        "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"robots\" content=\"noindex\">
<title>{title}</title>
<style nonce=\"{nonce:016x}\">
{STYLE}</style>
</head>
<body>
<main data-question=\"{text}\" data-bits=\"{work_bits}\" data-domain=\"{domain}\">
{body}
<noscript><p>This page needs JavaScript.</p></noscript>
</main>
<script nonce=\"{nonce:016x}\">
{SEND}{script}</script>
</body>
</html>
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> Question {
        Question { text: "p.1.2.3".to_owned(), letters: *b"ACDEFG", work_bits: 14, nonce: 5, chance: 7 }
    }

    #[test]
    fn pages_hold_their_question_and_load_nothing() {
        for page in [challenge(&question(), None), captcha(&question(), Some("example.test"))] {
            assert!(page.contains("data-question=\"p.1.2.3\" data-bits=\"14\""), "{page}");
            assert!(!page.contains("http") && !page.contains("url("), "{page}");
            assert_eq!(page.matches("nonce=\"0000000000000005\"").count(), 2);
        }
        assert!(captcha(&question(), Some("example.test")).contains("data-domain=\"example.test\""));
    }

    #[test]
    fn the_scripts_use_the_names_that_are_read_here() {
        assert!(SEND.contains(&format!("'{COOKIE}='")) && SEND.contains(&format!("'{HEADER}'")));
        assert!(SEND.contains(&format!("'{SOLUTION}'")));
        assert!(SEND.contains(&format!("pair.slice({})", COOKIE.len() + 1)));
    }

    #[test]
    fn the_answer_of_a_puzzle_and_the_chance_of_its_picture_do_not_stand_in_its_page() {
        let page = captcha(&Question { chance: 0xfeed_beef_dead_c0de, ..question() }, None).to_uppercase();
        assert!(!page.contains("ACDEFG") && !page.contains("FEEDBEEFDEADC0DE"));
    }

    #[test]
    fn a_domain_that_is_none_does_not_reach_the_page() {
        for domain in ["x\"><script>alert(1)</script>", "x';alert(1)//", "x; path=/alert"] {
            let page = captcha(&question(), Some(domain));
            assert!(page.contains("data-domain=\"\"") && !page.contains("alert"), "{page}");
        }
    }
}
