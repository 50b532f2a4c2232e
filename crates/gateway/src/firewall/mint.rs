//! The tokens of CAPTCHA and Challenge: questions are asked, answers redeemed for a token, tokens read. Nothing is kept but
//! which puzzles were tried: everything else stands, signed, in the texts themselves.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-tokens.html>
//!
//! A question is `purpose.issued.nonce.tag`, a token `purpose.solved.nonce.tag.domain`; the cookie holds one token for each
//! purpose, with `~` between them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base::secret::equal_in_constant_time;
use base::{Clock, Fingerprints};
use waf::{Purpose, Token};

/// How long a question may be pondered.
const PATIENCE_S: u64 = 300;
/// Leading zero bits of a challenge's answer: some 16,000 hashes, about a second of a browser.
const WORK_BITS: u32 = 14;
/// Letters of a puzzle, and those it is made of: none that looks like another.
const LETTERS: usize = 6;
const ALPHABET: &[u8; 26] = b"ACDEFGHJKLMNPQRTUVWXY34679";
/// Puzzles that are remembered as tried, in each half of [`PATIENCE_S`].
const TRIED_MAX: usize = 500_000;
/// Longer texts are none of ours.
const TEXT_BYTES_MAX: usize = 512;

/// Makes questions and tokens, and knows its own. One value a node; nodes under one master key know each other's.
#[derive(Debug)]
pub struct Mint {
    fingerprints: Fingerprints,
    clock: Arc<dyn Clock>,
    tried: Mutex<Tried>,
}

/// The nonces of puzzles that were answered, in two generations.
#[derive(Debug, Default)]
struct Tried {
    since_s: u64,
    now: HashSet<u64>,
    before: HashSet<u64>,
}

/// A question for a browser or its user.
#[derive(Debug)]
pub struct Question {
    /// What it is sent back with.
    pub text: String,
    /// What a person is to read, of a puzzle.
    pub letters: [u8; LETTERS],
    /// Leading zero bits that SHA-256 of `text`, `.` and the answer must have, of a challenge.
    pub work_bits: u32,
    /// Chance that the puzzle's picture is drawn from.
    pub nonce: u64,
}

impl Mint {
    /// A mint of this installation.
    pub fn new(fingerprints: Fingerprints, clock: Arc<dyn Clock>) -> Self {
        Self { fingerprints, clock, tried: Mutex::default() }
    }

    /// A new question for a domain.
    pub fn ask(&self, purpose: Purpose, domain: &str) -> Question {
        let mut chance = [0; 8];
        aws_lc_rs::rand::fill(&mut chance).expect("the operating system's random generator answers");
        let nonce = u64::from_le_bytes(chance);
        let said = format!("{}.{:x}.{nonce:016x}", letter(purpose), self.now_s());
        let tag = self.tag("question", domain, &said);
        Question { text: format!("{said}.{tag}"), letters: self.letters(nonce), work_bits: WORK_BITS, nonce }
    }

    /// The token for a question and its answer, `question.answer`; `None` where the question is not ours, too old, was tried
    /// before, or the answer is wrong.
    pub fn redeem(&self, purpose: Purpose, domain: &str, answered: &str) -> Option<String> {
        if answered.len() > TEXT_BYTES_MAX {
            return None;
        }
        let (question, answer) = answered.rsplit_once('.')?;
        let (said, tag) = question.rsplit_once('.')?;
        let mut parts = said.split('.');
        let (kind, issued, nonce) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || kind != letter(purpose) || !self.is_tag(tag, "question", domain, said) {
            return None;
        }
        let (issued_s, nonce) = (u64::from_str_radix(issued, 16).ok()?, u64::from_str_radix(nonce, 16).ok()?);
        if self.now_s().saturating_sub(issued_s) > PATIENCE_S {
            return None;
        }
        let solved = match purpose {
            Purpose::Captcha => {
                // SECURITY: tried before it is looked at, so that nobody tries twice.
                self.first_try(nonce) && equal_in_constant_time(&self.letters(nonce), &upper(answer))
            }
            Purpose::Challenge => zero_bits(&[question, ".", answer].concat()) >= WORK_BITS,
        };
        solved.then(|| self.token(purpose, domain, nonce))
    }

    fn token(&self, purpose: Purpose, domain: &str, nonce: u64) -> String {
        let said = format!("{}.{:x}.{nonce:016x}", letter(purpose), self.now_s());
        let tag = self.tag("token", domain, &said);
        format!("{said}.{tag}.{domain}")
    }

    /// What the text of a token cookie says for a purpose, to a host whose web ACL takes tokens of `domains` too.
    pub fn read(
        &self,
        cookie: Option<&str>,
        purpose: Purpose,
        immunity: Duration,
        host: &str,
        domains: &[Box<str>],
    ) -> Token {
        let Some(cookie) = cookie.filter(|text| !text.is_empty()) else { return Token::Missing };
        if cookie.len() > 2 * TEXT_BYTES_MAX {
            return Token::Invalid;
        }
        let own = |text: &&str| text.starts_with(letter(purpose)) && text.as_bytes().get(1) == Some(&b'.');
        match cookie.split('~').find(own) {
            Some(text) => self.judge(text, immunity, host, domains).unwrap_or(Token::Invalid),
            // A token for the other purpose only says nothing about this one.
            None if cookie.split('~').all(|text| text.starts_with(['p', 'c'])) => Token::Missing,
            None => Token::Invalid,
        }
    }

    fn judge(&self, text: &str, immunity: Duration, host: &str, domains: &[Box<str>]) -> Option<Token> {
        let mut parts = text.splitn(5, '.');
        let (kind, solved, nonce) = (parts.next()?, parts.next()?, parts.next()?);
        let (tag, domain) = (parts.next()?, parts.next()?);
        let said = [kind, ".", solved, ".", nonce].concat();
        if !self.is_tag(tag, "token", domain, &said) {
            return None;
        }
        let solved_s = u64::from_str_radix(solved, 16).ok()?;
        if !belongs(host, domain, domains) {
            return Some(Token::OtherDomain);
        }
        let age_s = self.now_s().saturating_sub(solved_s);
        Some(if age_s < immunity.as_secs() { Token::Valid { solved_s } } else { Token::Expired })
    }

    fn letters(&self, nonce: u64) -> [u8; LETTERS] {
        let print = self.fingerprints.of(&["waf", "letters"], &nonce.to_le_bytes());
        let bytes = print.as_bytes();
        std::array::from_fn(|n| {
            let pair = u16::from_le_bytes([bytes[2 * n], bytes[2 * n + 1]]);
            ALPHABET[usize::from(pair) % ALPHABET.len()]
        })
    }

    fn tag(&self, what: &str, domain: &str, said: &str) -> String {
        let mut text = self.fingerprints.of(&["waf", what, domain], said.as_bytes()).to_text();
        text.truncate(32);
        text
    }

    fn is_tag(&self, tag: &str, what: &str, domain: &str, said: &str) -> bool {
        // An owner's text holds no NUL; a domain that does is none.
        !domain.contains('\0') && equal_in_constant_time(self.tag(what, domain, said).as_bytes(), tag.as_bytes())
    }

    /// Whether this puzzle was not tried before on this node. When too many are tried at once, none is taken: broken means
    /// closed.
    fn first_try(&self, nonce: u64) -> bool {
        let now_s = self.now_s();
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if now_s.saturating_sub(tried.since_s) > PATIENCE_S {
            tried.before = std::mem::take(&mut tried.now);
            tried.since_s = now_s;
        }
        !tried.before.contains(&nonce) && tried.now.len() < TRIED_MAX && tried.now.insert(nonce)
    }

    fn now_s(&self) -> u64 {
        u64::try_from(self.clock.now().as_second()).unwrap_or(0)
    }
}

/// The domain that a host's new tokens belong to: the longest of the web ACL's that holds it, else itself.
pub fn domain_of<'h>(host: &'h str, domains: &'h [Box<str>]) -> &'h str {
    let holding = domains.iter().map(AsRef::as_ref).filter(|domain| is_within(host, domain));
    holding.max_by_key(|domain: &&str| domain.len()).unwrap_or(host)
}

fn belongs(host: &str, domain: &str, domains: &[Box<str>]) -> bool {
    domain == host || (is_within(host, domain) && domains.iter().any(|known| **known == *domain))
}

fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

fn letter(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Captcha => "p",
        Purpose::Challenge => "c",
    }
}

fn upper(answer: &str) -> Vec<u8> {
    answer.trim().bytes().map(|byte| byte.to_ascii_uppercase()).collect()
}

fn zero_bits(text: &str) -> u32 {
    let hash = digest(&SHA256, text.as_bytes());
    let head = hash.as_ref().first_chunk().copied().unwrap_or([0xff; 8]);
    u64::from_be_bytes(head).leading_zeros()
}

#[cfg(test)]
mod tests {
    use base::clock::ManualClock;
    use base::seal::MasterKey;
    use jiff::Timestamp;

    use super::*;

    const IMMUNITY: Duration = Duration::from_mins(5);

    fn mint() -> (Mint, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp::from_second(1_700_000_000).unwrap()));
        (Mint::new(MasterKey::random().fingerprints(), Arc::clone(&clock) as Arc<dyn Clock>), clock)
    }

    fn worked(question: &Question) -> String {
        let tried = (0..10_000_000u32).map(|n| format!("{}.{n}", question.text));
        tried.into_iter().find(|text| zero_bits(text) >= WORK_BITS).unwrap()
    }

    fn solved(question: &Question) -> String {
        format!("{}.{}", question.text, String::from_utf8_lossy(&question.letters).to_lowercase())
    }

    #[test]
    fn an_answer_is_redeemed_for_a_token_that_expires() {
        for purpose in [Purpose::Captcha, Purpose::Challenge] {
            let (mint, clock) = mint();
            let question = mint.ask(purpose, "a.test");
            let answered = if purpose == Purpose::Captcha { solved(&question) } else { worked(&question) };
            let token = mint.redeem(purpose, "a.test", &answered).unwrap();
            let read = |host: &str| mint.read(Some(&token), purpose, IMMUNITY, host, &[]);
            assert_eq!(read("a.test"), Token::Valid { solved_s: 1_700_000_000 });
            assert_eq!(read("b.test"), Token::OtherDomain);
            clock.advance(Duration::from_secs(299));
            assert_eq!(read("a.test"), Token::Valid { solved_s: 1_700_000_000 });
            clock.advance(Duration::from_secs(1));
            assert_eq!(read("a.test"), Token::Expired);
        }
    }

    #[test]
    fn a_wrong_answer_a_second_try_and_a_late_one_are_not_redeemed() {
        let (mint, clock) = mint();
        let question = mint.ask(Purpose::Captcha, "a.test");
        assert_eq!(mint.redeem(Purpose::Captcha, "a.test", &format!("{}.AAAAAA", question.text)), None);
        assert_eq!(mint.redeem(Purpose::Captcha, "a.test", &solved(&question)), None, "tried before");
        let question = mint.ask(Purpose::Captcha, "a.test");
        assert_eq!(mint.redeem(Purpose::Captcha, "b.test", &solved(&question)), None, "another domain's");
        assert_eq!(mint.redeem(Purpose::Challenge, "a.test", &solved(&question)), None, "for another purpose");
        clock.advance(Duration::from_secs(301));
        assert_eq!(mint.redeem(Purpose::Captcha, "a.test", &solved(&question)), None, "too late");
        let question = mint.ask(Purpose::Challenge, "a.test");
        assert_eq!(mint.redeem(Purpose::Challenge, "a.test", &format!("{}.x", question.text)), None, "no work");
    }

    #[test]
    fn a_token_that_was_touched_is_no_token() {
        let (mint, _) = mint();
        let question = mint.ask(Purpose::Challenge, "a.test");
        let token = mint.redeem(Purpose::Challenge, "a.test", &worked(&question)).unwrap();
        let read = |cookie: &str| mint.read(Some(cookie), Purpose::Challenge, IMMUNITY, "a.test", &[]);
        for (at, _) in token.char_indices().skip(2) {
            let mut touched = token.clone().into_bytes();
            touched[at] = if touched[at] == b'0' { b'1' } else { b'0' };
            assert!(!matches!(read(&String::from_utf8(touched).unwrap()), Token::Valid { .. }), "{at}");
        }
        for odd in ["x", "c.", "c....", "c.1.2.3", "c.zz.1.2.a.test", "~~~", &"c".repeat(5_000), &question.text] {
            assert_eq!(read(odd), Token::Invalid, "{odd}");
        }
        assert_eq!(mint.read(None, Purpose::Challenge, IMMUNITY, "a.test", &[]), Token::Missing);
        assert_eq!(mint.read(Some(&token), Purpose::Captcha, IMMUNITY, "a.test", &[]), Token::Missing);
        let both = format!("p.1.2.3.x~{token}");
        assert!(matches!(read(&both), Token::Valid { .. }));
    }

    #[test]
    fn another_installations_token_is_invalid() {
        let (mint, _) = mint();
        let question = mint.ask(Purpose::Challenge, "a.test");
        let token = mint.redeem(Purpose::Challenge, "a.test", &worked(&question)).unwrap();
        let (other, _) = self::mint();
        assert_eq!(other.read(Some(&token), Purpose::Challenge, IMMUNITY, "a.test", &[]), Token::Invalid);
    }

    #[test]
    fn token_domains_are_shared_by_their_hosts_alone() {
        let domains: Vec<Box<str>> = ["example.test".into(), "b.example.test".into()].to_vec();
        assert_eq!(domain_of("a.example.test", &domains), "example.test");
        assert_eq!(domain_of("x.b.example.test", &domains), "b.example.test");
        assert_eq!(domain_of("notexample.test", &domains), "notexample.test");
        assert!(belongs("a.example.test", "example.test", &domains));
        assert!(!belongs("notexample.test", "example.test", &domains));
        assert!(!belongs("a.example.test", "test", &domains));
        assert!(!belongs("a.example.test", "example.test", &[]));
    }
}
