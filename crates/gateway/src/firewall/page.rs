//! The pages of CAPTCHA and Challenge: self-contained, and of use only over HTTPS or on the own machine, where browsers
//! offer their cryptography. <https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge.html>
//!
//! A page solves its question, or has it solved, and sends `question.answer` in [`SOLUTION`] to its own address. What comes
//! back is the token, which the page puts into [`COOKIE`] before it loads anew.

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

/// What a page may do: run its own script and show its own picture, nothing else. SECURITY: the nonce is the question's.
pub(crate) fn content_security_policy(question: &Question) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{0:016x}'; style-src 'nonce-{0:016x}'; img-src data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        question.nonce
    )
}

/// The page that proves a browser without asking anybody.
pub(crate) fn challenge(question: &Question, domain: Option<&str>) -> String {
    let work = "\
async function work() {
  const bytes = new TextEncoder();
  for (let n = 0; ; n += 256) {
    const tries = Array.from({ length: 256 }, (_, i) => n + i);
    const hashes = await Promise.all(tries.map(t => crypto.subtle.digest('SHA-256', bytes.encode(question + '.' + t))));
    const found = hashes.findIndex(h => new DataView(h).getUint32(0) >>> (32 - bits) === 0);
    if (found >= 0) return String(n + found);
  }
}
work().then(send).catch(() => say('This browser cannot be checked. Please use an up-to-date one over HTTPS.'));";
    page(question, domain, "Checking your browser", "<p id=\"said\">One moment, please.</p>", work)
}

/// The page with a puzzle for a person.
pub(crate) fn captcha(question: &Question, domain: Option<&str>) -> String {
    let image = STANDARD.encode(picture::draw(&question.letters, question.nonce));
    let body = format!(
        "<p><img alt=\"six letters or digits, drawn crookedly\" width=\"256\" height=\"80\" \
         src=\"data:image/bmp;base64,{image}\"></p>\n\
         <p><label>What do you read? <input id=\"answer\" maxlength=\"6\" autocomplete=\"off\" autocapitalize=\"characters\" \
         autofocus></label>\n<button id=\"send\">Go on</button></p>\n<p id=\"said\">Six letters or digits.</p>"
    );
    let ask = "\
const answer = document.getElementById('answer');
const go = () => answer.value.trim() && send(answer.value.trim());
document.getElementById('send').onclick = go;
answer.onkeydown = e => { if (e.key === 'Enter') go(); };";
    page(question, domain, "Are you a person?", &body, ask)
}

fn page(question: &Question, domain: Option<&str>, title: &str, body: &str, script: &str) -> String {
    let Question { text, work_bits, nonce, .. } = question;
    // A domain comes from a host or a web ACL: letters, digits, dots and hyphens only, else it stays away.
    let plain = |domain: &&str| domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let domain = domain.filter(plain).map(|domain| format!("; domain={domain}")).unwrap_or_default();
    format!(
        "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<meta name=\"robots\" content=\"noindex\">
<title>{title}</title>
<style nonce=\"{nonce:016x}\">
body {{ font: 1.1rem system-ui, sans-serif; max-width: 30rem; margin: 15vh auto; padding: 0 1rem; text-align: center }}
input, button {{ font: inherit; padding: .3em .6em }} input {{ width: 8em; text-transform: uppercase }}
</style>
<h1>{title}</h1>
{body}
<noscript><p>This page needs JavaScript.</p></noscript>
<script nonce=\"{nonce:016x}\">
const question = '{text}', bits = {work_bits};
const say = text => {{ document.getElementById('said').textContent = text; }};
async function send(answer) {{
  const asked = await fetch(location.href, {{ headers: {{ '{SOLUTION}': question + '.' + answer }}, cache: 'no-store' }});
  const token = asked.headers.get('{HEADER}');
  if (!token) {{ say('That was not right.'); setTimeout(() => location.reload(), 1200); return; }}
  const known = (document.cookie.match(/(?:^|; ){COOKIE}=([^;]*)/) || [, ''])[1];
  const others = known.split('~').filter(t => t && t[0] !== token[0]);
  document.cookie = '{COOKIE}=' + [token, ...others].join('~') + '; path=/; max-age=259200; samesite=lax; secure{domain}';
  location.reload();
}}
{script}
</script>
</html>
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> Question {
        Question { text: "p.1.2.3".to_owned(), letters: *b"ACDEFG", work_bits: 14, nonce: 5 }
    }

    #[test]
    fn pages_hold_their_question_and_load_nothing() {
        for page in [challenge(&question(), None), captcha(&question(), Some("example.test"))] {
            assert!(page.contains("const question = 'p.1.2.3'"), "{page}");
            assert!(!page.contains("http"), "{page}");
            assert_eq!(page.matches("nonce=\"0000000000000005\"").count(), 2);
        }
        assert!(captcha(&question(), Some("example.test")).contains("; domain=example.test"));
    }

    #[test]
    fn the_answer_of_a_puzzle_does_not_stand_in_its_page() {
        assert!(!captcha(&question(), None).to_uppercase().contains("ACDEFG"));
    }

    #[test]
    fn a_domain_that_is_none_does_not_reach_the_script() {
        assert!(!captcha(&question(), Some("x';alert(1)//")).contains("alert"));
    }
}
