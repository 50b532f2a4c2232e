//! What the answers of CAPTCHA and Challenge cost: anybody may ask for one, as often as for any other answer.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

use base::clock::SystemClock;
use base::seal::MasterKey;
use gateway::firewall::audience::Audience;
use gateway::firewall::mint::Mint;
use gateway::firewall::page;
use waf::Purpose;

use super::speed::median_us;

/// The cost of a question, and of the page that asks it.
pub fn pages() -> String {
    let mint = Mint::new(MasterKey::random().fingerprints(), Arc::new(SystemClock::default()));
    let audience = Audience { account: "000000000000", host: "shop.example", domains: &[] };
    let ask = |purpose| mint.ask(purpose, &audience);
    let mut text = "| what | CPU time | bytes |\n|---|---|---|\n".to_owned();
    let mut row = |what: &str, bytes: usize, turn: &dyn Fn()| {
        let _ = writeln!(text, "| {what} | {:.1} µs | {bytes} |", median_us(turn));
    };
    row("a question", ask(Purpose::Captcha).text.len(), &|| {
        black_box(ask(Purpose::Captcha));
    });
    let captcha = || page::captcha(&ask(Purpose::Captcha), None);
    row("a CAPTCHA page: a question, its picture drawn, its page", captcha().len(), &|| {
        black_box(captcha());
    });
    let challenge = || page::challenge(&ask(Purpose::Challenge), None);
    row("a Challenge page: a question, its page", challenge().len(), &|| {
        black_box(challenge());
    });
    let question = ask(Purpose::Captcha);
    let wrong = format!("{}.ACDEFG", question.text);
    row("an answer that is wrong", wrong.len(), &|| {
        black_box(mint.redeem(Purpose::Captcha, &audience, &wrong));
    });
    text
}
