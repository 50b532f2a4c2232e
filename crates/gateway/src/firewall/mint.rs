//! The tokens of CAPTCHA and Challenge: questions are asked, answers redeemed for a token, tokens read. Nothing is kept but
//! which questions were answered: everything else stands, signed, in the texts themselves.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-tokens.html>
//!
//! A question is `purpose.issued.nonce.tag`, a token `purpose.solved.nonce.tag.domain`; the cookie holds one token for each
//! purpose, with `~` between them. Either belongs to a domain of one account.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base::secret::equal_in_constant_time;
use base::{Clock, Fingerprints};
use waf::{Purpose, Token};

use super::audience::Audience;
use super::tried::Tried;

/// How long a question may be pondered.
pub(super) const PATIENCE_S: u64 = 300;
/// By how much the clocks of nodes may differ: what was issued later than that was issued by none of ours.
pub(super) const SKEW_S: u64 = 300;
/// Leading zero bits of a challenge's answer: some 16,000 hashes, about a second of a browser.
const WORK_BITS: u32 = 14;
/// Letters of a puzzle, and those it is made of: none that looks like another.
const LETTERS: usize = 6;
const ALPHABET: &[u8; 26] = b"ACDEFGHJKLMNPQRTUVWXY34679";
/// Longer texts are none of ours.
const TEXT_BYTES_MAX: usize = 512;
/// Tokens of a request that are read: a browser holds one for each domain that a web ACL ever had.
const TOKENS_MAX: usize = 8;

/// Makes questions and tokens, and knows its own. One value a node; nodes under one master key know each other's.
#[derive(Debug)]
pub struct Mint {
    fingerprints: Fingerprints,
    clock: Arc<dyn Clock>,
    tried: Mutex<Tried>,
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
    /// What makes it this question and no other, and lets its page run its own script.
    pub nonce: u64,
    /// Chance that the puzzle's picture is drawn from. SECURITY: nothing that its page says, or whoever reads the page could
    /// draw every letter alike and compare.
    pub chance: u64,
}

impl Mint {
    /// A mint of this installation.
    pub fn new(fingerprints: Fingerprints, clock: Arc<dyn Clock>) -> Self {
        Self { fingerprints, clock, tried: Mutex::default() }
    }

    /// A new question.
    pub fn ask(&self, purpose: Purpose, audience: &Audience<'_>) -> Question {
        let mut random = [0; 8];
        aws_lc_rs::rand::fill(&mut random).expect("the operating system's random generator answers");
        let nonce = u64::from_le_bytes(random);
        let said = format!("{}.{:x}.{nonce:016x}", letter(purpose), self.now_s());
        let tag = self.tag("question", (audience.account, audience.domain()), &said);
        let (letters, chance) = self.puzzle(nonce);
        Question { text: format!("{said}.{tag}"), letters, work_bits: WORK_BITS, nonce, chance }
    }

    /// The token for a question and its answer, `question.answer`; `None` where the question is not ours, too old, was
    /// answered before, or the answer is wrong.
    pub fn redeem(&self, purpose: Purpose, audience: &Audience<'_>, answered: &str) -> Option<String> {
        if answered.len() > TEXT_BYTES_MAX {
            return None;
        }
        let (question, answer) = answered.rsplit_once('.')?;
        let (said, tag) = question.rsplit_once('.')?;
        let mut parts = said.split('.');
        let (kind, issued, nonce) = (parts.next()?, parts.next()?, parts.next()?);
        let owner = (audience.account, audience.domain());
        if parts.next().is_some() || kind != letter(purpose) || !self.is_tag(tag, "question", owner, said) {
            return None;
        }
        let (issued_s, nonce) = (u64::from_str_radix(issued, 16).ok()?, u64::from_str_radix(nonce, 16).ok()?);
        if self.age_s(issued_s)? > PATIENCE_S {
            return None;
        }
        let solved = match purpose {
            // SECURITY: tried before it is looked at, so that nobody tries twice.
            Purpose::Captcha => {
                self.is_first(nonce, issued_s) && equal_in_constant_time(&self.puzzle(nonce).0, &upper(answer))
            }
            // One piece of work is one token. What is no work is not remembered, and costs no memory.
            Purpose::Challenge => {
                zero_bits(&[question, ".", answer].concat()) >= WORK_BITS && self.is_first(nonce, issued_s)
            }
        };
        solved.then(|| self.token(purpose, owner, nonce))
    }

    fn token(&self, purpose: Purpose, (account, domain): (&str, &str), nonce: u64) -> String {
        let said = format!("{}.{:x}.{nonce:016x}", letter(purpose), self.now_s());
        let tag = self.tag("token", (account, domain), &said);
        format!("{said}.{tag}.{domain}")
    }

    /// What the texts of token cookies say for a purpose: the best that one of them says. A browser may hold several, such as
    /// one from before the web ACL had a domain.
    pub fn read<'t>(
        &self,
        texts: impl Iterator<Item = &'t str>,
        purpose: Purpose,
        immunity: Duration,
        audience: &Audience<'_>,
    ) -> Token {
        let (mut best, mut left) = (Token::Missing, TOKENS_MAX);
        let is_for = |text: &str, purpose| text.starts_with(letter(purpose)) && text.as_bytes().get(1) == Some(&b'.');
        for text in texts.filter(|text| !text.is_empty()) {
            if text.len() > 2 * TEXT_BYTES_MAX {
                best = better(best, Token::Invalid);
                continue;
            }
            for token in text.split('~') {
                let said = if is_for(token, purpose) {
                    // SECURITY: each costs a signature, so that few are looked at.
                    let Some(fewer) = left.checked_sub(1) else { return best };
                    left = fewer;
                    self.judge(token, immunity, audience).unwrap_or(Token::Invalid)
                } else if is_for(token, Purpose::Captcha) || is_for(token, Purpose::Challenge) {
                    // A token for the other purpose only says nothing about this one.
                    Token::Missing
                } else {
                    Token::Invalid
                };
                best = better(best, said);
            }
        }
        best
    }

    fn judge(&self, text: &str, immunity: Duration, audience: &Audience<'_>) -> Option<Token> {
        let mut parts = text.splitn(5, '.');
        let (kind, solved, nonce) = (parts.next()?, parts.next()?, parts.next()?);
        let (tag, domain) = (parts.next()?, parts.next()?);
        let said = [kind, ".", solved, ".", nonce].concat();
        if !self.is_tag(tag, "token", (audience.account, domain), &said) {
            return None;
        }
        let solved_s = u64::from_str_radix(solved, 16).ok()?;
        if !audience.takes(domain) {
            return Some(Token::OtherDomain);
        }
        let age_s = self.age_s(solved_s)?;
        Some(if age_s < immunity.as_secs() { Token::Valid { solved_s } } else { Token::Expired })
    }

    /// What is to be read, and the chance that its picture is drawn from: known to nobody without the master key.
    fn puzzle(&self, nonce: u64) -> ([u8; LETTERS], u64) {
        let print = self.fingerprints.of(&["waf", "letters"], &nonce.to_le_bytes());
        let bytes = print.as_bytes();
        let letters = std::array::from_fn(|n| {
            let pair = u16::from_le_bytes([bytes[2 * n], bytes[2 * n + 1]]);
            ALPHABET[usize::from(pair) % ALPHABET.len()]
        });
        let chance = bytes[2 * LETTERS..].first_chunk().copied().map(u64::from_le_bytes);
        (letters, chance.expect("a fingerprint has 32 bytes"))
    }

    fn tag(&self, what: &str, (account, domain): (&str, &str), said: &str) -> String {
        let mut text = self.fingerprints.of(&["waf", what, account, domain], said.as_bytes()).to_text();
        text.truncate(32);
        text
    }

    fn is_tag(&self, tag: &str, what: &str, owner: (&str, &str), said: &str) -> bool {
        // An owner's text holds no NUL; a domain that does is none.
        !owner.1.contains('\0') && equal_in_constant_time(self.tag(what, owner, said).as_bytes(), tag.as_bytes())
    }

    /// Whether this question was not answered before on this node.
    fn is_first(&self, nonce: u64, issued_s: u64) -> bool {
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        tried.first(nonce, issued_s, self.now_s())
    }

    /// How long ago that was. SECURITY: nothing comes from the future, or a clock that once ran ahead would have given tokens
    /// for as long.
    fn age_s(&self, then_s: u64) -> Option<u64> {
        let now_s = self.now_s();
        (then_s <= now_s + SKEW_S).then(|| now_s.saturating_sub(then_s))
    }

    fn now_s(&self) -> u64 {
        u64::try_from(self.clock.now().as_second()).unwrap_or(0)
    }
}

/// The one of two that says more for a request.
fn better(one: Token, other: Token) -> Token {
    let worth = |token| match token {
        Token::Missing => 0,
        Token::Invalid => 1,
        Token::OtherDomain => 2,
        Token::Expired => 3,
        Token::Valid { .. } => 4,
    };
    if worth(other) > worth(one) { other } else { one }
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
    const NOW: u64 = 1_700_000_000;

    fn mint() -> (Mint, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp::from_second(NOW as i64).unwrap()));
        (Mint::new(MasterKey::random().fingerprints(), Arc::clone(&clock) as Arc<dyn Clock>), clock)
    }

    fn at(host: &str) -> Audience<'_> {
        Audience { account: "000000000000", host, domains: &[] }
    }

    fn read(mint: &Mint, texts: &[&str], purpose: Purpose, host: &str) -> Token {
        mint.read(texts.iter().copied(), purpose, IMMUNITY, &at(host))
    }

    fn solved(question: &Question, purpose: Purpose) -> String {
        if purpose == Purpose::Captcha {
            return format!("{}.{}", question.text, String::from_utf8_lossy(&question.letters).to_lowercase());
        }
        let tried = (0..10_000_000u32).map(|n| format!("{}.{n}", question.text));
        tried.into_iter().find(|text| zero_bits(text) >= WORK_BITS).unwrap()
    }

    fn token(mint: &Mint, purpose: Purpose, audience: &Audience<'_>) -> String {
        mint.redeem(purpose, audience, &solved(&mint.ask(purpose, audience), purpose)).unwrap()
    }

    #[test]
    fn an_answer_is_redeemed_for_a_token_that_expires() {
        for purpose in [Purpose::Captcha, Purpose::Challenge] {
            let (mint, clock) = mint();
            let token = token(&mint, purpose, &at("a.test"));
            assert_eq!(read(&mint, &[&token], purpose, "a.test"), Token::Valid { solved_s: NOW });
            assert_eq!(read(&mint, &[&token], purpose, "b.test"), Token::OtherDomain);
            clock.advance(Duration::from_secs(299));
            assert_eq!(read(&mint, &[&token], purpose, "a.test"), Token::Valid { solved_s: NOW });
            clock.advance(Duration::from_secs(1));
            assert_eq!(read(&mint, &[&token], purpose, "a.test"), Token::Expired);
        }
    }

    #[test]
    fn a_wrong_answer_a_second_try_and_a_late_one_are_not_redeemed() {
        let (mint, clock) = mint();
        let (here, there) = (at("a.test"), at("b.test"));
        let answer = |question: &Question| solved(question, Purpose::Captcha);
        let question = mint.ask(Purpose::Captcha, &here);
        assert_eq!(mint.redeem(Purpose::Captcha, &here, &format!("{}.AAAAAA", question.text)), None);
        assert_eq!(mint.redeem(Purpose::Captcha, &here, &answer(&question)), None, "tried before");
        let question = mint.ask(Purpose::Captcha, &here);
        assert_eq!(mint.redeem(Purpose::Captcha, &there, &answer(&question)), None, "another domain's");
        assert_eq!(mint.redeem(Purpose::Challenge, &here, &answer(&question)), None, "for another purpose");
        let elsewhere = Audience { account: "111111111111", ..here };
        assert_eq!(mint.redeem(Purpose::Captcha, &elsewhere, &answer(&question)), None, "another account's");
        clock.advance(Duration::from_secs(301));
        assert_eq!(mint.redeem(Purpose::Captcha, &here, &answer(&question)), None, "too late");
        let question = mint.ask(Purpose::Challenge, &here);
        assert_eq!(mint.redeem(Purpose::Challenge, &here, &format!("{}.x", question.text)), None, "no work");
    }

    #[test]
    fn one_piece_of_work_is_one_token() {
        let (mint, _) = mint();
        let answered = solved(&mint.ask(Purpose::Challenge, &at("a.test")), Purpose::Challenge);
        assert!(mint.redeem(Purpose::Challenge, &at("a.test"), &answered).is_some());
        assert_eq!(mint.redeem(Purpose::Challenge, &at("a.test"), &answered), None);
    }

    #[test]
    fn a_token_that_was_touched_is_no_token() {
        let (mint, _) = mint();
        let token = token(&mint, Purpose::Challenge, &at("a.test"));
        let question = mint.ask(Purpose::Challenge, &at("a.test"));
        let read = |text: &str| read(&mint, &[text], Purpose::Challenge, "a.test");
        for (at, _) in token.char_indices().skip(2) {
            let mut touched = token.clone().into_bytes();
            touched[at] = if touched[at] == b'0' { b'1' } else { b'0' };
            assert!(!matches!(read(&String::from_utf8(touched).unwrap()), Token::Valid { .. }), "{at}");
        }
        for odd in ["x", "c.", "c....", "c.1.2.3", "c.zz.1.2.a.test", "~~~", &"c".repeat(5_000), &question.text] {
            assert_eq!(read(odd), Token::Invalid, "{odd}");
        }
        assert_eq!(self::read(&mint, &[], Purpose::Challenge, "a.test"), Token::Missing);
        assert_eq!(self::read(&mint, &[&token], Purpose::Captcha, "a.test"), Token::Missing);
        assert!(matches!(read(&format!("p.1.2.3.x~{token}")), Token::Valid { .. }));
    }

    #[test]
    fn another_installations_and_another_accounts_tokens_are_invalid() {
        let (mint, _) = mint();
        let domains: Vec<Box<str>> = vec!["example.test".into()];
        let audience = Audience { domains: &domains, ..at("a.example.test") };
        let token = token(&mint, Purpose::Challenge, &audience);
        let read = |mint: &Mint, audience: &Audience<'_>| {
            mint.read(std::iter::once(&*token), Purpose::Challenge, IMMUNITY, audience)
        };
        assert_eq!(read(&mint, &Audience { host: "b.example.test", ..audience }), Token::Valid { solved_s: NOW });
        assert_eq!(read(&mint, &Audience { account: "111111111111", ..audience }), Token::Invalid);
        assert_eq!(read(&self::mint().0, &audience), Token::Invalid);
    }

    #[test]
    fn the_best_of_several_tokens_counts_and_few_are_looked_at() {
        let (mint, clock) = mint();
        let old = token(&mint, Purpose::Captcha, &at("a.test"));
        clock.advance(Duration::from_mins(6));
        let (fresh, other) =
            (token(&mint, Purpose::Captcha, &at("a.test")), token(&mint, Purpose::Captcha, &at("b.test")));
        let read = |texts: &[&str]| read(&mint, texts, Purpose::Captcha, "a.test");
        for texts in [[&*old, &other, &fresh, "p.x"], ["junk", &fresh, "", &old]] {
            assert_eq!(read(&texts), Token::Valid { solved_s: NOW + 360 }, "{texts:?}");
        }
        assert_eq!(read(&[&format!("{old}~{fresh}")]), Token::Valid { solved_s: NOW + 360 });
        assert_eq!(read(&["junk", &other, &old]), Token::Expired);
        assert_eq!(read(&[&"x".repeat(2_000), &other]), Token::OtherDomain);
        let many: Vec<&str> = std::iter::repeat_n("p.x", TOKENS_MAX).chain([&*fresh]).collect();
        assert_eq!(read(&many), Token::Invalid, "nobody looks so far");
    }

    #[test]
    fn what_a_clock_that_ran_ahead_signed_is_taken_by_none_that_is_right() {
        let (ahead, clock) = mint();
        clock.advance(Duration::from_hours(24));
        let token = token(&ahead, Purpose::Challenge, &at("a.test"));
        let question = ahead.ask(Purpose::Captcha, &at("a.test"));
        let mint = |now_s: u64| {
            let clock = Arc::new(ManualClock::new(Timestamp::from_second(now_s as i64).unwrap()));
            Mint::new(ahead.fingerprints.clone(), clock as Arc<dyn Clock>)
        };
        assert_eq!(read(&mint(NOW), &[&token], Purpose::Challenge, "a.test"), Token::Invalid);
        let answered = solved(&question, Purpose::Captcha);
        assert_eq!(mint(NOW).redeem(Purpose::Captcha, &at("a.test"), &answered), None);
        let near = NOW + 86_400 - SKEW_S;
        let valid = Token::Valid { solved_s: NOW + 86_400 };
        assert_eq!(read(&mint(near), &[&token], Purpose::Challenge, "a.test"), valid);
        assert!(mint(near).redeem(Purpose::Captcha, &at("a.test"), &answered).is_some());
    }

    #[test]
    fn who_knows_a_question_knows_neither_its_letters_nor_how_they_are_drawn() {
        let (mint, _) = mint();
        let question = mint.ask(Purpose::Captcha, &at("a.test"));
        let (letters, chance) = self::mint().0.puzzle(question.nonce);
        assert_eq!(mint.puzzle(question.nonce), (question.letters, question.chance));
        assert!(letters != question.letters && chance != question.chance, "another key, another puzzle");
        assert_ne!(question.chance, question.nonce);
    }
}
